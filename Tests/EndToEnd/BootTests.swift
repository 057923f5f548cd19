import Glibc
import Testing

extension EndToEnd {
    @Suite struct Boot {
        private static let project = """
            services:
              app:
                image: busybox
                init: true
                command: sleep 1000
                restart: unless-stopped
                depends_on: {db: {condition: service_healthy}, once: {condition: service_completed_successfully}}
              db:
                image: busybox
                init: true
                command: sleep 1000
                restart: always
                healthcheck: {test: "true", interval: 1s, start_interval: 100ms, start_period: 10s}
              once: {image: busybox, command: "true"}
              plain: {image: busybox, init: true, command: sleep 1000}
              stopped: {image: busybox, init: true, command: sleep 1000, restart: unless-stopped}
              failed: {image: busybox, init: true, command: sleep 1000, restart: on-failure}
            """

        @Test func `what is to run comes back in the order of dependencies, and nothing else`() throws {
            try onStage { stage in
                try stage.write(Self.project, to: "compose.yaml")
                try stage.does("up", "--detach")
                try stage.does("stop", "stopped")
                try stage.docker("create", "--name", "never", "--restart", "always", "busybox", "sleep", "1000")
                try stage.reboot()
                #expect(try stage.docker("ps", "--quiet").output == "")
                let resumed = try stage.tutti("system", "resume")
                #expect(resumed.code == 0, "\(resumed)")
                #expect(resumed.lines.sorted() == ["work-app-1", "work-db-1", "work-failed-1"], "\(resumed)")
                #expect(try stage.does("ps", "--services").lines.sorted() == ["app", "db", "failed"])
                let told = try stage.docker(
                    "events",
                    "--since",
                    "1m",
                    "--until",
                    "0s",
                    "--format",
                    "{{.Actor.Attributes.name}} {{.Action}}"
                ).lines
                let places = ["work-db-1 start", "work-db-1 health_status: healthy", "work-app-1 start"].map { line in
                    told.lastIndex { $0 == line } ?? -1
                }
                #expect(places == places.sorted() && places[0] >= 0, "\(told)")
                // A second time there is nothing left to do.
                let again = try stage.tutti("system", "resume")
                #expect((again.code, again.output) == (0, ""), "\(again)")
            }
        }

        @Test func `one that cannot be started keeps no other from being started`() throws {
            try onStage { stage in
                try stage.write("text", to: "file")
                try stage.docker(
                    "run",
                    "-d",
                    "--restart",
                    "always",
                    "--init",
                    "--name",
                    "one",
                    "--mount",
                    "type=bind,src=\(stage.folder)/file,dst=/file",
                    "busybox",
                    "sleep",
                    "1000"
                )
                try stage.docker(
                    "run",
                    "-d",
                    "--restart",
                    "always",
                    "--init",
                    "--name",
                    "two",
                    "busybox",
                    "sleep",
                    "1000"
                )
                try stage.reboot()
                unlink("\(stage.folder)/file")
                let resumed = try stage.tutti("system", "resume")
                #expect((resumed.code, resumed.output) == (1, "two\n"), "\(resumed)")
                #expect(resumed.errors.contains("bind source path does not exist"), "\(resumed)")
            }
        }

        @Test func `the unit starts them at boot`() throws {
            try onStage { stage in
                let unit = try stage.tutti("system", "resume", "--unit")
                for line in ["ExecStart=%s resume", "ExecStop=%s suspend"] {
                    let line = line.replacing("%s", with: "\(Programs.folder)/tutti --root \(stage.root) system")
                    #expect(unit.output.contains("\n\(line)\n"), "\(unit)")
                }
                #expect(
                    unit.output.contains("\nType=oneshot\nRemainAfterExit=yes\n")
                        && unit.output.contains("\nWantedBy=multi-user.target\n")
                )
            }
        }

        @Test func `a shutdown stops containers as they want to be stopped, and they come back`() throws {
            try onStage { stage in
                let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done"
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "--restart",
                    "unless-stopped",
                    "busybox",
                    "sh",
                    "-c",
                    script
                )
                #expect(try eventually { try stage.docker("logs", "box").output == "up\n" })
                // What systemd sends to every process of a unit's control group, or a shutdown to all.
                for pid in stage.monitors { kill(pid, SIGTERM) }
                #expect(try stage.docker("wait", "box").output == "0\n")
                #expect(try stage.docker("logs", "box").output == "up\nbye\n")
                try stage.reboot()
                #expect(try stage.tutti("system", "resume").output == "box\n")
            }
        }
    }
}

extension EndToEnd.Boot {
    @Suite struct Suspension {
        @Test func `stops what runs as it wants to be stopped, and resume starts it as if nobody had`() throws {
            try onStage { stage in
                let script = "trap 'echo bye; exit 0' USR1; trap 'echo rude' TERM; echo up; while :; do sleep 0.1; done"
                let words = ["run", "-d", "--name", "box", "--restart", "always", "--stop-signal", "USR1"]
                try stage.docker(words + ["busybox", "sh", "-c", script])
                try stage.docker("run", "-d", "--init", "--name", "plain", "busybox", "sleep", "1000")
                #expect(try eventually { try stage.docker("logs", "box").output == "up\n" })
                try stage.docker("pause", "plain")
                #expect(try stage.tutti("system", "suspend").lines.sorted() == ["box", "plain"])
                #expect(try stage.docker("logs", "box").output == "up\nbye\n")
                #expect(try stage.docker("ps", "-q").output == "")
                #expect(try stage.tutti("system", "resume").output == "box\n")
                #expect(try stage.tutti("system", "suspend").output == "box\n")
                let idle = try stage.tutti("system", "suspend")
                #expect((idle.code, idle.output) == (0, ""))
            }
        }
    }
}

extension Stage {
    /// The monitors of this stage's containers.
    fileprivate var monitors: [pid_t] {
        Traces.processes(of: root).filter { text(of: "/proc/\($0)/cmdline").contains("supervise") }
    }

    /// Leaves what a reboot leaves: processes end without a chance, and what is in memory goes.
    fileprivate func reboot() throws {
        for pid in monitors { kill(pid, SIGKILL) }
        // The machine's first process may see mounts of ours.
        #expect(eventually { Traces.processes(of: root).allSatisfy { $0 == 1 } })
        for point in Traces.mounts(below: root).reversed() { umount2(point, Int32(MNT_DETACH)) }
        #expect(try machine("rm", "-rf", "\(root)/run").code == 0)
    }
}
