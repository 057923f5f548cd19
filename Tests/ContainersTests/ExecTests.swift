import Containers
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct ExecTests {
    /// Runs a command in a container that sleeps, and gives what it wrote.
    private func execute(_ request: ExecRequest) throws -> (output: String, code: Int32) {
        var result = ("", Int32(-1))
        try withBusybox { box in
            let container = try box.create(["sleep", "1000"]) { $0.process.environment = ["FROM=container"] }
            try box.start(container)
            let pipe = try FileDescriptor.closeOnExecPipe()
            defer { try? pipe.reading.close() }
            let command: RunningCommand
            do {
                defer { try? pipe.writing.close() }
                let null = try NullDevice.open()
                defer { try? null.close() }
                command = try container.execute(request, input: null, output: pipe.writing, error: pipe.writing)
            }
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while let count = try pipe.reading.readAvailable(into: &buffer), count > 0 { output += buffer[..<count] }
            result = (String(decoding: output, as: UTF8.self), try command.wait())
        }
        return result
    }

    @Test func `joins the container and passes the status on`() throws {
        var request = ExecRequest(arguments: [
            "sh", "-c", "echo $FROM $MORE; grep -l sleep /proc/1/comm; id -u; exit 4",
        ])
        request.environment = ["MORE=exec"]
        let result = try execute(request)
        #expect(result.output == "container exec\n/proc/1/comm\n0\n")
        #expect(result.code == 4)
    }

    @Test func `runs as another user in another folder`() throws {
        var request = ExecRequest(arguments: ["sh", "-c", "id -u; busybox pwd"])
        request.user = "web"
        request.workingDirectory = "/etc"
        #expect(try execute(request).output == "33\n/etc\n")
    }

    @Test func `gives a terminal of the container's own`() throws {
        var request = ExecRequest(arguments: ["sh", "-c", "busybox tty; stty size"])
        request.hasTerminal = true
        request.terminalSize = WindowSize(rows: 30, columns: 100)
        let output = try execute(request).output
        #expect(output == "/dev/pts/0\r\n30 100\r\n")
    }

    @Test func `tells a missing command from one that cannot be run`() throws {
        let missing = #expect(throws: ContainerError.self) { try execute(ExecRequest(arguments: ["nothing"])) }
        #expect(missing?.exitCode == 127)
        let folder = #expect(throws: ContainerError.self) { try execute(ExecRequest(arguments: ["/etc"])) }
        #expect(folder?.exitCode == 126)
    }

    @Test func `leaves no descriptor of ours to the command`() throws {
        #expect(try execute(ExecRequest(arguments: ["ls", "/proc/self/fd"])).output == "0\n1\n2\n3\n")
    }
}
