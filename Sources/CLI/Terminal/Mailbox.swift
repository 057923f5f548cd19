import Linux
import Synchronization
import SystemPackage

/// Messages from any thread to the one that runs an event loop.
final class Mailbox<Message: Sendable>: Sendable {
    private let waiting = Mutex<[Message]>([])
    private let reading: FileDescriptor
    private let writing: FileDescriptor

    init() throws(SystemError) {
        (reading, writing) = try FileDescriptor.closeOnExecPipe()
        try reading.setNonBlocking()
        try writing.setNonBlocking()
    }

    deinit {
        try? reading.close()
        try? writing.close()
    }

    /// Leaves a message.
    func post(_ message: Message) {
        waiting.withLock { $0.append(message) }
        // A pipe that is full has a wake-up in it already.
        _ = try? writing.writeAvailable([0])
    }

    /// Has the loop hand over what comes, in order.
    func deliver(on loop: EventLoop, to handler: @escaping (Message) -> Void) throws(SystemError) {
        try loop.watch(reading, for: .readable) { [self] _ in
            var buffer = [UInt8](repeating: 0, count: 64)
            _ = try? reading.readAvailable(into: &buffer)
            let messages = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for message in messages { handler(message) }
        }
    }
}
