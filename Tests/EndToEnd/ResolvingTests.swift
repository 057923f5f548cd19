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

        @Test func `a container knows another by the name that it is given`() throws {
            try onStage { stage in
                try stage.docker("network", "create", "named")
                for (name, network) in [("here", "named"), ("there", "bridge")] {
                    let run = ["run", "-d", "--init", "--name", name, "--network", network, "busybox", "sleep", "1000"]
                    #expect(try stage.docker(run).code == 0)
                }
                func ping(_ network: String, _ link: String, _ name: String) throws -> Outcome {
                    let run = ["run", "--rm", "--network", network, "--link", link, "busybox"]
                    return try stage.docker(run + ["ping", "-c", "1", "-W", "2", name])
                }
                #expect(try ping("named", "here:db", "db").output.contains("1 packets received"))
                #expect(try ping("named", "here", "here").code == 0)
                let id = try stage.docker("inspect", "-f", "{{.Id}}", "here").text
                for count in [8, 20, 64] { #expect(try ping("named", "\(id.prefix(count)):db", "db").code == 0) }
                #expect(try ping("bridge", "there:db", "db").output.contains("1 packets received"))
                let hosts = ["run", "--rm", "--link", "there:db", "busybox", "grep", "-c", "there$", "/etc/hosts"]
                #expect(try stage.docker(hosts).output == "1\n")
                let nobody = try ping("named", "nobody:db", "db")
                #expect(nobody.code == 125 && nobody.errors.contains("no such container: nobody"), "\(nobody)")
                try stage.docker("stop", "-t", "0", "there")
                let stopped = try ping("bridge", "there:db", "db")
                #expect(stopped.errors.contains("Cannot link to a non running container: /there AS /"), "\(stopped)")
                let late = ["run", "-d", "--init", "--name", "late", "busybox", "sleep", "1000"]
                #expect(try stage.docker(late).code == 0)
                #expect(try stage.docker("network", "connect", "--link", "here:mate", "named", "late").code == 0)
                #expect(try stage.docker("exec", "late", "ping", "-c", "1", "-W", "2", "mate").code == 0)
            }
        }

        @Test func `a service knows containers of others by external links`() throws {
            try onStage { stage in
                try stage.docker("network", "create", "shared")
                let other = [
                    "run", "-d", "--init", "--name", "legacy", "--network", "shared", "busybox", "sleep", "1000",
                ]
                #expect(try stage.docker(other).code == 0)
                try stage.write(
                    """
                    services:
                      box:
                        image: busybox
                        init: true
                        command: sleep 1000
                        networks: [shared]
                        external_links: ["legacy:db"]
                    networks: {shared: {external: true}}
                    """,
                    to: "compose.yaml"
                )
                try stage.does("up", "-d")
                let found = try stage.does("exec", "-T", "box", "ping", "-c", "1", "-W", "2", "db")
                #expect(found.output.contains("1 packets received"), "\(found)")
                try stage.docker("rm", "-f", "legacy")
                #expect(try stage.compose("exec", "-T", "box", "ping", "-c", "1", "-W", "2", "db").code == 1)
                #expect(try stage.docker(other).code == 0)
                try stage.does("exec", "-T", "box", "ping", "-c", "1", "-W", "2", "db")
            }
        }
    }
}
