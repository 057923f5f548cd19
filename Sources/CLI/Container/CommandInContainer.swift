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
    let detachKeys: DetachKeys

    /// Runs it, and gives its exit status.
    func run() throws -> Int32 {
        guard !isDetached else {
            let null = try FileDescriptor.open(FilePath("/dev/null"), .readWrite)
            var request = request
            request.isApart = true
            _ = try container.execute(request, input: null, output: null, error: null)
            return 0
        }
        guard request.hasTerminal, StandardStreams.inputIsTerminal else { return try CommandWait().wait(for: start()) }
        return try RawTerminal.during(isWanted: true) {
            guard passesInput else { return try CommandWait().wait(for: start()) }
            return try CommandOnTerminal(container: container, detachKeys: detachKeys).run(request)
        }
    }

    private func start() throws -> RunningCommand {
        guard !passesInput else { return try container.execute(request) }
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        return try container.execute(request, input: null)
    }
}

/// Waits for a command in a container. Signals that we get meanwhile are the command's; those of a terminal reach its
/// launcher by themselves.
struct CommandWait {
    let loop: EventLoop
    private let mailbox: Mailbox<Result<Int32, any Error>>

    init() throws {
        loop = try EventLoop()
        mailbox = try Mailbox()
    }

    /// Gives its exit status; nil where the loop was stopped before its end.
    func end(of command: RunningCommand) throws -> Int32? {
        var result: Result<Int32, any Error>?
        try mailbox.deliver(on: loop) { outcome in
            result = outcome
            loop.stop()
        }
        try loop.watch(signals: [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]) { try? command.signal($0) }
        try loop.watch(signals: [SIGINT, SIGQUIT]) { signal in
            if !StandardStreams.inputIsTerminal { try? command.signal(signal) }
        }
        let mailbox = mailbox
        try Thread.start { mailbox.post(Result { try command.wait() }) }
        try loop.run()
        return try result?.get()
    }

    func wait(for command: RunningCommand) throws -> Int32 { try end(of: command) ?? 125 }
}
