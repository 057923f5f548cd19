import Glibc
import Linux
import SystemPackage

/// Passes between a terminal inside a container and the descriptors that this process was given.
///
/// The window's size follows that of our own terminal, if standard input is one.
final class TerminalRelay {
    private let terminal: FileDescriptor
    private let loop: EventLoop
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// What was read and has not been written to the terminal yet; while there is any, no more is read.
    private var pending: ArraySlice<UInt8> = []
    private var hasEnded = false

    /// Begins to pass, in the loop, which keeps it.
    init(_ terminal: FileDescriptor, loop: EventLoop) throws(SystemError) {
        self.terminal = terminal
        self.loop = loop
        try terminal.setNonBlocking()
        followSize()
        try loop.watch(signals: [SIGWINCH]) { [self] _ in followSize() }
        try loop.watch(terminal, for: .readable) { [self] readiness in
            if readiness.contains(.writable) { writeInput() }
            if readiness.contains(.readable) { _ = passOutput() }
        }
        // Not everything can be waited for: a file or /dev/null gives nothing to type.
        try? loop.watch(.standardInput, for: .readable) { [self] _ in readInput() }
    }

    /// Passes what has been shown and not been read yet.
    func passRest() {
        while !hasEnded, passOutput() {}
    }

    private func followSize() {
        guard let size = try? Terminal.size(of: .standardInput) else { return }
        try? Terminal.setSize(size, of: terminal)
    }

    /// Passes what is there; false if there is nothing.
    private func passOutput() -> Bool {
        guard let count = try? terminal.readAvailable(into: &buffer) else { return false }
        guard count > 0 else {
            hasEnded = true
            loop.forget(terminal)
            return false
        }
        var start = 0
        while start < count {
            guard let written = try? FileDescriptor.standardOutput.writeAvailable(buffer, range: start..<count) else {
                return false
            }
            start += written
        }
        return true
    }

    private func readInput() {
        guard let count = try? FileDescriptor.standardInput.readAvailable(into: &buffer) else { return }
        guard count > 0 else { return loop.forget(.standardInput) }
        pending = buffer[..<count]
        writeInput()
    }

    private func writeInput() {
        while !pending.isEmpty {
            guard let written = try? terminal.writeAvailable(Array(pending)) else { break }
            pending = pending.dropFirst(written)
        }
        try? loop.change(.standardInput, to: pending.isEmpty ? .readable : [])
        guard !hasEnded else { return }
        try? loop.change(terminal, to: pending.isEmpty ? .readable : [.readable, .writable])
    }
}
