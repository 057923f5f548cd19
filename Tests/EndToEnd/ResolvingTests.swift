import Testing

extension EndToEnd.Networks {
    @Suite struct Resolving {
        private static let project = """
            services:
              asker:
                image: busybox
                init: true
                command: sleep 1000
                networks: [inside]
                dns_search: [corp.test, example.test]
                dns_opt: ["timeout:1", "attempts:1"]
              www:
                image: busybox
                init: true
                command: sleep 1000
                networks: {inside: {aliases: [shop.example.test]}}
            networks:
              inside: {internal: true}

            """

        @Test func `names are tried in the domains that are to be searched`() throws {
            try onStage { stage in
                try stage.write(Self.project, to: "compose.yaml")
                try stage.does("up", "-d")
                let file = try stage.does("exec", "-T", "asker", "cat", "/etc/resolv.conf").output
                #expect(
                    file
                        == "nameserver 127.0.0.11\nsearch corp.test example.test\noptions timeout:1 attempts:1 ndots:0\n"
                )
                for name in ["www", "work-www-1", "www.work_inside", "shop.example.test", "shop"] {
                    let found = try stage.does("exec", "-T", "asker", "ping", "-c", "1", "-W", "2", name)
                    #expect(found.output.contains("1 packets received"), "\(found)")
                }
                let missing = try stage.compose("exec", "-T", "asker", "ping", "-c", "1", "-W", "2", "nobody")
                #expect(missing.code == 1 && missing.errors.contains("bad address"), "\(missing)")
            }
        }

        @Test func `flags say the same, on the default bridge too`() throws {
            try onStage { stage in
                let flags = ["--dns", "192.0.2.53", "--dns-search", "corp.test", "--dns-option", "ndots:2"]
                func file(_ network: String) throws -> String {
                    try stage.docker(
                        ["run", "--rm", "--network", network] + flags + ["busybox", "cat", "/etc/resolv.conf"]
                    )
                    .output
                }
                try stage.docker("network", "create", "named")
                #expect(try file("named") == "nameserver 127.0.0.11\nsearch corp.test\noptions ndots:2\n")
                #expect(try file("bridge") == "nameserver 192.0.2.53\nsearch corp.test\noptions ndots:2\n")
            }
        }
    }
}
