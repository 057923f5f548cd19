import Linux
import Synchronization

/// Messages from any thread to the one that runs an event loop.
final class Mailbox<Message: Sendable>: Sendable {
    private let waiting = Mutex<[Message]>([])
    private let news: WakeUp

    init() throws(SystemError) {
        news = try WakeUp()
    }

    /// Leaves a message.
    func post(_ message: Message) {
        waiting.withLock { $0.append(message) }
        news.signal()
    }

    /// Has the loop hand over what comes, in order.
    func deliver(on loop: EventLoop, to handler: @escaping (Message) -> Void) throws(SystemError) {
        try loop.watch(news.reading, for: .readable) { [self] _ in
            news.clear()
            let messages = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for message in messages { handler(message) }
        }
    }
}
