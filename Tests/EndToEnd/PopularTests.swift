import Glibc
import Testing

/// The base image, as `compose-samples/base-images` keeps it.
private let debian = "/var/cache/tutti/debian-bookworm.tar"
private let certificates = "/etc/ssl/certs/ca-certificates.crt"

extension EndToEnd {
    /// Dockerfiles of the kinds that people have, built from Debian's packages and PyPI's; what comes of them is run and asked.
    @Suite(
        .enabled("needs the base image that compose-samples/run keeps in \(debian)") {
            access(debian, R_OK) == 0
        }
    )
    struct Popular {
        @Test func `a Dockerfile of each kind builds, and what it makes answers`() throws {
            try onStage("popular") { stage in
                let imported = try stage.docker("import", debian, "debian:bookworm")
                #expect(imported.code == 0, "\(imported)")
                try build("base", in: stage, "--file", "base.Dockerfile", ".")
                try program(stage)
                try python(stage)
                try node(stage)
                try nginx(stage)
                try postgres(stage)
            }
        }

        /// Builds, and builds again: the second time everything is there.
        private func build(_ name: String, in stage: Stage, _ arguments: String...) throws {
            let words = ["build", "--progress", "plain", "--tag", name] + arguments
            let first = try stage.program("docker", words, [:]).run(seconds: 300)
            try #require(first.code == 0, "\(first)")
            let second = try stage.program("docker", words, [:]).run()
            let anew = second.errors.split(separator: "\n").filter {
                $0.contains("DONE ") && !$0.contains(" DONE 0.0s")
            }
            #expect(second.code == 0 && anew.isEmpty, "\(second)")
        }

        /// A static program alone in its image.
        private func program(_ stage: Stage) throws {
            try build("c", in: stage, "--build-arg", "VERSION=1.2", "c")
            #expect(try stage.docker("run", "--rm", "c", "you").output == "hello you from 1.2 as 65534\n")
            #expect(try stage.docker("run", "--rm", "c").output == "hello world from 1.2 as 65534\n")
            let layers = try stage.docker("inspect", "--format", "{{len .RootFS.Layers}}", "c").text
            #expect(layers == "1")
        }

        /// A virtual environment, made by pip in one stage and copied to the next.
        private func python(_ stage: Stage) throws {
            try build("python", in: stage, "--secret", "id=certificates,src=\(certificates)", "python")
            let run = try stage.docker("run", "--detach", "--name", "python", "--publish", "18801:8000", "python")
            #expect(run.code == 0, "\(run)")
            #expect(try isHealthy("python", on: stage))
            #expect(try stage.fetch("http://127.0.0.1:18801/") == "bottle 0.13.2 as app\n")
            let packages = try stage.docker("exec", "python", "ls", "/root/.cache", "/run/secrets")
            #expect(packages.code != 0 && packages.output == "", "\(packages)")
        }

        /// A server that is shipped only when its tests have passed.
        private func node(_ stage: Stage) throws {
            try build("node", in: stage, "node")
            let files = try stage.docker("run", "--rm", "node", "find", ".", "-type", "f")
            #expect(files.lines.sorted() == ["./lib/count.js", "./lib/server.js", "./package.json", "./passed"])
            let run = try stage.docker("run", "--detach", "--name", "node", "--publish", "18802:8000", "node")
            #expect(run.code == 0, "\(run)")
            #expect(
                try eventually {
                    try stage.fetch("http://127.0.0.1:18802/gr%C3%BC%C3%9Fe") == "counter 1.2.3 (production): 5\n"
                }
            )
            try stage.docker("stop", "node")
            #expect(try stage.docker("inspect", "--format", "{{.State.ExitCode}}", "node").text == "0")
            // What apt has fetched is there for the next build, and in no layer.
            let again = try stage.docker(
                ["build", "--progress", "plain", "--no-cache-filter", "node", "--target", "node", "node"]
            )
            #expect(again.code == 0 && again.errors.contains("Need to get 0 B/"), "\(again)")
            let packages = try stage.docker("run", "--rm", "node", "find", "/var/cache/apt", "-name", "*.deb")
            #expect(packages.code == 0 && packages.output == "", "\(packages)")
            try stage.write("require('node:assert')(false);\n", to: "node/test.js")
            let broken = try stage.docker("build", "node")
            #expect(broken.code == 1 && broken.errors.contains(">>> RUN node test.js"), "\(broken)")
        }

        /// A server without root's rights, whose configuration stands in the Dockerfile.
        private func nginx(_ stage: Stage) throws {
            try build("nginx", in: stage, "--build-arg", "TITLE=built here", "--build-arg", "PORT=8081", "nginx")
            let run = try stage.docker("run", "--detach", "--name", "nginx", "--publish", "18803:8081", "nginx")
            #expect(run.code == 0, "\(run)")
            #expect(
                try eventually { try stage.fetch("http://127.0.0.1:18803/") == "<title>built here</title>\n" }
            )
            #expect(try stage.docker("exec", "nginx", "id", "--user", "--name").text == "www-data")
            #expect(try stage.docker("logs", "nginx").output.contains("\"GET / HTTP/1.1\" 200"))
            let ports = try stage.docker("inspect", "--format", "{{json .Config.ExposedPorts}}", "nginx").text
            #expect(ports.contains("8081/tcp"))
            try stage.docker("stop", "nginx")
            #expect(try stage.docker("inspect", "--format", "{{.State.ExitCode}}", "nginx").text == "0")
        }

        /// A database that its entrypoint fills at the first start, and only then.
        private func postgres(_ stage: Stage) throws {
            try build("postgres", in: stage, "postgres")
            let run = try stage.docker(
                "run",
                "--detach",
                "--name",
                "postgres",
                "--volume",
                "words:/data",
                "postgres"
            )
            #expect(run.code == 0, "\(run)")
            #expect(try isHealthy("postgres", on: stage))
            func words(_ more: String) throws -> String {
                let statement = "\(more) SELECT string_agg(word, ' ') FROM words"
                return try stage.docker(
                    "exec",
                    "postgres",
                    "psql",
                    "-U",
                    "postgres",
                    "--quiet",
                    "--tuples-only",
                    "--no-align",
                    "-c",
                    statement
                ).text
            }
            #expect(try words("INSERT INTO words VALUES ('kept');") == "made once kept")
            try stage.docker("restart", "postgres")
            #expect(try isHealthy("postgres", on: stage))
            #expect(try words("") == "made once kept")
            try stage.docker("stop", "postgres")
            #expect(try stage.docker("inspect", "--format", "{{.State.ExitCode}}", "postgres").text == "0")
            try stage.docker("rm", "postgres")
            try stage.docker("volume", "rm", "words")
        }

        private func isHealthy(_ name: String, on stage: Stage) throws -> Bool {
            try eventually(within: 30) {
                try stage.docker("inspect", "--format", "{{.State.Health.Status}}", name).text == "healthy"
            }
        }
    }
}
