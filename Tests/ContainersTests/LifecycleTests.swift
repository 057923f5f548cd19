import Containers
import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct LifecycleTests {
    @Test func `runs a command and gives its output and its status`() throws {
        try withBusybox { box in
            let result = try box.run(["sh", "-c", "echo hello; echo oops >&2; exit 3"])
            #expect(result.output.contains("hello\n"))
            #expect(result.output.contains("oops\n"))
            #expect(result.code == 3)
        }
    }

    @Test func `is created, then running, then exited`() throws {
        try withBusybox { box in
            let container = try box.create(["sleep", "1000"]) { $0.stopSignal = "SIGKILL" }
            #expect(try container.status == .created)
            try box.start(container)
            guard case .running(let state) = try container.status else {
                Issue.record("it does not run: \(try container.status)")
                return
            }
            #expect(state.pid > 0)
            #expect(try container.stop() == 137)
            guard case .exited(let record) = try container.status else {
                Issue.record("it has not exited: \(try container.status)")
                return
            }
            #expect(record.exitCode == 137)
            #expect(record.stoppedByHand)
            try container.remove()
            #expect(throws: ContainerError.notFound("box")) { try box.store.find("box") }
        }
    }

    @Test func `is killed when it does not heed the stop signal`() throws {
        try withBusybox { box in
            let container = try box.create(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"])
            let attachment = try box.start(container, isAttached: true)
            defer { attachment?.close() }
            #expect(try attachment?.next() == .output(Array("up\n".utf8)))
            #expect(try container.stop(timeout: 0) == 137)
        }
    }

    @Test func `can be started again, and keeps what it wrote`() throws {
        try withBusybox { box in
            let container = try box.create(["sh", "-c", "cat /kept; echo once > /kept"])
            try box.start(container)
            #expect(try container.wait() == 0)
            let attachment = try box.start(container, isAttached: true)
            #expect(try attachment?.next() == .output(Array("once\n".utf8)))
            attachment?.close()
            #expect(try container.wait() == 0)
        }
    }

    @Test func `says what failed, with Docker's exit code`() throws {
        try withBusybox { box in
            let missing = try box.create(["nothing"], name: "missing")
            let error = #expect(throws: ContainerError.self) { try box.start(missing) }
            #expect(error?.exitCode == 127)
            #expect(
                error?.description
                    == "cannot start missing: exec: \"nothing\": executable file not found in $PATH"
            )
            let folder = try box.create(["/tmp"], name: "folder")
            #expect(#expect(throws: ContainerError.self) { try box.start(folder) }?.exitCode == 126)
        }
    }

    @Test func `leaves nothing behind when its monitor is killed`() throws {
        try withBusybox { box in
            let container = try box.create(["sleep", "1000"])
            try box.start(container)
            let pid = try #require(try container.status.state?.pid)
            let monitor = try #require(Self.parent(of: pid))
            kill(monitor, SIGKILL)
            while kill(pid, 0) == 0 { usleep(1000) }
            while try container.status.isActive { usleep(1000) }
            #expect(try container.status == .lost)
            let groups = container.order?.cgroups ?? []
            #expect(!groups.isEmpty)
            try container.recover()
            guard case .exited(let record) = try container.status else {
                Issue.record("it has not exited: \(try container.status)")
                return
            }
            #expect(record.exitCode == 255)
            #expect(groups.allSatisfy { access($0, F_OK) != 0 })
        }
    }

    private static func parent(of pid: Int32) -> Int32? {
        guard let stat = try? WholeFile.read(FilePath("/proc/\(pid)/stat")) else { return nil }
        let text = String(decoding: stat, as: UTF8.self)
        guard let close = text.lastIndex(of: ")") else { return nil }
        return text[close...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
    }

    @Test func `has a name that no other can take`() throws {
        try withBusybox { box in
            let first = try box.create(["true"])
            #expect(throws: ContainerError.nameTaken(name: "box", holder: first.id)) { try box.create(["true"]) }
            let renamed = try first.rename(to: "other")
            #expect(try box.store.find("other").id == renamed.id)
            _ = try box.create(["true"])
        }
    }
}
