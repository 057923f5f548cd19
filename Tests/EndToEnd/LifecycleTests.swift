import Testing

extension EndToEnd {
    @Suite struct Lifecycle {
        @Test func `up starts everything in order, and down leaves nothing`() throws {
            try onStage("web") { stage in
                let up = try stage.does("up", "-d")
                #expect(up.errors.contains("Network web_default"))
                #expect(up.errors.contains("Container web-web-1"))
                #expect(try stage.fetch("http://127.0.0.1:18180/") == "hello from web\n")
                #expect(try eventually { try stage.does("logs", "worker").output.contains("hello from web") })
                try stage.does("down")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                #expect(try stage.docker("network", "ls", "--quiet", "--filter", "name=web_default").output == "")
                #expect(try stage.fetch("http://127.0.0.1:18180/") == nil)
            }
        }

        @Test func `compatibility joins names by underscores`() throws {
            try onStage { stage in
                try stage.write("services: {web: {image: busybox, command: sleep 100}}", to: "compose.yaml")
                try stage.does("--compatibility", "-p", "old", "up", "-d")
                #expect(try stage.docker("ps", "--format", "{{.Names}}").text == "old_web_1")
                try stage.does("-p", "old", "down", in: ["COMPOSE_COMPATIBILITY": "true"])
                try stage.write("COMPOSE_COMPATIBILITY=1\n", to: ".env")
                try stage.does("-p", "old", "create", "--scale", "web=2")
                #expect(
                    try stage.docker("ps", "-a", "--format", "{{.Names}}").lines.sorted() == ["old_web_1", "old_web_2"]
                )
                try stage.does("-p", "old", "down")
                let wrong = try stage.compose("pull", in: ["COMPOSE_PARALLEL_LIMIT": "few"])
                #expect(wrong.code == 1)
                #expect(wrong.errors.contains("COMPOSE_PARALLEL_LIMIT must be an integer (found: \"few\")"), "\(wrong)")
            }
        }

        @Test func `a second up changes nothing`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                let before = try stage.inspection()
                let again = try stage.does("up", "-d")
                #expect(again.errors.contains("Container web-web-1") && again.errors.contains("Running"))
                #expect(!again.errors.contains("Started"))
                #expect(try stage.inspection() == before)
            }
        }

        @Test func `up replaces only the service that changed`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                let (web, worker) = (try stage.id(of: "web"), try stage.id(of: "worker"))
                try stage.does("up", "-d", in: ["COLOUR": "blue"])
                #expect(try stage.id(of: "web") == web)
                #expect(try stage.id(of: "worker") != worker)
                #expect(try eventually { try stage.does("logs", "worker").output.contains("working in blue") })
                #expect(try stage.does("ps", "--all", "--quiet").lines.count == 2)
            }
        }

        @Test func `dry run says what it would do and does nothing`() throws {
            try onStage("web") { stage in
                let dry = try stage.does("up", "-d", "--dry-run")
                let text = dry.output + dry.errors
                #expect(text.contains("web-web-1") && text.contains("web-worker-1") && text.contains("web_default"))
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                #expect(try stage.docker("network", "ls", "--quiet", "--filter", "name=web_default").output == "")
            }
        }

        @Test func `stop keeps containers, start starts them again`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                let ids = try stage.does("ps", "--quiet").output
                try stage.does("stop")
                #expect(try stage.does("ps", "--quiet").output == "")
                #expect(try stage.does("ps", "--all", "--quiet").output == ids)
                #expect(try stage.does("ps", "--all").output.contains("Exited ("))
                try stage.does("start")
                #expect(try stage.does("ps", "--quiet").output == ids)
                #expect(try eventually { try stage.fetch("http://127.0.0.1:18180/") == "hello from web\n" })
            }
        }

        @Test func `restart gives a service a new first process`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                let id = try stage.id(of: "web")
                try stage.does("exec", "web", "touch", "/dev/shm/mark")
                try stage.does("restart", "web")
                #expect(try stage.id(of: "web") == id)
                #expect(try stage.compose("exec", "web", "test", "-e", "/dev/shm/mark").code == 1)
            }
        }

        @Test func `kill sends the signal and the status tells of it`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                try stage.does("kill", "worker")
                #expect(try eventually { try stage.does("ps", "--all", "worker").output.contains("Exited (137)") })
                try stage.does("kill", "--signal", "TERM", "web")
                #expect(try eventually { try stage.does("ps", "--all", "web").output.contains("Exited (143)") })
            }
        }

        @Test func `rm removes what is stopped, and with --stop what runs`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                try stage.does("stop", "worker")
                try stage.does("rm", "--force")
                #expect(try stage.does("ps", "--all", "--services").output == "web\n")
                try stage.does("rm", "-fsv", "web")
                #expect(try stage.does("ps", "--all", "--quiet").output == "")
                #expect(try stage.compose("rm", "--force").code == 0)
            }
        }

        @Test func `scale adds replicas and takes the highest away`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d", "--scale", "worker=3")
                #expect(
                    try stage.docker("ps", "--format", "{{.Names}}").lines.sorted()
                        == ["web-web-1", "web-worker-1", "web-worker-2", "web-worker-3"]
                )
                try stage.does("up", "-d", "--scale", "worker=1")
                #expect(
                    try stage.docker("ps", "--format", "{{.Names}}").lines.sorted() == ["web-web-1", "web-worker-1"]
                )
            }
        }

        @Test func `force-recreate replaces, no-recreate keeps, no-deps leaves alone`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d", "--no-deps", "worker")
                #expect(try stage.does("ps", "--services").output == "worker\n")
                try stage.does("up", "-d")
                let (web, worker) = (try stage.id(of: "web"), try stage.id(of: "worker"))
                try stage.does("up", "-d", "--no-recreate", in: ["COLOUR": "blue"])
                #expect(try stage.id(of: "worker") == worker)
                try stage.does("up", "-d", "--force-recreate", "--no-deps", "worker")
                #expect(try stage.id(of: "worker") != worker)
                #expect(try stage.id(of: "web") == web)
            }
        }

        @Test func `orphans are told of, and removed on request`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                try stage.write(
                    "services: {web: {image: busybox, init: true, command: sleep 1000}}\n",
                    to: "compose.yaml"
                )
                #expect(try stage.does("up", "-d").errors.contains("Found orphan containers"))
                #expect(try stage.docker("ps", "--quiet").lines.count == 2)
                try stage.does("up", "-d", "--remove-orphans")
                #expect(try stage.docker("ps", "--format", "{{.Names}}").lines == ["web-web-1"])
            }
        }

        @Test func `down takes what is named, and works by the project's name alone`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d")
                try stage.does("down", "worker")
                #expect(try stage.does("ps", "--services").output == "web\n")
                let elsewhere = stage.program("docker-compose", ["-p", "web", "down"], [:])
                let down = try Program(
                    path: elsewhere.path,
                    arguments: elsewhere.arguments,
                    environment: elsewhere.environment,
                    folder: "/"
                ).run()
                #expect(down.code == 0, "\(down)")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
            }
        }

        @Test func `up --wait is done when all are healthy`() throws {
            try onStage("web") { stage in
                try stage.does("up", "--wait")
                #expect(try stage.does("ps", "web").output.contains("(healthy)"))
            }
        }
    }
}

extension Stage {
    /// The identifier of a service's only container.
    func id(of service: String) throws -> String { try does("ps", "--quiet", "--no-trunc", service).text }

    /// All that is to be said of all containers.
    func inspection() throws -> String {
        let ids = try docker("ps", "--all", "--quiet").lines.map(String.init).sorted()
        // Not the whole state: probes go on meanwhile, and their history with them.
        let format = "{{.Id}} {{.Created}} {{.State.StartedAt}} {{json .Config}} {{json .HostConfig}} {{json .Mounts}}"
        return try program("docker", ["inspect", "--format", format] + ids, [:]).run().output
    }
}
