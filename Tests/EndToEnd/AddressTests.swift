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
                #expect(
                    full.code == 1
                        && full.errors.contains("no available IPv4 addresses on this network's address pools"),
                    "\(full)"
                )
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
                #expect(mode.code == 1 && mode.errors.contains("only be used for an internal network"), "\(mode)")
                #expect(
                    try create("--internal", "-o", "com.docker.network.bridge.gateway_mode_ipv4=isolated").code == 0
                )
            }
        }

        @Test func `a network that cannot be is refused with its place, before anything is made`() throws {
            try onStage { stage in
                let rows = [
                    ("ipam: {driver: infoblox}", "could not resolve IPAM driver \"infoblox\": only default is there"),
                    ("ipam: {config: [{gateway: 10.1.0.1}]}", "network work_lan: no matching subnet for 10.1.0.1"),
                    ("ipam: {config: [{subnet: 10.1.0.0/33}]}", "\"10.1.0.0/33\" is not a subnet"),
                    ("driver: weave", "network driver \"weave\" is not supported"),
                    (
                        "driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: open}",
                        "com.docker.network.bridge.gateway_mode_ipv4: \"open\" is not a value for it"
                    ),
                    ("{enable_ipv4: false}", "IPv4 or IPv6 must be enabled"),
                ]
                for (definition, message) in rows {
                    try stage.write(
                        """
                        services:
                          box: {image: busybox, command: sleep 1000, networks: [lan], volumes: ["data:/data"]}
                        volumes: {data: {}}
                        networks:
                          lan:
                            \(definition)
                        """,
                        to: "compose.yaml"
                    )
                    let up = try stage.compose("up", "-d")
                    #expect(up.code == 1 && up.errors.contains("compose.yaml:5:3: networks.lan: "), "\(up)")
                    #expect(up.errors.contains(message), "\(up)")
                }
                #expect(try stage.docker("volume", "ls", "--quiet").output == "")
            }
        }

        @Test func `subnets and the host's address are what daemon.json says`() throws {
            try onStage { stage in
                let settings = #"{"base": "10.238.0.0/23", "size": 24}, {"base": "fd42:238::/48", "size": 64}"#
                try stage.write(
                    #"{"default-address-pools": [\#(settings)], "host-gateway-ips": ["192.0.2.1", "2001:db8::1"]}"#,
                    to: "daemon.json"
                )
                let here = ["TUTTI_CONFIG": stage.folder]
                for name in ["one", "two"] {
                    #expect(try stage.docker("network", "create", "--ipv6", name, in: here).code == 0)
                }
                let format = "{{range .IPAM.Config}}{{.Subnet}} {{end}}"
                #expect(
                    try stage.docker("network", "inspect", "-f", format, "one", "two").lines
                        == ["10.238.0.0/24 fd42:238::/64 ", "10.238.1.0/24 fd42:238:0:1::/64 "]
                )
                let none = try stage.docker("network", "create", "three", in: here)
                #expect(none.code == 1 && none.errors.contains("could not find an available"), "\(none)")
                let words = ["run", "--rm", "--network", "one", "--add-host", "host:host-gateway", "busybox"]
                let hosts = try stage.program("docker", words + ["grep", "host$", "/etc/hosts"], here).run()
                #expect(hosts.lines.suffix(2) == ["192.0.2.1\thost", "2001:db8::1\thost"], "\(hosts)")
                for (text, reason) in [
                    (
                        #"{"default-address-pools": [{"base": "10.0.0.0/16", "size": 8}]}"#,
                        "default-address-pools: invalid"
                    ),
                    (#"{"host-gateway-ips": ["here"]}"#, "host-gateway-ips: \"here\" is not an IP address"),
                ] {
                    try stage.write(text, to: "daemon.json")
                    let bad = try stage.docker("network", "create", "bad", in: here)
                    #expect(bad.code == 1 && bad.errors.contains("\(stage.folder)/daemon.json: \(reason)"), "\(bad)")
                }
            }
        }

        @Test func `what belongs to the container whose network is shared is not asked for twice`() throws {
            try onStage { stage in
                let start = ["run", "-d", "--init", "--name", "box", "busybox", "sleep", "1000"]
                #expect(try stage.docker(start).code == 0)
                for (flags, what) in [
                    (["--hostname", "x"], "hostname and the network mode"),
                    (["--dns", "192.0.2.1"], "dns and the network mode"),
                    (["--add-host", "a:192.0.2.1"], "custom host-to-IP mapping and the network mode"),
                    (["--mac-address", "02:00:00:00:00:01"], "mac-address and the network mode"),
                    (["-p", "80"], "port publishing and the container type network mode"),
                    (["-P"], "port publishing and the container type network mode"),
                    (["--expose", "80"], "port exposing and the container type network mode"),
                ] {
                    let run = try stage.docker(["run", "--rm", "--network", "container:box"] + flags + ["busybox"])
                    #expect(run.code == 125 && run.errors.contains("conflicting options: \(what)"), "\(run)")
                }
                for (attribute, what) in [
                    ("hostname: x", "hostname and the network mode"), ("dns: [192.0.2.1]", "dns and the network mode"),
                    ("ports: [80]", "port publishing and the container type network mode"),
                    ("expose: [80]", "port exposing and the container type network mode"),
                ] {
                    let service = "image: busybox\n    network_mode: container:box\n    \(attribute)\n"
                    try stage.write("services:\n  guest:\n    \(service)", to: "compose.yaml")
                    let up = try stage.compose("up", "-d")
                    let key = attribute.split(separator: ":")[0]
                    let message = "compose.yaml:5:\(7 + key.count): services.guest.\(key): conflicting options: \(what)"
                    #expect(up.code == 1 && up.errors.contains(message), "\(up)")
                }
            }
        }

        @Test func `what no network can give is refused or told`() throws {
            try onStage { stage in
                for (flags, message) in [
                    (
                        ["--network-alias", "x"],
                        "network-scoped alias is supported only for containers in user defined"
                    ),
                    (["--ip", "172.17.0.9"], "user specified IP address is supported on user defined networks only"),
                    (["--network", "name=bridge,gw-priority=first"], "invalid gw-priority (first)"),
                ] {
                    let run = try stage.docker(["run", "--rm"] + flags + ["busybox"])
                    #expect(run.code == 125 && run.errors.contains(message), "\(run)")
                }
                let file =
                    "services: {box: {image: busybox, command: sleep 1000, init: true, network_mode: %, ports: [80]}}"
                for mode in ["none", "host"] {
                    let told = "Published ports are discarded when using \(mode) network mode"
                    let run = ["run", "--rm", "--network", mode, "-p", "80", "busybox", "true"]
                    #expect(try stage.docker(run).errors == "WARNING: \(told)\n")
                    try stage.write(file.split(separator: "%").joined(separator: mode), to: "compose.yaml")
                    #expect(try stage.does("up", "-d").errors.contains("service box: \(told)"))
                }
            }
        }

        @Test func `everything that was asked for is shown`() throws {
            try onStage { stage in
                let flags = [
                    "--subnet", "10.219.0.0/24", "--ip-range", "10.219.0.128/25", "--gateway", "10.219.0.2",
                    "--aux-address", "printer=10.219.0.200", "--label", "for=me", "--attachable",
                ]
                #expect(try stage.docker(["network", "create"] + flags + ["shown"]).code == 0)
                let start = [
                    "run", "-d", "--init", "--name", "box", "--network", "shown", "-p", "18390:9/sctp", "--expose",
                    "80",
                ]
                #expect(try stage.docker(start + ["busybox", "sleep", "1000"]).code == 0)
                func show(_ format: String, _ words: String...) throws -> String {
                    try stage.docker(words + ["--format", format] + [words[0] == "network" ? "shown" : "box"]).text
                }
                #expect(
                    try show("{{json .IPAM}}", "network", "inspect")
                        == #"{"Driver":"default","Options":null,"Config":[{"Subnet":"10.219.0.0/24","Gateway":"10.219.0.2","#
                        + #""IPRange":"10.219.0.128/25","AuxiliaryAddresses":{"printer":"10.219.0.200"}}]}"#
                )
                #expect(
                    try show(
                        "{{.Internal}} {{.EnableIPv4}} {{.EnableIPv6}} {{.Scope}} {{.Labels}} {{.Attachable}}",
                        "network",
                        "inspect"
                    )
                        == "false true false local map[for:me] true"
                )
                #expect(
                    try show("{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}", "network", "inspect")
                        == "box 10.219.0.128/24"
                )
                #expect(
                    try show(
                        "{{with .NetworkSettings.Networks.shown}}{{.IPAddress}}/{{.IPPrefixLen}} {{.Gateway}}{{end}}",
                        "inspect"
                    )
                        == "10.219.0.128/24 10.219.0.2"
                )
                let endpoint = try show("{{range .Containers}}{{.EndpointID}}{{end}}", "network", "inspect")
                #expect(endpoint.count == 64)
                #expect(try show("{{.NetworkSettings.Networks.shown.EndpointID}}", "inspect") == endpoint)
                #expect(try show("{{json (index .NetworkSettings.Ports \"80/tcp\")}}", "inspect") == "null")
                #expect(try stage.docker("port", "box").lines == ["9/sctp -> 0.0.0.0:18390", "9/sctp -> [::]:18390"])
                let again = try stage.docker("run", "-d", "-p", "18390:1/sctp", "busybox", "sleep", "1000")
                #expect(again.code == 125 && again.errors.contains("port is already allocated"), "\(again)")
                #expect(again.errors.contains("held by container box"), "\(again)")
            }
        }
    }
}
