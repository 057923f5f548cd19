import Testing

extension EndToEnd {
    /// What a user's `config.json` says, wherever it is asked for.
    @Suite struct ClientConfigurations {
        private static let proxies = """
            {"proxies": {
              "default": {"httpProxy": "http://proxy.example:3128", "noProxy": "localhost,.example"},
              "tcp://elsewhere:2376": {"ftpProxy": "http://elsewhere.example"}
            }}
            """
        private static let variables = [
            "HTTP_PROXY=http://proxy.example:3128", "NO_PROXY=localhost,.example",
            "http_proxy=http://proxy.example:3128", "no_proxy=localhost,.example",
        ]

        private func proxies(in text: String) -> [String] {
            text.split(separator: "\n").map(String.init).filter { $0.lowercased().contains("_proxy=") }.sorted()
        }

        @Test func `tells containers of proxies, below what they set themselves`() throws {
            try onStage { stage in
                try stage.write(Self.proxies, to: "config.json")
                let home = ["DOCKER_CONFIG": stage.folder]
                let plain = try stage.docker("run", "--rm", "busybox", "env", in: home)
                #expect(proxies(in: plain.output) == Self.variables)
                let own = try stage.docker("run", "--rm", "-e", "HTTP_PROXY=mine", "busybox", "env", in: home)
                #expect(proxies(in: own.output) == ["HTTP_PROXY=mine"] + Self.variables.dropFirst())
                #expect(proxies(in: try stage.docker("run", "--rm", "busybox", "env").output) == [])

                try stage.write("services: {web: {image: busybox, command: env}}", to: "compose.yaml")
                let up = try stage.docker("--config", ".", "compose", "up", "--no-log-prefix")
                #expect(proxies(in: up.output) == Self.variables, "\(up)")
                #expect(try stage.docker("compose", "down").code == 0)
            }
        }

        @Test func `tells builds of proxies, and images nothing of them`() throws {
            try onStage { stage in
                try stage.write(Self.proxies, to: "config.json")
                try stage.write("FROM busybox\nRUN env | grep -i _proxy= > /seen\n", to: "Dockerfile")
                let home = ["DOCKER_CONFIG": stage.folder]
                let build = try stage.docker("build", "-t", "built", ".", in: home)
                #expect(build.code == 0, "\(build)")
                let seen = try stage.docker("run", "--rm", "built", "cat", "/seen")
                #expect(proxies(in: seen.output) == Self.variables)
                #expect(try !stage.docker("inspect", "built").output.contains("proxy.example"))
                #expect(try !stage.docker("history", "--no-trunc", "built").output.contains("proxy.example"))
            }
        }

        @Test func `that is no JSON is named as what is wrong`() throws {
            try onStage { stage in
                try stage.write("{", to: "config.json")
                let run = try stage.docker("--config", ".", "run", "--rm", "busybox", "true")
                #expect(run.code == 125)
                #expect(run.errors.contains("\(stage.folder)/./config.json: not a JSON object"), "\(run)")
            }
        }
    }
}
