import Glibc
import Testing

extension EndToEnd {
    /// Containers that remove themselves: `run --rm`.
    @Suite struct SelfRemoval {
        @Test func `nothing of it is to be seen when run returns`() throws {
            try onStage { stage in
                for round in 1...12 {
                    let run = try stage.docker(
                        "run",
                        "--rm",
                        "--name",
                        "box",
                        "-v",
                        "/data",
                        "busybox",
                        "sh",
                        "-c",
                        "touch /data/\(round); exit 3"
                    )
                    #expect(run.code == 3, "\(run)")
                    #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                    #expect(try stage.docker("volume", "ls", "--quiet").output == "")
                    let lease = entries(of: "\(stage.root)/run/leases").flatMap {
                        entries(of: "\(stage.root)/run/leases/\($0)")
                    }
                    #expect(lease.filter { !$0.hasPrefix(".") } == [])
                }
                #expect(try stage.docker("volume", "create", "kept").code == 0)
                #expect(try stage.docker("run", "--rm", "-v", "kept:/data", "busybox", "touch", "/data/a").code == 0)
                #expect(try stage.docker("volume", "rm", "kept").code == 0)
            }
        }

        @Test func `the next one has its address, its port and the network at once`() throws {
            try onStage { stage in
                #expect(try stage.docker("network", "create", "--subnet", "10.97.0.0/24", "net").code == 0)
                for _ in 1...6 {
                    let run = try stage.docker(
                        "run",
                        "--rm",
                        "--network",
                        "net",
                        "--ip",
                        "10.97.0.9",
                        "-p",
                        "127.0.0.1:18377:80",
                        "busybox",
                        "hostname",
                        "-i"
                    )
                    #expect(run.output == "10.97.0.9\n", "\(run)")
                }
                #expect(try stage.docker("network", "rm", "net").code == 0)
                let first = try stage.docker("run", "--rm", "busybox", "ip", "route").output
                let bridge = try #require(stage.defaultBridge().first)
                #expect(
                    try stage.docker("run", "--rm", "busybox", "ip", "route").output.split(separator: "\n").first
                        == first.split(separator: "\n").first
                )
                #expect(entries(of: "/sys/class/net").contains(bridge))
                #expect(eventually { !entries(of: "/sys/class/net").contains(bridge) })
            }
        }

        @Test func `what is left of files alone, the next command removes`() throws {
            try onStage { stage in
                // Where they are when their last user is killed at the very end.
                for folder in ["attachments", "images", "volumes"] {
                    let left = "\(stage.root)/run/\(folder)/.gone-7"
                    #expect(try stage.machine("mkdir", "-p", left).code == 0)
                    #expect(try stage.machine("touch", "\(left)/users").code == 0)
                }
                try stage.write("services: {box: {image: busybox, command: 'true'}}", to: "compose.yaml")
                try stage.does("up", "-d")
                for folder in ["attachments", "images", "volumes"] {
                    #expect(!entries(of: "\(stage.root)/run/\(folder)").contains(".gone-7"))
                }
            }
        }

        @Test func `a monitor killed while it clears up leaves what the next command undoes`() throws {
            try onStage { stage in
                for step in 0..<16 {
                    let started = try stage.docker("run", "-d", "--rm", "-v", "/data", "busybox", "sleep", "1000")
                    #expect(started.code == 0, "\(started)")
                    let monitor = try #require(stage.monitors().first)
                    let inside = try stage.docker("inspect", "-f", "{{.State.Pid}}", started.text).text
                    kill(try #require(pid_t(inside)), SIGKILL)
                    usleep(UInt32(step * 250))
                    kill(monitor, SIGKILL)
                    #expect(eventually { stage.monitors().isEmpty })
                    #expect(try stage.docker("system", "prune", "--force").code == 0)
                    #expect(try stage.docker("ps", "--all", "--quiet").output == "", "step \(step)")
                    #expect(try stage.docker("volume", "ls", "--quiet").output == "", "step \(step)")
                }
            }
        }
    }
}

extension Stage {
    fileprivate func monitors() -> [pid_t] {
        Traces.processes(of: root).filter { text(of: "/proc/\($0)/comm") == "tutti-monitor\n" }
    }
}
