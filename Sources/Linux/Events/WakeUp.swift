import Glibc
public import SystemPackage

/// Wakes a thread that waits, or a loop that watches, from any other thread.
public final class WakeUp: Sendable {
    /// Readable while a signal has not been cleared.
    public let reading: FileDescriptor
    private let writing: FileDescriptor

    /// One that nobody has signalled yet.
    public init() throws(SystemError) {
        (reading, writing) = try FileDescriptor.closeOnExecPipe()
        try reading.setNonBlocking()
        try writing.setNonBlocking()
    }

    deinit {
        close(reading.rawValue)
        close(writing.rawValue)
    }

    /// Wakes whoever waits, or else whoever waits next.
    public func signal() {
        // A pipe that is full has a wake-up in it already.
        _ = try? writing.writeAvailable([0])
    }

    /// Forgets the signals that have come.
    public func clear() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try? reading.readAvailable(into: &buffer), count == buffer.count {}
    }

    /// Waits for a signal, and forgets it.
    public func await(atMost time: Duration?) {
        let milliseconds = time.map { Int32(clamping: Int64(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        var polled = pollfd(fd: reading.rawValue, events: Int16(POLLIN), revents: 0)
        _ = poll(&polled, 1, milliseconds)
        clear()
    }
}
