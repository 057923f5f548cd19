import Glibc
import JSON
import Linux
import Supervision
import SystemPackage

/// `tutti-monitor launch`: one process of a container, with this process's standard descriptors.
///
/// It is a program of its own so that the launch has one thread, and from a read-only clone of its file so that a container
/// that reaches it cannot write to it.
enum LaunchedCommand {
    /// The largest launch program.
    private static let maximumProgram = 1 << 24

    /// The signals that are passed on to the process: whoever sends them to the launcher means the process.
    private static let passedOn = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]

    /// Starts the process, waits for its end, and gives its exit status; 128 plus the number of a signal that killed it.
    static func run() -> Int32 {
        OwnProcess.ignoreTerminalSignals()
        let report = OwnProcess.inherited(LaunchDescriptor.report)
        let entered = OwnProcess.inherited(LaunchDescriptor.entered)
        do {
            let program = try readProgram()
            let launched = try Launch.start(program, standard: (0, 1, 2), entering: entered?.rawValue)
            tell(.started(pid: launched.pid), on: report)
            return try wait(for: launched).code
        } catch {
            let failure = StartFailure(error)
            tell(.failed(message: failure.message, code: failure.code), on: report)
            return failure.code
        }
    }

    /// Passes signals on, and what is typed and shown where the process has a terminal, until it has ended.
    private static func wait(for launched: LaunchedProcess) throws(SystemError) -> TerminationStatus {
        let loop = try EventLoop()
        let process = FileDescriptor(rawValue: launched.pidDescriptor)
        try loop.watch(signals: passedOn) { try? ChildProcess.send($0, to: process) }
        let relay = try launched.terminal.map { number throws(SystemError) in
            try TerminalRelay(FileDescriptor(rawValue: number), loop: loop)
        }
        try loop.watch(endOf: process) { loop.stop() }
        try loop.run()
        relay?.passRest()
        return try ChildProcess(pid: launched.pid, pidDescriptor: -1).wait()
    }

    private static func readProgram() throws(SystemError) -> [UInt8] {
        guard let source = OwnProcess.inherited(LaunchDescriptor.program) else {
            throw SystemError("read", on: "launch program", errno: .badFileDescriptor)
        }
        var program: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try source.readAvailable(into: &buffer), count > 0 {
            program += buffer[..<count]
            guard program.count <= maximumProgram else { throw SystemError("read", errno: .fileTooLarge) }
        }
        try? source.close()
        return program
    }

    private static func tell(_ outcome: StartReport, on report: FileDescriptor?) {
        guard let report else { return }
        if let bytes = try? JSON.encode(outcome) { _ = try? report.writeAvailable(bytes) }
        try? report.close()
    }
}
