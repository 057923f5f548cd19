import Testing

extension EndToEnd {
    @Suite struct Networks {
        @Test func `names and aliases are found on shared networks, and nowhere else`() throws {
            try onStage("networks") { stage in
                try stage.does("up", "-d")
                func reaches(_ service: String, _ name: String) throws -> String? {
                    let got = try stage.compose(
                        "exec",
                        "-T",
                        service,
                        "timeout",
                        "2",
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "http://\(name)/"
                    )
                    return got.code == 0 ? got.text : nil
                }
                #expect(try eventually { try reaches("left", "both") == "both" })
                #expect(try eventually { try reaches("both", "right") == "right" })
                #expect(try reaches("both", "starboard") == "right")
                #expect(try reaches("both", "networks-left-1") == "left")
                #expect(try reaches("left", "right") == nil)
                #expect(try reaches("right", "left") == nil)
                #expect(try reaches("left", "starboard") == nil)
                #expect(try reaches("guest", "both") == "both")
                #expect(try reaches("guest", "127.0.0.1") == "left")
                #expect(try reaches("alone", "both") == nil)
            }
        }

        @Test func `the last container on the default bridge takes it along when it ends by itself`() throws {
            try onStage { stage in
                let wait = "until [ -e /end ]; do sleep 0.05; done"
                let started = try stage.docker("run", "-d", "--name", "box", "busybox", "sh", "-c", wait)
                #expect(started.code == 0, "\(started)")
                let bridge = try #require(stage.defaultBridge().first)
                #expect(entries(of: "/sys/class/net").contains(bridge))
                try stage.docker("exec", "box", "touch", "/end")
                #expect(eventually { !entries(of: "/sys/class/net").contains(bridge) })
                #expect(try stage.docker("network", "ls", "--format", "{{.Name}}").output == "host\nnone\n")
                #expect(try stage.docker("run", "--rm", "busybox", "ip", "route").output.hasPrefix("default via"))
            }
        }

        @Test func `networks are kept apart, also by address`() throws {
            try onStage("networks") { stage in
                try stage.does("up", "-d")
                let address = try stage.does("exec", "-T", "right", "hostname", "-i").text
                #expect(address.contains("."))
                let got = try stage.compose(
                    "exec",
                    "-T",
                    "left",
                    "timeout",
                    "1",
                    "wget",
                    "-q",
                    "-O",
                    "-",
                    "http://\(address)/"
                )
                #expect(got.code != 0, "\(got)")
                #expect(try stage.does("exec", "-T", "inside", "ip", "route").output.contains("default") == false)
                #expect(try stage.does("exec", "-T", "left", "ip", "route").output.contains("default via"))
            }
        }

        @Test func `containers upon an interface of the host find each other, and leave it as it is`() throws {
            try onStage { stage in
                let link = ["link", "add", "tuttiplug0", "type", "veth", "peer", "name", "tuttiplug1"]
                #expect(try stage.program("/usr/sbin/ip", link, [:]).run().code == 0)
                defer { _ = try? stage.machine("/usr/sbin/ip", "link", "delete", "tuttiplug0") }
                for name in ["tuttiplug0", "tuttiplug1"] {
                    #expect(try stage.machine("/usr/sbin/ip", "link", "set", "dev", name, "up").code == 0)
                }
                try stage.write(
                    """
                    services:
                      here: &box {image: busybox, command: sleep 1000, init: true, networks: [lan]}
                      there: *box
                    networks:
                      lan:
                        driver: macvlan
                        driver_opts: {parent: tuttiplug0}
                        ipam: {config: [{subnet: 10.220.0.0/24, gateway: 10.220.0.254}]}
                    """,
                    to: "compose.yaml"
                )
                try stage.does("up", "-d")
                let found = try stage.does("exec", "-T", "here", "ping", "-c", "1", "-W", "2", "there")
                #expect(found.output.contains("1 packets received"), "\(found)")
                let routes = try stage.does("exec", "-T", "here", "ip", "route").output
                #expect(routes.hasPrefix("default via 10.220.0.254 dev eth0"), "\(routes)")
                #expect(try stage.does("exec", "-T", "here", "ping", "-c", "1", "-W", "2", "work-there-1").code == 0)
                try stage.does("down", "-t", "0")
                #expect(entries(of: "/sys/class/net").contains("tuttiplug0"))
            }
        }

        @Test func `network modes share what they name`() throws {
            try onStage("networks") { stage in
                try stage.does("up", "-d")
                #expect(try stage.does("exec", "-T", "alone", "ls", "/sys/class/net").output == "lo\n")
                let own = try stage.machine("cut", "-d:", "-f1", "/proc/net/dev").output
                #expect(try stage.does("exec", "-T", "host", "cut", "-d:", "-f1", "/proc/net/dev").output == own)
                let left = try stage.does("exec", "-T", "left", "ip", "-4", "addr").output
                #expect(try stage.does("exec", "-T", "guest", "ip", "-4", "addr").output == left)
                #expect(try stage.does("exec", "-T", "guest", "hostname").output == "left\n")
            }
        }

        @Test func `published ports answer on every address they were published on`() throws {
            try onStage("ports") { stage in
                try stage.does("up", "-d")
                #expect(try eventually { try stage.fetch("http://127.0.0.1:18280/") == "web\n" })
                #expect(try stage.fetch("http://[::1]:18280/") == "web\n")
                #expect(try stage.fetch("http://127.0.0.1:18281/") == "web\n")
                #expect(try stage.fetch("http://127.0.0.1:18285/") == "web\n")
                #expect(try stage.fetch("http://127.0.0.1:18286/") == "web\n")
                let outside = try stage.machine(
                    "sh",
                    "-c",
                    "ip -4 -o addr show scope global | awk '{print $4}' | cut -d/ -f1 | head -1"
                ).text
                if !outside.isEmpty {
                    #expect(try stage.fetch("http://\(outside):18280/") == "web\n")
                    #expect(try stage.fetch("http://\(outside):18281/") == nil)
                    let inside = try stage.compose(
                        "exec",
                        "-T",
                        "client",
                        "timeout",
                        "2",
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "http://\(outside):18280/"
                    )
                    #expect(inside.output == "web\n", "\(inside)")
                }
                #expect(try stage.does("port", "web", "80").lines.contains { $0.hasSuffix(":18280") })
                #expect(try stage.does("port", "web", "81").output.contains("127.0.0.1:18281"))
                #expect(try stage.does("port", "--protocol", "sctp", "web", "9").output == "0.0.0.0:18299\n")
            }
        }

        @Test func `udp is published too`() throws {
            try onStage("ports") { stage in
                try stage.does("up", "-d", "echo")
                let ask = "exec 3<>/dev/udp/127.0.0.1/18207; echo ping >&3; timeout 1 head -n 1 <&3"
                #expect(try eventually { try stage.machine("bash", "-c", ask).output == "ping\n" })
                #expect(try stage.does("port", "--protocol", "udp", "echo", "7").output.contains(":18207"))
            }
        }

        @Test func `a busy port is an error that names who holds it`() throws {
            try onStage("ports") { stage in
                try stage.does("up", "-d", "web")
                let second = try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "second",
                    "-p",
                    "18280:80",
                    "busybox",
                    "sleep",
                    "1000"
                )
                #expect(second.code == 125, "\(second)")
                #expect(second.errors.contains("18280") && second.errors.contains("ports-web-1"), "\(second)")
            }
        }

        @Test func `replicas share a name`() throws {
            try onStage(Programs.repository + "/examples/scale") { stage in
                try stage.does("up", "-d", "--wait", "worker")
                let run = try stage.compose("run", "--rm", "-T", "client")
                #expect(run.output.contains("replicas found 3"), "\(run)")
            }
        }

        @Test func `networks can be made, joined, looked at and removed by hand`() throws {
            try onStage { stage in
                #expect(try stage.docker("network", "create", "--subnet", "10.213.7.0/24", "mine").code == 0)
                let run = try stage.docker("run", "--rm", "--network", "mine", "busybox", "hostname", "-i")
                #expect(run.output.hasPrefix("10.213.7."), "\(run)")
                #expect(try stage.docker("network", "ls", "--format", "{{.Name}}").lines.contains("mine"))
                #expect(try stage.docker("network", "inspect", "mine").output.contains("10.213.7.0/24"))
                let twice = try stage.docker("network", "create", "mine")
                #expect(twice.code == 1 && twice.errors.contains("already exists"), "\(twice)")
                #expect(try stage.docker("network", "rm", "mine").code == 0)
                #expect(try stage.docker("network", "inspect", "mine").code == 1)
            }
        }

        @Test func `a network in use is not removed`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                let removal = try stage.docker("network", "rm", "web_default")
                #expect(removal.code == 1, "\(removal)")
                #expect(try stage.fetch("http://127.0.0.1:18180/") == "hello from web\n")
            }
        }
    }
}
