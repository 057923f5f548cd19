import Containers
import Glibc
import Linux
import SystemPackage

/// A command in a running container, in front of the user or behind.
struct CommandInContainer {
    let container: Container
    var request: ExecRequest
    /// Whether standard input is the command's too.
    var passesInput = true
    /// Whether nobody waits for it.
    var isDetached = false

    /// Runs it, and gives its exit status.
    func run() throws -> Int32 {
        guard !isDetached else {
            let null = try FileDescriptor.open(FilePath("/dev/null"), .readWrite)
            _ = try container.execute(request, input: null, output: null, error: null)
            return 0
        }
        return try RawTerminal.during(isWanted: request.hasTerminal && StandardStreams.inputIsTerminal) {
            try wait(for: start())
        }
    }

    private func start() throws -> RunningCommand {
        guard !passesInput else { return try container.execute(request) }
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        return try container.execute(request, input: null)
    }

    /// Signals that we get are the command's. Those of a terminal reach its launcher by themselves.
    private func wait(for command: RunningCommand) throws -> Int32 {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Result<Int32, any Error>>()
        var result: Result<Int32, any Error>?
        try mailbox.deliver(on: loop) { outcome in
            result = outcome
            loop.stop()
        }
        try loop.watch(signals: [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]) { try? command.signal($0) }
        try loop.watch(signals: [SIGINT, SIGQUIT]) { signal in
            if !StandardStreams.inputIsTerminal { try? command.signal(signal) }
        }
        try Thread.start { mailbox.post(Result { try command.wait() }) }
        try loop.run()
        return try result?.get() ?? 125
    }
}
