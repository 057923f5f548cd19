import Glibc
import JSON
import Linux
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot) struct LaunchedCommands {
    /// Runs `tutti-monitor launch`, and gives its report and what it wrote when it has ended.
    private func launch(
        _ program: LaunchProgram,
        signal: Int32? = nil
    ) throws -> (report: StartReport, output: String, status: TerminationStatus) {
        let source = try FileDescriptor.closeOnExecPipe()
        let report = try FileDescriptor.closeOnExecPipe()
        let output = try FileDescriptor.closeOnExecPipe()
        let null = try FileDescriptor.null()
        let launcher = try ChildProcess.spawn(
            MonitoredProcess.executable(),
            arguments: ["tutti-monitor", "launch"],
            inherited: [null, output.writing, output.writing, source.reading, report.writing].map(\.rawValue)
        )
        for descriptor in [null, output.writing, source.reading, report.writing] { try descriptor.close() }
        _ = try source.writing.writeAvailable(program.encoded)
        try source.writing.close()
        let outcome = try JSON.decode(StartReport.self, from: MonitoredProcess.readAll(report.reading))
        var heard: [UInt8] = []
        if let signal {
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = try output.reading.readAvailable(into: &buffer) ?? 0
            heard += buffer[..<count]
            kill(launcher.pid, signal)
        }
        heard += try MonitoredProcess.readAll(output.reading)
        let status = try launcher.wait()
        for descriptor in [report.reading, output.reading] { try descriptor.close() }
        close(launcher.pidDescriptor)
        return (outcome, String(decoding: heard, as: UTF8.self), status)
    }

    @Test func `write to the caller's descriptors and end with the same status`() throws {
        let run = try launch(MonitoredProcess.shell("echo hello; exit 9"))
        guard case .started = run.report else {
            Issue.record("\(run.report)")
            return
        }
        #expect(run.output == "hello\n")
        #expect(run.status == .exited(9))
    }

    @Test func `end with 128 and the signal's number`() throws {
        #expect(try launch(MonitoredProcess.shell("kill -KILL $$")).status == .exited(137))
    }

    @Test func `say what could not be run`() throws {
        let program = LaunchProgram(steps: [
            .execute(file: "nosuch", arguments: ["nosuch"], environment: [], searchPath: "/usr/bin:/bin")
        ])
        let run = try launch(program)
        let message = "exec: \"nosuch\": executable file not found in $PATH"
        #expect(run.report == .failed(message: message, code: 127))
        #expect(run.status == .exited(127))
    }

    @Test func `get the signals that the launcher gets`() throws {
        let shell = MonitoredProcess.shell("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.01; done")
        let run = try launch(shell, signal: SIGTERM)
        #expect(run.output == "ready\nasked\n")
        #expect(run.status == .exited(3))
    }
}
