import Testing

extension EndToEnd.Networks {
    @Suite struct Addresses {
        private func inside(_ stage: Stage, _ service: String, _ script: String, index: Int = 1) throws -> String {
            let words = ["exec", "-T", "--index", "\(index)", service, "sh", "-c", script]
            let outcome = try stage.program("docker-compose", words, [:]).run()
            #expect(outcome.code == 0, "\(outcome)")
            return outcome.text
        }

        @Test func `endpoints are what was asked for`() throws {
            try onStage("addresses") { stage in
                try stage.does("up", "-d", "fixed")
                let plain = try inside(stage, "fixed", "ip -o addr show plain0; ip link show plain0")
                #expect(plain.contains("inet 10.215.1.10/16") && plain.contains("inet 169.254.7.7/16"))
                #expect(plain.contains("02:00:00:00:12:34") && plain.contains("mtu 1400"))
                let both = try inside(
                    stage,
                    "fixed",
                    "ip -o addr show net1; cat /proc/sys/net/ipv4/conf/net1/log_martians"
                )
                #expect(both.contains("inet 10.216.0.2/24") && both.contains("inet6 fd42:215::10/64"))
                #expect(both.hasSuffix("\n1"))
                let routes = try inside(stage, "fixed", "ip route; ip -6 route")
                #expect(routes.contains("default via 10.216.0.1 dev net1"))
                #expect(routes.contains("default via fd42:215::1 dev net1"))
                let hosts = try inside(stage, "fixed", "cat /etc/hosts")
                #expect(hosts.contains("10.216.0.1\thost.docker.internal") && hosts.contains("10.215.1.200\tprinter"))
            }
        }

        @Test func `addresses come from the range, and not from what is set aside`() throws {
            try onStage("addresses") { stage in
                try stage.does("up", "-d", "free")
                let look = "ip -4 -o addr | awk '{print $4}'"
                let own = try [1, 2].map { try inside(stage, "free", look, index: $0) }
                let plain = Set(own.flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("10.215") })
                #expect(plain == ["10.215.1.0/16", "10.215.1.2/16"])
                let full = try stage.compose("up", "-d", "--scale", "free=4", "free")
                #expect(full.code == 1 && full.errors.contains("no available addresses on this pool"), "\(full)")
                let format = "{{json .IPAM.Config}}"
                let pools = try stage.docker("network", "inspect", "-f", format, "addresses_plain").output
                #expect(
                    pools.contains("\"IPRange\":\"10.215.1.0/30\"") && pools.contains("\"Gateway\":\"10.215.0.254\"")
                )
            }
        }

        @Test func `a network of version 6 alone has one unique local block, and names`() throws {
            try onStage("addresses") { stage in
                try stage.does("up", "-d", "--scale", "six=2", "six")
                let addresses = try inside(stage, "six", "ip -o addr show eth0 scope global")
                #expect(addresses.contains("inet6 fd") && !addresses.contains("inet 1"))
                #expect(
                    try inside(stage, "six", "ping -6 -c 1 -W 2 addresses-six-2 | grep -c '1 packets received'") == "1"
                )
                let answers = try inside(stage, "six", "nslookup six | grep -c '^Address: fd'")
                #expect(answers == "2")
            }
        }

        @Test func `ports are published on the addresses and ranges that were asked for`() throws {
            try onStage("addresses") { stage in
                let busy = try stage.docker("run", "-d", "--name", "busy", "-p", "18302:1", "busybox", "sleep", "1000")
                #expect(busy.code == 0, "\(busy)")
                try stage.does("up", "-d", "fixed")
                #expect(try eventually { try stage.fetch("http://127.0.0.1:18300/") == "fixed\n" })
                #expect(try stage.fetch("http://[::1]:18300/") == nil)
                #expect(try stage.fetch("http://[::1]:18301/") == "fixed\n")
                #expect(try stage.fetch("http://127.0.0.1:18301/") == nil)
                #expect(try stage.fetch("http://127.0.0.1:18303/") == "fixed\n")
                #expect(try stage.fetch("http://[::1]:18303/") == "fixed\n")
            }
        }

        @Test func `what contradicts itself is refused`() throws {
            try onStage { stage in
                func create(_ flags: String...) throws -> Outcome {
                    try stage.program("docker", ["network", "create"] + flags + ["bad"], [:]).run()
                }
                let outside = try create("--subnet", "10.217.0.0/24", "--gateway", "10.218.0.1")
                #expect(outside.code == 1 && outside.errors.contains("10.218.0.1"), "\(outside)")
                let two = try create("--subnet", "10.217.0.0/24", "--subnet", "10.218.0.0/24")
                #expect(two.code == 1 && two.errors.contains("doesn't support multiple subnets"), "\(two)")
                let mode = try create("-o", "com.docker.network.bridge.gateway_mode_ipv4=isolated")
                #expect(mode.code == 1 && mode.errors.contains("gateway_mode_ipv4: \"isolated\""), "\(mode)")
                #expect(
                    try create("--internal", "-o", "com.docker.network.bridge.gateway_mode_ipv4=isolated").code == 0
                )
            }
        }
    }
}
