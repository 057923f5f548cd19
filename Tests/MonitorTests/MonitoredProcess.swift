import Glibc
import JSON
import Linux
import Supervision
import SystemPackage
import Testing

/// A monitor at work on a shell command, in a folder of the test's own.
struct MonitoredProcess {
    let folder: FilePath
    let exitRecord: FilePath
    let log: FilePath
    let monitor: ChildProcess
    let report: StartReport
    /// The other end of the attachment, if the order asks for one.
    let attachment: PacketSocket?

    /// Starts `tutti-monitor`, and returns when it has reported.
    init(
        _ command: String,
        in root: FilePath,
        program: LaunchProgram? = nil,
        _ change: (inout SupervisionOrder) -> Void = { _ in }
    ) throws {
        folder = root.appending("run")
        exitRecord = root.appending("exit.json")
        log = root.appending("log")
        var order = SupervisionOrder(
            containerID: String(repeating: "a", count: 64),
            name: "web-1",
            hasTerminal: false,
            keepsStandardInputOpen: false,
            log: LogOrder(driver: .jsonFile, path: log.string),
            restart: .no,
            health: nil,
            stop: StopOrder(signal: SIGTERM, grace: 10),
            networkNamespace: nil,
            names: nil,
            ports: [],
            cgroups: [],
            exitRecord: exitRecord.string,
            teardown: [],
            startsAttached: false
        )
        change(&order)
        try #require(mkdir(folder.string, 0o700) == 0)
        let program = program ?? Self.shell(command)
        try WholeFile.replace(folder.appending(RunFile.order), with: JSON.encode(order), isDurable: false)
        try WholeFile.replace(folder.appending(RunFile.program), with: program.encoded, isDurable: false)
        let report = try FileDescriptor.closeOnExecPipe()
        let ends = order.startsAttached ? try PacketSocket.pair() : nil
        let null = try FileDescriptor.null()
        monitor = try ChildProcess.spawn(
            Self.executable(),
            arguments: ["tutti-monitor", "supervise", folder.string],
            environment: ["PATH=/usr/bin:/bin"],
            inherited: [0, 0, 0].map { _ in null.rawValue } + [report.writing.rawValue]
                + (ends.map { [$0.0.descriptor.rawValue] } ?? [])
        )
        try null.close()
        try report.writing.close()
        ends?.0.close()
        attachment = ends?.1
        self.report = try JSON.decode(StartReport.self, from: Self.readAll(report.reading))
        try report.reading.close()
    }

    static func shell(_ command: String) -> LaunchProgram {
        LaunchProgram(steps: [
            .execute(
                file: "/bin/sh",
                arguments: ["sh", "-c", command],
                environment: ["PATH=/usr/bin:/bin"],
                searchPath: ""
            )
        ])
    }

    /// The monitor's executable lies beside the tests'.
    static func executable() throws -> FilePath {
        let resolved = try #require(realpath("/proc/self/exe", nil))
        defer { free(resolved) }
        return FilePath(String(cString: resolved)).removingLastComponent()
            .appending("tutti-monitor")
    }

    static func readAll(_ descriptor: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try descriptor.readAvailable(into: &buffer), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    /// Waits until the monitor has gone.
    @discardableResult
    func wait() throws -> TerminationStatus {
        defer {
            close(monitor.pidDescriptor)
            attachment?.close()
        }
        return try monitor.wait()
    }

    func connect() throws -> PacketSocket { try PacketSocket.connect(to: RunFile.socket, in: folder) }

    func exit() throws -> ExitRecord { try JSON.decode(ExitRecord.self, from: WholeFile.read(exitRecord)) }

    func state() throws -> ContainerState {
        try JSON.decode(ContainerState.self, from: WholeFile.read(folder.appending(RunFile.state)))
    }

    /// The texts in the log, one an object.
    func logged() throws -> [String] {
        let lines = String(decoding: try WholeFile.read(log, limit: 1 << 24), as: UTF8.self).split(separator: "\n")
        return try lines.map { try JSON.decode(LogLine.self, from: Array($0.utf8)).log }
    }

    private struct LogLine: Decodable { let log: String }
}

extension PacketSocket {
    /// The next message; nil at the end.
    func message() throws -> ControlMessage? {
        guard case .packet(let packet) = try receive() else { return nil }
        return ControlMessage(packet: packet)
    }

    /// All that comes until the container has ended: what it wrote, and its exit code.
    func untilExit() throws -> (output: String, error: String, code: Int32?) {
        var (output, errorOutput): ([UInt8], [UInt8]) = ([], [])
        while let message = try message() {
            switch message {
            case .output(let bytes): output += bytes
            case .errorOutput(let bytes): errorOutput += bytes
            case .exited(let code):
                return (String(decoding: output, as: UTF8.self), String(decoding: errorOutput, as: UTF8.self), code)
            default: continue
            }
        }
        return (String(decoding: output, as: UTF8.self), String(decoding: errorOutput, as: UTF8.self), nil)
    }
}
