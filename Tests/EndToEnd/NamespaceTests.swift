import Glibc
import Testing

extension EndToEnd.Networks {
    @Suite struct Namespaces {
        private func answer(_ stage: Stage, _ service: String, _ url: String) throws -> String {
            let wget = ["exec", "-T", service, "timeout", "3", "wget", "-q", "-O", "-", url]
            return try stage.program("docker-compose", wget, [:]).run().text
        }

        private func address(_ stage: Stage, _ service: String) throws -> String {
            let script = "ip -4 -o addr show eth0 | awk '{print $4}'"
            return try stage.does("exec", "-T", service, "sh", "-c", script).text
        }

        @Test func `a network that is shared lasts when the container that it was made for is made anew`() throws {
            try onStage("sharing") { stage in
                try stage.does("up", "-d")
                let guest = try stage.id(of: "guest")
                let (host, place) = (try stage.id(of: "host"), try address(stage, "guest"))
                #expect(try eventually { try answer(stage, "guest", "http://server/") == "served" })
                try stage.write("WORD=second\n", to: ".env")
                try stage.does("up", "-d", "-t", "0")
                #expect(try stage.id(of: "guest") == guest)
                let successor = try stage.id(of: "host")
                #expect(successor != host)
                let mode = try stage.docker("inspect", "-f", "{{.HostConfig.NetworkMode}}", guest).text
                #expect(mode == "container:\(successor)")
                #expect(try address(stage, "guest") == place)
                #expect(try eventually { try answer(stage, "guest", "http://127.0.0.1/") == "second" })
                #expect(try answer(stage, "guest", "http://server/") == "served")
                #expect(try answer(stage, "server", "http://host/") == "second")
                #expect(try stage.fetch("http://127.0.0.1:18290/") == "second\n")
            }
        }

        @Test func `a guest that asks for it restarts with its owner, in the network that lasts`() throws {
            try onStage("sharing") { stage in
                try stage.write(
                    "services: {second: {depends_on: {host: {condition: service_started, restart: true}}}}\n",
                    to: "compose.override.yaml"
                )
                try stage.does("up", "-d")
                func starts() throws -> [String] {
                    try ["guest", "second"].map {
                        try stage.docker("inspect", "-f", "{{.State.StartedAt}}", stage.id(of: $0)).text
                    }
                }
                let (before, place) = (try starts(), try address(stage, "guest"))
                try stage.write("WORD=second\n", to: ".env")
                try stage.does("up", "-d", "-t", "0")
                let after = try starts()
                #expect(after[0] == before[0] && after[1] != before[1])
                #expect(try address(stage, "second") == place)
                #expect(try eventually { try answer(stage, "second", "http://127.0.0.1/") == "second" })
            }
        }

        @Test func `guests keep their network and its names while its owner is away`() throws {
            try onStage("sharing") { stage in
                try stage.does("up", "-d")
                let place = try address(stage, "guest")
                try stage.does("stop", "-t", "0", "host")
                #expect(try address(stage, "guest") == place)
                #expect(try eventually { try answer(stage, "guest", "http://server/") == "served" })
                #expect(try stage.fetch("http://127.0.0.1:18290/") == nil)
                try stage.does("restart", "-t", "0", "second")
                #expect(try answer(stage, "second", "http://server/") == "served")
                try stage.does("start", "host")
                #expect(try eventually { try answer(stage, "second", "http://127.0.0.1/") == "first" })
                #expect(try stage.fetch("http://127.0.0.1:18290/") == "first\n")
                try stage.does("restart", "-t", "0", "host")
                #expect(try eventually { try answer(stage, "guest", "http://127.0.0.1/") == "first" })
                try stage.does("down", "-t", "0")
                #expect(entries(of: "\(stage.root)/run/attachments").isEmpty)
                #expect(entries(of: "\(stage.root)/run/netns").isEmpty)
            }
        }

        @Test func `a network that is shared follows its owner to other networks`() throws {
            try onStage("sharing") { stage in
                try stage.does("up", "-d")
                let guest = try stage.id(of: "guest")
                let change = """
                    services:
                      host: {networks: [inside, other]}
                      far:
                        image: busybox
                        init: true
                        command: sh -c 'echo far > /tmp/index.html; httpd -f -h /tmp'
                        networks: [other]
                    networks:
                      other:
                    """
                try stage.write(change, to: "compose.override.yaml")
                try stage.does("up", "-d", "-t", "0")
                #expect(try stage.id(of: "guest") == guest)
                #expect(try stage.does("exec", "-T", "guest", "ls", "/sys/class/net").output == "eth0\neth1\nlo\n")
                #expect(try eventually { try answer(stage, "guest", "http://far/") == "far" })
                let hosts = try stage.does("exec", "-T", "guest", "cat", "/etc/hosts").output
                #expect(
                    hosts.split(separator: "\n").filter { $0.hasPrefix("172.") || $0.hasPrefix("192.168.") }.count == 2
                )
            }
        }

        @Test func `networks are joined and left while a container runs`() throws {
            try onStage("sharing") { stage in
                try stage.does("up", "-d", "server")
                #expect(try stage.docker("network", "create", "--subnet", "10.214.7.0/24", "late").code == 0)
                let run = ["run", "-d", "--init", "--name", "box", "busybox", "sleep", "1000"]
                #expect(try stage.program("docker", run, [:]).run().code == 0)
                func inside(_ words: String...) throws -> Outcome {
                    try stage.program("docker", ["exec", "box"] + words, [:]).run()
                }
                #expect(try inside("timeout", "2", "wget", "-q", "-O", "-", "http://server/").code != 0)
                #expect(try stage.docker("network", "connect", "--alias", "mate", "sharing_inside", "box").code == 0)
                #expect(try eventually { try inside("wget", "-q", "-O", "-", "http://server/").text == "served" })
                #expect(try stage.does("exec", "-T", "server", "ping", "-c", "1", "-W", "2", "mate").code == 0)
                #expect(
                    try stage.docker("network", "connect", "--ip", "10.214.7.9", "--gw-priority", "5", "late", "box")
                        .code
                        == 0
                )
                #expect(try inside("ip", "-4", "-o", "addr").output.contains("10.214.7.9/24"))
                #expect(try inside("cat", "/etc/hosts").output.contains("10.214.7.9\t"))
                #expect(try inside("ip", "route").output.contains("default via 10.214.7.1 dev eth2"))
                let twice = try stage.docker("network", "connect", "late", "box")
                #expect(
                    twice.code == 1 && twice.errors.contains("endpoint with name box already exists in network late")
                )
                let networks = try stage.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", "box").output
                #expect(["bridge", "late", "sharing_inside"].allSatisfy { networks.contains("\"\($0)\":{") })
                #expect(try stage.docker("network", "disconnect", "late", "box").code == 0)
                #expect(try !inside("cat", "/etc/hosts").output.contains("10.214.7.9"))
                #expect(try inside("ip", "route").output.contains("default via 10.214.7.1") == false)
                #expect(try inside("ls", "/sys/class/net").output == "eth0\neth1\nlo\n")
                #expect(try stage.docker("network", "rm", "late").code == 0)
                let absent = try stage.docker("network", "disconnect", "sharing_inside", "sharing-server-2")
                #expect(absent.code == 1)
                let moves = [
                    "events", "--since", "1h", "--until", "0s", "-f", "type=network", "--format",
                    "{{.Action}} {{.Actor.Attributes.name}}",
                ]
                let told = try stage.program("docker", moves, [:]).run().lines.map(String.init)
                #expect(
                    told.filter { $0.hasSuffix(" late") } == [
                        "create late", "connect late", "disconnect late", "destroy late",
                    ]
                )
                #expect(try stage.docker("restart", "-t", "0", "box").code == 0)
                #expect(try inside("ls", "/sys/class/net").output == "eth0\neth1\nlo\n")
                #expect(try stage.docker("network", "disconnect", "bridge", "box").code == 0)
                #expect(try inside("wget", "-q", "-O", "-", "http://server/").text == "served")
            }
        }

        @Test func `a container that is renamed is found by its new name at once`() throws {
            try onStage("sharing") { stage in
                try stage.does("up", "-d", "server", "host")
                #expect(try stage.docker("rename", "sharing-server-1", "waiter").code == 0)
                #expect(try eventually { try answer(stage, "host", "http://waiter/") == "served" })
                #expect(try answer(stage, "host", "http://server/") == "served")
                #expect(try answer(stage, "host", "http://sharing-server-1/") == "")
            }
        }

        @Test func `published ports follow the network that leads outside`() throws {
            try onStage { stage in
                for (name, subnet) in [("one", "10.214.1.0/24"), ("two", "10.214.2.0/24")] {
                    #expect(try stage.docker("network", "create", "--subnet", subnet, name).code == 0)
                }
                let serve = "echo here > /tmp/index.html; httpd -f -h /tmp"
                let run = ["run", "-d", "--init", "--name", "box", "--network", "one", "-p", "18291:80", "busybox"]
                #expect(try stage.program("docker", run + ["sh", "-c", serve], [:]).run().code == 0)
                #expect(try eventually { try stage.fetch("http://127.0.0.1:18291/") == "here\n" })
                #expect(try stage.docker("network", "connect", "--gw-priority", "9", "two", "box").code == 0)
                #expect(try stage.fetch("http://127.0.0.1:18291/") == "here\n")
                #expect(try stage.docker("network", "disconnect", "one", "box").code == 0)
                #expect(try stage.fetch("http://127.0.0.1:18291/") == "here\n")
                #expect(try stage.fetch("http://[::1]:18291/") == "here\n")
                let rules = try stage.machine("nft", "list", "ruleset").output
                #expect(rules.contains("dnat ip to 10.214.2.2:80") && !rules.contains("10.214.1.2:80"))
                #expect(try stage.docker("port", "box", "80").lines.sorted() == ["0.0.0.0:18291", "[::]:18291"])
            }
        }

        @Test func `a container that shares a network by hand keeps it when the other is started again`() throws {
            try onStage { stage in
                let owner = ["run", "-d", "--init", "--name", "owner", "busybox", "sleep", "1000"]
                let guest = ["run", "-d", "--init", "--name", "guest", "--network", "container:owner", "busybox"]
                #expect(try stage.program("docker", owner, [:]).run().code == 0)
                #expect(try stage.program("docker", guest + ["sleep", "1000"], [:]).run().code == 0)
                let look = ["exec", "guest", "ip", "-4", "-o", "addr", "show", "eth0"]
                let before = try stage.program("docker", look, [:]).run().text
                #expect(before.contains("172."))
                #expect(try stage.docker("restart", "-t", "0", "owner").code == 0)
                #expect(try stage.program("docker", look, [:]).run().text == before)
                let inside = ["exec", "owner", "ip", "-4", "-o", "addr", "show", "eth0"]
                #expect(try stage.program("docker", inside, [:]).run().text == before)
                let refused = try stage.docker("network", "connect", "bridge", "guest")
                #expect(refused.code == 1 && refused.errors.contains("sharing network namespace"), "\(refused)")
            }
        }
    }
}
