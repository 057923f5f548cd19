import Glibc
import Linux
import SystemPackage

/// Passes between a terminal inside a container and the descriptors that this process was given, until the terminal ends.
///
/// The window's size follows that of our own terminal, if standard input is one.
final class TerminalRelay {
    private let terminal: FileDescriptor
    private let loop: EventLoop
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// What was read and has not been written to the terminal yet; while there is any, no more is read.
    private var pending: ArraySlice<UInt8> = []

    init(_ terminal: FileDescriptor) throws(SystemError) {
        self.terminal = terminal
        loop = try EventLoop()
        try terminal.setNonBlocking()
    }

    /// Returns when the last process on the terminal has let go of it.
    func run() throws(SystemError) {
        followSize()
        try loop.watch(signals: [SIGWINCH]) { [self] _ in followSize() }
        try loop.watch(terminal, for: .readable) { [self] readiness in
            if readiness.contains(.writable) { writeInput() }
            if readiness.contains(.readable) { passOutput() }
        }
        // Not everything can be waited for: a file or /dev/null gives nothing to type.
        try? loop.watch(.standardInput, for: .readable) { [self] _ in readInput() }
        try loop.run()
    }

    private func followSize() {
        guard let size = try? Terminal.size(of: .standardInput) else { return }
        try? Terminal.setSize(size, of: terminal)
    }

    private func passOutput() {
        guard let count = try? terminal.readAvailable(into: &buffer) else { return }
        guard count > 0 else { return loop.stop() }
        var start = 0
        let bytes = Array(buffer[..<count])
        while start < count {
            guard let written = try? FileDescriptor.standardOutput.writeAvailable(bytes, from: start) else { return }
            start += written
        }
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
        try? loop.change(terminal, to: pending.isEmpty ? .readable : [.readable, .writable])
    }
}
