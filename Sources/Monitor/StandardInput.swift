import Linux
import SystemPackage

/// Feeds the process's standard input, no faster than it reads.
final class StandardInput {
    private let loop: EventLoop
    /// The write end of a pipe, or the master side of the terminal.
    private let descriptor: FileDescriptor
    private let isTerminal: Bool
    private var queue: [UInt8] = []
    private var endsAfterQueue = false
    private var isOpen = true
    /// What happens when the queue has room again.
    var drained: () -> Void = {}

    private static let fullQueue = 128 * 1024

    /// - Parameter isTerminal: Whether the descriptor is also read from, so that it is not ours to close.
    init(_ descriptor: FileDescriptor, isTerminal: Bool, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        self.isTerminal = isTerminal
        // A descriptor can be watched once; the terminal's is watched for its output.
        self.descriptor = isTerminal ? try descriptor.closeOnExecCopy() : descriptor
        try self.descriptor.setNonBlocking()
        try loop.watch(self.descriptor, for: []) { [unowned self] _ in flush() }
    }

    var isFull: Bool { queue.count >= Self.fullQueue }

    func append(_ bytes: [UInt8]) {
        guard isOpen, !endsAfterQueue else { return }
        queue += bytes
        flush()
    }

    /// Ends the input when all has been read. A terminal has no end.
    func end() {
        guard !isTerminal else { return }
        endsAfterQueue = true
        flush()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        queue = []
        loop.forget(descriptor)
        try? descriptor.close()
        drained()
    }

    private func flush() {
        guard isOpen else { return }
        let wasFull = isFull
        do throws(SystemError) {
            var written = 0
            while written < queue.count, let count = try descriptor.writeAvailable(queue, from: written) {
                written += count
            }
            queue.removeFirst(written)
            try loop.change(descriptor, to: queue.isEmpty ? [] : .writable)
        } catch {
            return close()
        }
        if queue.isEmpty, endsAfterQueue { return close() }
        if wasFull, !isFull { drained() }
    }
}
