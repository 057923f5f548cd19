import Containers
import Glibc
import Linux
import SystemPackage

/// A command in a container, on the user's terminal, until it ends or the keys are typed that let go of it.
///
/// Its launcher gets a terminal that is ours, and passes on between that and the one in the container: so it goes on without
/// us once we have let go.
struct CommandOnTerminal {
    let container: Container
    let detachKeys: DetachKeys

    /// Gives its exit status.
    func run(_ request: ExecRequest) throws -> Int32 {
        let terminal = try PseudoTerminal.open(size: StandardStreams.size)
        _ = try Terminal.makeRaw(terminal.slave)
        var request = request
        request.isApart = true
        let command: RunningCommand
        do {
            defer { try? terminal.slave.close() }
            command = try container.execute(
                request,
                input: terminal.slave,
                output: terminal.slave,
                error: terminal.slave
            )
        }
        let wait = try CommandWait()
        let master = terminal.master
        try wait.loop.watch(master, for: .readable) { _ in
            if show(master) { wait.loop.forget(master) }
        }
        try wait.loop.watch(signals: [SIGWINCH]) { _ in
            try? Terminal.setSize(StandardStreams.size, of: master)
            try? command.signal(SIGWINCH)
        }
        let detached = try Mailbox<Void>()
        try detached.deliver(on: wait.loop) { _ in wait.loop.stop() }
        try type(on: master) { detached.post(()) }
        if let code = try wait.end(of: command) {
            while !show(master) {}
            return code
        }
        command.note("exec_detach")
        // The terminal is still raw.
        try FileDescriptor.standardError.writeAll(Array("read escape sequence\r\n".utf8))
        return 1
    }

    /// Passes on what is there; true at the end.
    private func show(_ master: FileDescriptor) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        guard let count = try? master.readAvailable(into: &buffer), count > 0 else { return true }
        return (try? FileDescriptor.standardOutput.writeAll(buffer[..<count])) == nil
    }

    /// Types what the user types. Reading has a thread of its own, since not everything that can be read can be waited for.
    private func type(on master: FileDescriptor, letGo: @escaping @Sendable () -> Void) throws {
        let keys = detachKeys
        try Thread.start {
            var keys = keys
            var buffer = [UInt8](repeating: 0, count: 16384)
            while let count = try? FileDescriptor.standardInput.readAvailable(into: &buffer), count > 0 {
                guard let bytes = keys.filter(buffer[..<count]) else { return letGo() }
                guard (try? master.writeAll(bytes)) != nil else { return }
            }
        }
    }
}
