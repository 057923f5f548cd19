import JSON
public import Linux
import Supervision
public import SystemPackage

/// A command to run in a running container.
public struct ExecRequest: Hashable, Sendable {
    /// The command and its arguments; never empty.
    public var arguments: [String]
    /// `NAME=value`, over the container's own.
    public var environment: [String] = []
    /// `user[:group]`; the container's own if nil.
    public var user: String?
    /// The container's own if nil.
    public var workingDirectory: String?
    /// Whether the command gets a terminal of its own in the container.
    public var hasTerminal = false
    /// The first size of that terminal.
    public var terminalSize = WindowSize(rows: 0, columns: 0)
    /// Whether it goes on without whoever has started it, and without their terminal.
    public var isApart = false
    /// Whether it gets every capability and device, and no filter.
    public var isPrivileged = false

    /// A value of these parts.
    public init(arguments: [String]) {
        self.arguments = arguments
    }
}

/// A command that runs in a container.
public struct RunningCommand: Sendable {
    let launcher: ChildProcess
    /// Writes something down about it.
    var noting: @Sendable (_ action: String) -> Void = { _ in }

    /// Writes down that something has happened to it.
    public func note(_ action: String) { noting(action) }

    /// Waits for its end.
    ///
    /// - Returns: Its exit status, or 128 plus the number of the signal that ended it.
    public func wait() throws(ContainerError) -> Int32 {
        defer { try? FileDescriptor(rawValue: launcher.pidDescriptor).close() }
        return try systemCall { () throws(SystemError) in try launcher.wait().code }
    }

    /// Passes a signal on to the command.
    public func signal(_ number: Int32) throws(ContainerError) {
        try systemCall { () throws(SystemError) in try launcher.signal(number) }
    }
}

extension Container {
    /// Runs a command in the container, on these three streams.
    ///
    /// With a terminal, the launcher passes between the streams and the terminal in the container.
    /// - Throws: ``ContainerError/cannotExecute(name:reason:code:)`` with 126 or 127 where the command cannot be run.
    public func execute(
        _ request: ExecRequest,
        input: FileDescriptor = .standardInput,
        output: FileDescriptor = .standardOutput,
        error: FileDescriptor = .standardError
    ) throws(ContainerError) -> RunningCommand {
        let state = try runningState()
        let process = try systemCall { () throws(SystemError) in try ProcessDescriptor.open(state.pid) }
        defer { try? process.close() }
        // The number may be somebody else's by now; the descriptor and the start time together are not.
        guard ChildProcess.startTicks(of: state.pid) == state.startTicks else { throw .notRunning(name) }
        let program = try program(for: request, in: state)
        let words = request.arguments.joined(separator: " ")
        let identity = ["execID": RandomName.hexadecimal()]
        note("exec_create: \(words)", identity)
        note("exec_start: \(words)", identity)
        var journal = configuration.journalOrder(in: store.root.events)
        journal.attributes.merge(identity) { $1 }
        let tie: LaunchTie? = request.isApart ? .apart : nil
        var command = try CommandLauncher(programs: folders, name: name, tie: tie).launch(
            program,
            streams: [input, output, error],
            entering: process,
            noting: EndNote(journal: journal, containerID: id)
        )
        command.noting = { note($0, identity) }
        return command
    }

    private func runningState() throws(ContainerError) -> ContainerState {
        switch try status {
        case .running(let state): return state
        case .paused: throw .isPaused(name)
        default: throw .notRunning(name)
        }
    }

    private func program(for request: ExecRequest, in state: ContainerState) throws(ContainerError) -> LaunchProgram {
        var configuration = configuration
        configuration.process.hasTerminal = request.hasTerminal
        if let user = request.user { configuration.process.user = user }
        if request.isPrivileged { configuration.security.isPrivileged = true }
        let settlement = Settlement(store: store, configuration: configuration)
        let identity = try settlement.identity(in: [RootedFolder(FilePath("/proc/\(state.pid)/root"))])
        var privileges = try settlement.privileges()
        // Even a command that may do everything else stays under the profile that the container got when it started. Who is under
        // one hands it on.
        privileges.profile = AppArmor.confinesUs ? nil : AppArmor.profile(of: "\(state.pid)")
        return EntryProgram(
            cgroupFolders: try cgroupFolders(of: state),
            arguments: request.arguments,
            environment: ProcessEnvironment(
                configuration: configuration,
                home: identity.home,
                additional: request.environment
            ),
            identity: identity,
            privileges: privileges,
            outOfMemoryScore: settlement.outOfMemoryScore { _ in },
            workingDirectory: request.workingDirectory ?? configuration.process.workingDirectory,
            hasTerminal: request.hasTerminal,
            terminalSize: request.terminalSize
        ).program
    }

    private func cgroupFolders(of state: ContainerState) throws(ContainerError) -> [String: String] {
        guard let paths = order?.cgroups, let first = paths.first else { throw .notRunning(name) }
        guard paths.count == 1, CgroupFolder(FilePath(first)).isUnified else {
            return Dictionary(paths.map { ($0, $0) }) { first, _ in first }
        }
        return ["": CgroupFolder(FilePath(first)).place(beside: state.pid).string]
    }

    /// The processes of the container, as the host numbers them.
    public func processes() throws(ContainerError) -> [Int32] {
        guard let path = order?.cgroups.first, try status.isActive else { throw .notRunning(name) }
        return CgroupFolder(FilePath(path)).processes()
    }
}

/// Has `tutti-monitor` start a process from its read-only clone, and wait for it.
struct CommandLauncher {
    let programs: ContainerFolders
    let name: String
    /// Whether the command is killed when the thread that launches it ends, or goes on in any case.
    var tie: LaunchTie?

    func launch(
        _ program: LaunchProgram,
        streams: [FileDescriptor],
        entering process: FileDescriptor?,
        noting note: EndNote? = nil
    ) throws(ContainerError) -> RunningCommand {
        let source = try systemCall { () throws(SystemError) in try MemoryFile.make("program", program.encoded) }
        defer { try? source.close() }
        let end = try systemCall { () throws(SystemError) in
            guard let bytes = note.flatMap({ try? JSON.encode($0) }) else { return FileDescriptor?.none }
            return try MemoryFile.make("note", bytes)
        }
        defer { try? end?.close() }
        let report = try systemCall { () throws(SystemError) in try FileDescriptor.closeOnExecPipe() }
        defer { try? report.reading.close() }
        let launcher = try systemCall { () throws(SystemError) in
            defer { try? report.writing.close() }
            return try ChildProcess.spawn(
                FilePath(programs.monitorProgram),
                arguments: ["tutti-monitor", "launch"] + (tie.map { [$0.rawValue] } ?? []),
                inherited: streams.map(\.rawValue) + [source, report.writing].map(\.rawValue)
                    + [process, end].map { $0?.rawValue ?? -1 }
            )
        }
        try awaitReport(report.reading, of: launcher)
        return RunningCommand(launcher: launcher)
    }

    private func awaitReport(_ report: FileDescriptor, of launcher: ChildProcess) throws(ContainerError) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try systemCall({ () throws(SystemError) in try report.readAvailable(into: &buffer) }),
            count > 0
        { bytes += buffer[..<count] }
        switch try? JSON.decode(StartReport.self, from: bytes) {
        case .started: return
        case .failed(let message, let code):
            _ = try? RunningCommand(launcher: launcher).wait()
            throw .cannotExecute(name: name, reason: message, code: code)
        case nil:
            _ = try? RunningCommand(launcher: launcher).wait()
            throw .cannotExecute(name: name, reason: "the launcher ended without a word", code: 125)
        }
    }
}
