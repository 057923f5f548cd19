import Glibc
import Linux
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite struct LogModes {
    /// A monitor whose log is a pipe that nobody reads yet, and the pipe.
    private func monitored(
        _ command: String,
        in root: FilePath,
        bufferSize: Int?
    ) throws -> (container: MonitoredProcess, log: FileDescriptor) {
        let path = root.appending("log")
        try #require(mkfifo(path.string, 0o600) == 0)
        let log = FileDescriptor(rawValue: open(path.string, O_RDWR | O_NONBLOCK | O_CLOEXEC))
        let container = try MonitoredProcess(command, in: root) { $0.log.bufferSize = bufferSize }
        return (container, log)
    }

    /// What comes out of the pipe until the monitor has ended: the numbers that were logged.
    private func drain(_ log: FileDescriptor, of container: MonitoredProcess) throws -> [Int] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var polled = [
            pollfd(fd: log.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: container.monitor.pidDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polled, 2, 10000) > 0, let count = try log.readAvailable(into: &buffer) {
            bytes += buffer[..<count]
        }
        try container.wait()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.compactMap { Int($0.dropFirst(8).prefix { $0.isNumber }) }
    }

    private func hasEnded(_ process: Int32, within milliseconds: Int32) throws -> Bool {
        var polled = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, milliseconds) == 1
    }

    @Test func `without blocking nobody waits for the log, and whole lines are lost`() throws {
        try withTemporaryFolder { root in
            let (container, log) = try monitored("exec seq 1 1000000", in: root, bufferSize: 100_000)
            let process = try ChildProcess(pid: container.state().pid).pidDescriptor
            defer { for descriptor in [process, log.rawValue] { close(descriptor) } }
            #expect(try hasEnded(process, within: 10000))
            let logged = try drain(log, of: container)
            #expect(logged.starts(with: 1...1000))
            #expect(zip(logged, logged.dropFirst()).allSatisfy { $0 < $1 })
            #expect(logged.count < 500_000)
            #expect(try container.exit().exitCode == 0)
        }
    }

    @Test func `otherwise a process waits for its log, and nothing is lost`() throws {
        try withTemporaryFolder { root in
            let (container, log) = try monitored("exec seq 1 400000", in: root, bufferSize: nil)
            let process = try ChildProcess(pid: container.state().pid).pidDescriptor
            defer { for descriptor in [process, log.rawValue] { close(descriptor) } }
            #expect(try !hasEnded(process, within: 200))
            let logged = try drain(log, of: container)
            #expect(logged == Array(1...400000))
        }
    }

    @Test func `what is kept is all that comes while there is room`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exec seq 1 100000", in: root) { order in
                order.log.bufferSize = 100 << 20
                order.log.maximumSize = 1 << 20
                order.log.maximumFiles = 100
                order.log.isCompressed = true
            }
            try container.wait()
            let script =
                "(cd \(root); for i in $(seq 99 -1 1); do [ ! -e log.$i.gz ] || zcat log.$i.gz; done; cat log) |"
                + "awk -F '\"' '{ print substr($4, 1, length($4) - 2) }' | cmp - <(seq 1 100000)"
            let words = ["bash", "-c", script]
            let check = try ChildProcess.spawn(
                "/bin/bash",
                arguments: words,
                environment: ["PATH=/usr/bin:/bin"],
                inherited: [0, 1, 2]
            )
            #expect(try check.wait() == .exited(0))
        }
    }
}
