import Containers
import Glibc
import Linux
import SystemPackage

/// Passes between our standard streams and those of a container, until it ends or we let go.
struct AttachedStreams {
    /// How it ended.
    enum End {
        case exited(Int32)
        /// The keys to let go were typed; the container goes on.
        case detached
    }

    private enum Message: Sendable {
        case detach
    }

    let container: Container
    let attachment: Attachment
    /// Whether standard input is passed on.
    var passesInput: Bool
    /// Whether signals that we get are passed on.
    var passesSignals = true
    var detachKeys: DetachKeys

    private static let passedSignals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT]

    private var hasTerminal: Bool { container.configuration.process.hasTerminal }

    /// Returns when it is over. The terminal is then as it was before.
    func run() throws -> End {
        try RawTerminal.during(isWanted: hasTerminal && passesInput && StandardStreams.inputIsTerminal, pump)
    }

    private func pump() throws -> End {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Message>()
        var end: End?
        var failure: (any Error)?
        try loop.watch(attachment.descriptor, for: .readable) { _ in
            do {
                guard let event = try attachment.next() else { return }
                try take(event, &end) { loop.stop() }
            } catch {
                failure = error
                loop.stop()
            }
        }
        try mailbox.deliver(on: loop) { _ in
            end = .detached
            loop.stop()
        }
        try watchSignals(loop)
        if passesInput { try startInput(mailbox) }
        try loop.run()
        attachment.close()
        if let failure { throw failure }
        guard let end else { throw Failure("the monitor of \(container.name) has gone", code: 125) }
        return end
    }

    private func take(_ event: Attachment.Event, _ end: inout End?, _ stop: () -> Void) throws {
        switch event {
        case .output(let bytes): try FileDescriptor.standardOutput.writeAll(bytes)
        case .errorOutput(let bytes): try FileDescriptor.standardError.writeAll(bytes)
        case .exited(let code):
            end = .exited(code)
            // What removes itself is out of sight when its end is told; the rest nobody has to wait for.
            if container.configuration.removesItself { stop() }
        // The monitor lets go when it has undone everything, so that the container can be started or removed at once.
        case .lost: stop()
        }
    }

    private func watchSignals(_ loop: EventLoop) throws(SystemError) {
        if hasTerminal {
            try? attachment.resize(StandardStreams.size)
            try loop.watch(signals: [SIGWINCH]) { _ in try? attachment.resize(StandardStreams.size) }
        }
        guard passesSignals else { return }
        try loop.watch(signals: Self.passedSignals) { try? container.kill(signal: "\($0)") }
    }

    /// Reading has a thread of its own, since not everything that can be read can be waited for.
    private func startInput(_ mailbox: Mailbox<Message>) throws(SystemError) {
        let attachment = attachment
        let keys: DetachKeys? = hasTerminal ? detachKeys : nil
        try Thread.start {
            var keys = keys
            var buffer = [UInt8](repeating: 0, count: 16384)
            while let count = try? FileDescriptor.standardInput.readAvailable(into: &buffer), count > 0 {
                guard let bytes = keys == nil ? Array(buffer[..<count]) : keys?.filter(buffer[..<count]) else {
                    return mailbox.post(.detach)
                }
                guard (try? attachment.send(bytes)) != nil else { return }
            }
            try? attachment.endInput()
        }
    }
}
