import Glibc
import JSON
import Linux
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot) struct Supervising {
    @Test func `logs what the process writes, and records its end`() throws {
        try withTemporaryFolder { root in
            let marker = root.appending("marker")
            try WholeFile.replace(marker, with: [], isDurable: false)
            let container = try MonitoredProcess("echo out; echo err >&2; printf end; exit 7", in: root) { order in
                order.teardown = [.removeFile(marker.string)]
            }
            try container.wait()
            let exit = try container.exit()
            #expect(exit.exitCode == 7)
            #expect(!exit.stoppedByHand && !exit.outOfMemory && exit.restartCount == 0 && exit.error == nil)
            #expect(exit.startedAt > 0 && exit.finishedAt >= exit.startedAt)
            #expect(try container.logged().sorted() == ["end", "err\n", "out\n"])
            #expect(access(container.folder.string, F_OK) != 0)
            #expect(access(marker.string, F_OK) != 0)
        }
    }

    @Test func `hides what is to go before it tells the end, and records nothing of what has gone`() throws {
        try withTemporaryFolder { root in
            let (seen, hidden) = (root.appending("seen"), root.appending("hidden"))
            try Folder.makeAll(seen.appending("deep"))
            let container = try MonitoredProcess("exit 7", in: root) { order in
                order.startsAttached = true
                order.teardown = [.removeTree(hidden.string), .conceal(seen.string, as: hidden.string)]
                order.journal = JournalOrder(
                    folder: root.appending("events").string,
                    attributes: [:],
                    tellsRemoval: true
                )
            }
            #expect(try #require(container.attachment).untilExit().code == 7)
            #expect(!Folder.hasEntry(seen))
            try container.wait()
            #expect(!Folder.hasEntry(hidden))
            #expect(!Folder.hasEntry(container.exitRecord))
            #expect(!Folder.hasEntry(container.folder))
        }
    }

    @Test func `says what failed at the start, and with which code`() throws {
        try withTemporaryFolder { root in
            let program = LaunchProgram(steps: [
                .execute(file: "/none/such", arguments: ["such"], environment: [], searchPath: "")
            ])
            let container = try MonitoredProcess("", in: root, program: program)
            try container.wait()
            let message = "exec: \"/none/such\": No such file or directory"
            #expect(container.report == .failed(message: message, code: 127))
            #expect(try container.exit().exitCode == 127)
            #expect(try container.exit().error == message)
            #expect(access(container.folder.string, F_OK) != 0)
        }
    }

    @Test func `starts again as often as the policy says`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("echo run; exit 3", in: root) { order in
                order.restart = .onFailure(maximum: 2)
            }
            try container.wait()
            #expect(try container.exit().exitCode == 3)
            #expect(try container.exit().restartCount == 2)
            #expect(try container.logged() == ["run\n", "run\n", "run\n"])
        }
    }

    @Test func `ends the waiting for a restart when it is stopped`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exit 3", in: root) { $0.restart = .always }
            // By now the waiting is long enough for what follows.
            try container.await { $0.status == .restarting && $0.restartCount >= 4 }
            let client = try container.connect()
            #expect(try client.send(ControlMessage.stop(signal: SIGTERM, grace: 10).packet))
            #expect(try client.message() == .accepted)
            #expect(try client.message() == .exited(code: 3))
            client.close()
            try container.wait()
            #expect(try container.exit().stoppedByHand)
        }
    }

    @Test func `asks to stop, and kills when the grace is over`() throws {
        try withTemporaryFolder { root in
            let command = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.1; done"
            let container = try MonitoredProcess(command, in: root) { order in
                order.restart = .always
                order.startsAttached = true
            }
            let attached = try #require(container.attachment)
            #expect(try attached.message() == .output(Array("ready\n".utf8)))
            let client = try container.connect()
            #expect(try client.send(ControlMessage.stop(signal: SIGTERM, grace: 1).packet))
            #expect(try client.message() == .accepted)
            #expect(try client.message() == .exited(code: 137))
            client.close()
            #expect(try attached.untilExit().output == "asked\n")
            try container.wait()
            #expect(try container.exit().stoppedByHand)
        }
    }

    @Test func `carries input and output of whoever is attached from the start`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("cat; echo done >&2; exit 5", in: root) { order in
                order.keepsStandardInputOpen = true
                order.startsAttached = true
                order.log.driver = .none
            }
            let client = try #require(container.attachment)
            #expect(try client.send(ControlMessage.input(Array("hello ".utf8)).packet))
            #expect(try client.send(ControlMessage.input(Array("world".utf8)).packet))
            #expect(try client.send(ControlMessage.endOfInput.packet))
            let heard = try client.untilExit()
            #expect(heard.output == "hello world")
            #expect(heard.error == "done\n")
            #expect(heard.code == 5)
            try container.wait()
        }
    }

    @Test func `refuses a second monitor, and what is no request`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exec sleep 100", in: root)
            let client = try container.connect()
            #expect(try client.send([99]))
            #expect(try client.message() == .refused("unknown message"))
            #expect(try client.send(ControlMessage.pause.packet))
            #expect(try client.message() == .refused("pause web-1: Operation not supported"))
            #expect(try FileLock.isHeld(container.folder.appending(RunFile.lock)))
            #expect(try client.send(ControlMessage.signal(SIGKILL).packet))
            #expect(try client.message() == .accepted)
            client.close()
            try container.wait()
            #expect(try container.exit().exitCode == 137)
        }
    }

    @Test func `answers whoever came before the end and asks after it`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exec sleep 100", in: root)
            let process = try ChildProcess(pid: container.state().pid).pidDescriptor
            defer { close(process) }
            let client = try container.connect()
            kill(try container.state().pid, SIGKILL)
            var ended = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
            #expect(poll(&ended, 1, 5000) == 1)
            #expect(try client.send(ControlMessage.wait.packet))
            #expect(try client.message() == .accepted)
            #expect(try client.message() == .exited(code: 137))
            client.close()
            try container.wait()
        }
    }

    @Test func `leaves all that the next command needs when it is killed`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exec sleep 100", in: root) { order in
                order.teardown = [.removeFile(root.appending("marker").string)]
            }
            let state = try container.state()
            #expect(state.status == .running)
            let process = try ChildProcess(pid: state.pid).pidDescriptor
            defer { close(process) }
            #expect(ChildProcess.startTicks(of: state.pid) == state.startTicks)
            kill(container.monitor.pid, SIGKILL)
            #expect(try container.wait() == .signalled(SIGKILL))
            var ended = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
            #expect(poll(&ended, 1, 5000) == 1)
            #expect(try !FileLock.isHeld(container.folder.appending(RunFile.lock)))
            let order = try WholeFile.read(container.folder.appending(RunFile.order))
            #expect(try JSON.decode(SupervisionOrder.self, from: order).teardown.count == 1)
        }
    }

    @Test func `gives a process its terminal, and carries what is typed and shown`() throws {
        try withTemporaryFolder { root in
            let program = LaunchProgram(steps: [
                .makeTerminal(rows: 24, columns: 80, isConsole: false),
                .execute(
                    file: "/bin/sh",
                    arguments: ["sh", "-c", "stty size; read line; stty size; echo got $line"],
                    environment: ["PATH=/usr/bin:/bin"],
                    searchPath: ""
                ),
            ])
            let container = try MonitoredProcess("", in: root, program: program) { order in
                order.hasTerminal = true
                order.keepsStandardInputOpen = true
                order.startsAttached = true
            }
            let client = try #require(container.attachment)
            #expect(try client.message() == .output(Array("24 80\r\n".utf8)))
            #expect(try client.send(ControlMessage.resize(rows: 50, columns: 132).packet))
            #expect(try client.send(ControlMessage.input(Array("word\r".utf8)).packet))
            let heard = try client.untilExit()
            #expect(heard.output == "word\r\n50 132\r\ngot word\r\n")
            #expect(heard.code == 0)
            try container.wait()
            #expect(try container.logged().joined() == "24 80\r\nword\r\n50 132\r\ngot word\r\n")
        }
    }

    @Test func `freezes and thaws the group, and removes it at the end`() throws {
        try withTemporaryFolder { root in
            let name = "tutti-monitor-test-\(getpid())"
            let group = try Cgroup.create(named: name, in: .current(), limits: CgroupLimits(), devices: nil)
            let program = LaunchProgram(
                cgroup: group.unifiedFolder,
                steps: group.joinSteps + MonitoredProcess.shell("sleep 100 & exec sleep 100").steps
            )
            let container = try MonitoredProcess("", in: root, program: program) { order in
                order.cgroups = group.paths
                order.teardown = group.paths.map { .removeCgroup($0) }
            }
            let client = try container.connect()
            #expect(try client.send(ControlMessage.pause.packet))
            #expect(try client.message() == .accepted)
            #expect(try container.state().status == .paused)
            #expect(try client.send(ControlMessage.resume.packet))
            #expect(try client.message() == .accepted)
            #expect(try container.state().status == .running)
            #expect(try client.send(ControlMessage.pause.packet))
            #expect(try client.message() == .accepted)
            #expect(try client.send(ControlMessage.stop(signal: SIGTERM, grace: 10).packet))
            #expect(try client.message() == .accepted)
            #expect(try client.message() == .exited(code: 143))
            client.close()
            try container.wait()
            for path in group.paths { #expect(access(path, F_OK) != 0) }
        }
    }

    @Test func `tells when the kernel killed for want of memory`() throws {
        try withTemporaryFolder { root in
            var limits = CgroupLimits()
            limits.memory = 16 << 20
            let name = "tutti-monitor-test-oom-\(getpid())"
            let group = try Cgroup.create(named: name, in: .current(), limits: limits, devices: nil)
            let program = LaunchProgram(
                cgroup: group.unifiedFolder,
                steps: group.joinSteps + MonitoredProcess.shell("exec tail /dev/zero").steps
            )
            let container = try MonitoredProcess("", in: root, program: program) { order in
                order.cgroups = group.paths
                order.teardown = group.paths.map { .removeCgroup($0) }
            }
            try container.wait()
            #expect(try container.exit().exitCode == 137)
            #expect(try container.exit().outOfMemory)
        }
    }

    @Test func `takes little memory of its own while it waits`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("exec sleep 100", in: root)
            let rollup = try WholeFile.read(FilePath("/proc/\(container.monitor.pid)/smaps_rollup"))
            let lines = String(decoding: rollup, as: UTF8.self).split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix("Private_Dirty:") })
            let kibibytes = try #require(Int(line.split(separator: " ")[1]))
            #expect(kibibytes < 3072)
            kill(try container.state().pid, SIGKILL)
            try container.wait()
        }
    }

    @Test func `probes the health`() throws {
        try withTemporaryFolder { root in
            let health = root.appending("health")
            let probe = "test -e \(health) && echo fine"
            let program = MonitoredProcess.shell(probe)
            try WholeFile.replace(root.appending("probe"), with: program.encoded, isDurable: false)
            let container = try MonitoredProcess("exec sleep 100", in: root) { order in
                order.health = HealthOrder(
                    program: "../probe",
                    interval: 20_000_000,
                    timeout: 10_000_000_000,
                    retries: 2,
                    startPeriod: 0,
                    startInterval: 20_000_000
                )
            }
            #expect(try container.state().health?.status == .starting)
            try container.await { $0.health?.status == .unhealthy }
            try WholeFile.replace(health, with: [], isDurable: false)
            try container.await { $0.health?.status == .healthy }
            #expect(try container.state().health?.log.last?.output == "fine\n")
            kill(try container.state().pid, SIGKILL)
            try container.wait()
            #expect(try container.exit().health?.status == .healthy)
        }
    }
}

extension MonitoredProcess {
    /// Waits until the state is as wanted; each change of it is an event in the run folder.
    func await(_ isWanted: (ContainerState) -> Bool) throws {
        let events = inotify_init1(Int32(IN_CLOEXEC))
        defer { close(events) }
        try #require(inotify_add_watch(events, folder.string, UInt32(IN_MOVED_TO)) >= 0)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while try !isWanted(state()) {
            var came = pollfd(fd: events, events: Int16(POLLIN), revents: 0)
            try #require(poll(&came, 1, 10000) == 1)
            _ = read(events, &buffer, buffer.count)
        }
    }
}
