import Glibc
import JSON
import Journal
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
        let note = OwnProcess.inherited(LaunchDescriptor.note).flatMap { try? readNote($0) }
        do {
            let program = try readProgram()
            let loop = try EventLoop()
            // From here on a signal waits until there is a process that it can be passed on to.
            var process: FileDescriptor?
            try loop.watch(signals: passedOn) { number in
                if let process { try? ChildProcess.send(number, to: process) }
            }
            let launched = try Launch.start(program, standard: (0, 1, 2), entering: entered?.rawValue)
            process = FileDescriptor(rawValue: launched.pidDescriptor)
            tell(.started(pid: launched.pid), on: report)
            let code = try wait(for: launched, in: loop).code
            note?.add(code: code)
            return code
        } catch {
            let failure = StartFailure(error)
            tell(.failed(message: failure.message, code: failure.code), on: report)
            return failure.code
        }
    }

    /// Passes on what is typed and shown, where the process has a terminal, until it has ended.
    private static func wait(
        for launched: LaunchedProcess,
        in loop: EventLoop
    ) throws(SystemError) -> TerminationStatus {
        let relay = try launched.terminal.map { number throws(SystemError) in
            try TerminalRelay(FileDescriptor(rawValue: number), loop: loop)
        }
        try loop.watch(endOf: FileDescriptor(rawValue: launched.pidDescriptor)) { loop.stop() }
        try loop.run()
        relay?.passRest()
        return try ChildProcess(pid: launched.pid, pidDescriptor: -1).wait()
    }

    private static func readProgram() throws(SystemError) -> [UInt8] {
        guard let source = OwnProcess.inherited(LaunchDescriptor.program) else {
            throw SystemError("read", on: "launch program", errno: .badFileDescriptor)
        }
        return try readAll(source)
    }

    private static func readNote(_ source: FileDescriptor) throws -> EndNote {
        try JSON.decode(EndNote.self, from: readAll(source))
    }

    /// Reads to the end, and closes.
    private static func readAll(_ source: FileDescriptor) throws(SystemError) -> [UInt8] {
        defer { try? source.close() }
        return try source.readToEnd(limit: maximumProgram, of: "launch program")
    }

    private static func tell(_ outcome: StartReport, on report: FileDescriptor?) {
        guard let report else { return }
        if let bytes = try? JSON.encode(outcome) { _ = try? report.writeAvailable(bytes) }
        try? report.close()
    }
}

extension EndNote {
    /// Writes it down.
    fileprivate func add(code: Int32) {
        let attributes = journal.attributes.merging(["exitCode": "\(code)"]) { $1 }
        let entry = JournalEntry(.container, "exec_die", id: containerID, attributes: attributes)
        Journal(FilePath(journal.folder)).add(entry)
    }
}
