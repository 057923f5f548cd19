import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct LaunchTests {
    /// A root made of the machine's static busybox, launched with what a container has at least.
    private func run(_ command: [String], extra: [LaunchStep] = []) throws -> (
        output: String, status: TerminationStatus
    ) {
        try withTemporaryFolder { folder in
            for name in ["lower", "lower/bin", "upper", "work", "root"] { mkdir(folder.appending(name).string, 0o755) }
            try copy("/bin/busybox", to: folder.appending("lower/bin/busybox"))
            symlink("busybox", folder.appending("lower/bin/sh").string)
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            let program = LaunchProgram(
                newNamespaces: [.mount, .process, .hostname, .ipc],
                steps: [
                    .propagate(.recursivePrivate),
                    .mountOverlay(
                        at: folder.appending("root").string,
                        lower: [folder.appending("lower").string],
                        upper: folder.appending("upper").string,
                        work: folder.appending("work").string,
                        isVolatile: true
                    ),
                    .mount(type: "proc", target: "/proc", options: "", flags: [], replaces: true),
                ] + extra + [
                    .pivot,
                    .execute(file: command[0], arguments: command, environment: ["PATH=/bin"], searchPath: "/bin"),
                ]
            )
            defer { close(ends[0]) }
            let process: LaunchedProcess
            do {
                process = try Launch.start(program.encoded, standard: (0, ends[1], ends[1]))
            } catch {
                close(ends[1])
                throw error
            }
            close(ends[1])
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(ends[0], &buffer, buffer.count), count > 0 { output += buffer[..<count] }
            let status = try ChildProcess(pid: process.pid, pidDescriptor: process.pidDescriptor).wait()
            close(process.pidDescriptor)
            return (String(decoding: output, as: UTF8.self), status)
        }
    }

    private func copy(_ source: FilePath, to target: FilePath) throws {
        let from = open(source.string, O_RDONLY)
        let to = open(target.string, O_WRONLY | O_CREAT, 0o755)
        try #require(from >= 0 && to >= 0)
        while sendfile(to, from, nil, 1 << 20) > 0 {}
        close(from)
        close(to)
    }

    @Test func `runs a command as the first process of its own namespaces`() throws {
        let result = try run(["sh", "-c", "echo $$; busybox hostname"], extra: [.setHostname("inside")])
        #expect(result.output == "1\ninside\n")
        #expect(result.status == .exited(0))
    }

    @Test func `passes the exit status on`() throws {
        #expect(try run(["sh", "-c", "exit 7"]).status == .exited(7))
    }

    @Test func `leaves only the standard descriptors open`() throws {
        #expect(try run(["busybox", "ls", "/proc/self/fd"]).output == "0\n1\n2\n3\n")
    }

    @Test func `names the step that failed`() throws {
        let bad = LaunchStep.bind(
            .path("/nowhere", below: nil),
            target: "/x",
            attributes: [],
            propagation: .recursivePrivate,
            reach: .attributes
        )
        let error = #expect(throws: LaunchError.self) { try run(["sh"], extra: [bad]) }
        #expect(error?.description == "mount /nowhere on /x: No such file or directory")
    }

    @Test func `tells a command that is missing from one that cannot be run`() throws {
        let missing = #expect(throws: LaunchError.self) { try run(["nothing"]) }
        #expect(missing?.exitCode == 127)
        #expect(missing?.description == "exec: \"nothing\": executable file not found in $PATH")
        let folder = #expect(throws: LaunchError.self) { try run(["/bin"]) }
        #expect(folder?.exitCode == 126)
    }

    @Test func `masks and protects what is there`() throws {
        let result = try run(
            ["sh", "-c", "busybox cat /proc/version | busybox wc -c; echo 1 > /proc/sys/kernel/hostname"],
            extra: [
                .makeDevice(target: "/dev/null", DeviceNode(mode: S_IFCHR | 0o666, number: 0x103)),
                .mask(target: "/proc/version"), .protect(target: "/proc/sys"), .mask(target: "/proc/nothing"),
            ]
        )
        #expect(result.output.hasPrefix("0\n"))
        #expect(result.output.contains("Read-only file system"))
    }
}

@Suite struct CapabilitySetTests {
    @Test func `reads names with and without their prefix`() {
        #expect(CapabilitySet(parsing: "net_admin") == CapabilitySet(mask: 1 << 12))
        #expect(CapabilitySet(parsing: "CAP_NET_ADMIN") == CapabilitySet(mask: 1 << 12))
        #expect(CapabilitySet(parsing: "nonsense") == nil)
    }

    @Test func `gives containers fourteen capabilities`() {
        #expect(CapabilitySet.standard.mask == 0xa804_25fb)
        #expect(CapabilitySet.standard.capabilityNames.count == 14)
    }
}
