import Testing

extension EndToEnd {
    @Suite struct Docker {
        @Test func `ps and inspect tell how much a container takes when they are asked`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "--name",
                    "box",
                    "busybox",
                    "dd",
                    "if=/dev/zero",
                    "of=/zeros",
                    "bs=1k",
                    "count=64"
                )
                let size = try stage.docker("image", "inspect", "-f", "{{.Size}}", "busybox").text
                let format = "{{.SizeRw}} {{.SizeRootFs}}"
                let sizes = try stage.docker("inspect", "-s", "-f", format, "box").text.split(separator: " ")
                let written = Int(sizes.first ?? "") ?? 0
                #expect((65536..<66_000).contains(written), "\(sizes)")
                #expect(Int(sizes.last ?? "") == Int(size).map { $0 + written })
                let list = try stage.docker("ps", "-a", "-s", "--format", "{{.Size}}").text
                #expect(list.hasPrefix("65.5kB (virtual "), "\(list)")
                #expect(try !stage.docker("inspect", "box").output.contains("SizeRw"))
            }
        }

        @Test(arguments: [
            "image ls -q busybox", "docker images -q busybox", "docker image ls -q busybox",
            "docker run --rm busybox echo it",
            "compose ls -q", "docker compose ls -q", "docker-compose ls -q", "history -q busybox",
            "docker history -q busybox",
            "save --help", "tag --help", "rename --help",
        ])
        func `all grammars can be asked for through one program`(line: String) throws {
            try onStage { stage in
                let words = line.split(separator: " ").map(String.init)
                let outcome = try stage.program("tutti", words, [:]).run()
                #expect(outcome.code == 0, "\(outcome)")
            }
        }

        @Test func `commands that two grammars have are Compose's`() throws {
            try onStage { stage in
                let build = try stage.tutti("build", "-t", "name", ".")
                #expect(build.code == 1)
                #expect(build.errors.contains("unknown shorthand flag: 't' in -t"))
                #expect(try stage.tutti("docker", "rmi", "nothing").errors.contains("No such image: nothing"))
                #expect(try stage.tutti("rmi", "nothing").errors.contains("No such image: nothing"))
            }
        }

        @Test func `a container's life, command by command`() throws {
            try onStage { stage in
                let started = try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "-e",
                    "COLOUR=red",
                    "--init",
                    "busybox",
                    "sleep",
                    "1000"
                )
                #expect(started.text.count == 64, "\(started)")
                #expect(try stage.docker("ps").lines.first?.hasPrefix("CONTAINER ID   IMAGE     COMMAND") == true)
                #expect(try stage.docker("ps", "--quiet").text == String(started.text.prefix(12)))
                #expect(try stage.docker("exec", "box", "sh", "-c", "echo $COLOUR").output == "red\n")
                #expect(
                    try stage.docker("exec", "-u", "33", "-e", "X=1", "box", "sh", "-c", "id -u; echo $X").output
                        == "33\n1\n"
                )
                #expect(try stage.docker("stop", "box").output == "box\n")
                #expect(try stage.docker("ps", "--all").output.contains("Exited (143)"))
                #expect(try stage.docker("restart", "box").output == "box\n")
                #expect(try stage.docker("ps", "--quiet").output != "")
                let refused = try stage.docker("rm", "box")
                #expect(refused.code == 1, "\(refused)")
                #expect(try stage.docker("rm", "--force", "box").output == "box\n")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                #expect(try stage.docker("stop", "box").code == 1)
            }
        }

        @Test func `what a container is already is an error, and changes nothing`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--init", "--name", "box", "busybox", "sleep", "1000")
                func refuses(_ words: String..., because reason: String) throws {
                    let refused = try stage.docker(words)
                    #expect(refused.code == 1 && refused.errors.contains(reason), "\(refused)")
                }
                try refuses("unpause", "box", because: "is not paused")
                try refuses("rename", "box", "box", because: "has this name already")
                #expect(try stage.docker("pause", "box").output == "box\n")
                try refuses("pause", "box", because: "is already paused")
                try refuses("exec", "box", "true", because: "is paused, unpause it first")
                #expect(try stage.docker("ps", "--format", "{{.Names}} {{.Status}}").output.hasSuffix("(Paused)\n"))
                #expect(try stage.docker("commit", "box", "frozen").code == 0)
                #expect(try stage.docker("unpause", "box").output == "box\n")
                #expect(try stage.docker("rm", "-f", "box").output == "box\n")
                try refuses("pause", "box", because: "no such container: box")
            }
        }

        @Test func `names are unique and short identifiers are enough`() throws {
            try onStage { stage in
                let first = try stage.docker("run", "-d", "--name", "one", "--init", "busybox", "sleep", "1000")
                let second = try stage.docker("run", "-d", "--name", "one", "busybox", "sleep", "1000")
                #expect(second.code == 125 && second.errors.contains("already in use"), "\(second)")
                #expect(try stage.docker("inspect", String(first.text.prefix(6))).output.contains(first.text))
                let missing = try stage.docker("inspect", "nobody")
                #expect(missing.code == 1, "\(missing)")
            }
        }

        @Test func `run passes input, output and the terminal`() throws {
            try onStage { stage in
                let piped = try stage.docker("run", "--rm", "-i", "busybox", "tr", "a-z", "A-Z", input: "quiet")
                #expect(piped.output == "QUIET", "\(piped)")
                let both = try stage.docker("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2")
                #expect((both.output, both.errors) == ("out\n", "err\n"), "\(both)")
                let refused = try stage.docker("run", "--rm", "-it", "busybox", "true")
                #expect(refused.code != 0 && refused.errors.contains("the input device is not a TTY"), "\(refused)")
            }
        }

        @Test func `logs tell the streams apart`() throws {
            try onStage { stage in
                #expect(
                    try stage.docker("run", "--name", "box", "busybox", "sh", "-c", "echo out; echo err >&2").code == 0
                )
                let logs = try stage.docker("logs", "box")
                #expect((logs.output, logs.errors) == ("out\n", "err\n"), "\(logs)")
            }
        }

        @Test func `an image is tagged, saved, removed and loaded`() throws {
            try onStage { stage in
                #expect(try stage.docker("tag", "busybox", "example.org/tools/box:1").code == 0)
                let list = try stage.docker("images")
                #expect(list.output.contains("example.org/tools/box") && list.output.contains("busybox"), "\(list)")
                #expect(try stage.docker("save", "-o", "box.tar", "example.org/tools/box:1").code == 0)
                #expect(
                    try stage.docker("rmi", "example.org/tools/box:1").output.contains(
                        "Untagged: example.org/tools/box:1"
                    )
                )
                #expect(try stage.docker("rmi", "busybox").output.contains("Deleted: sha256:"))
                let load = try stage.docker("load", "-i", "box.tar")
                #expect(load.output.contains("Loaded image: example.org/tools/box:1"), "\(load)")
                #expect(try stage.docker("run", "--rm", "example.org/tools/box:1", "echo", "hi").output == "hi\n")
            }
        }

        @Test func `compose is a command of docker, and single things have groups in tutti`() throws {
            try onStage("web") { stage in
                #expect(try stage.docker("compose", "config", "--services").lines.sorted() == ["web", "worker"])
                #expect(try stage.tutti("config", "--services").lines.sorted() == ["web", "worker"])
                let run = try stage.tutti("container", "run", "--rm", "busybox", "echo", "hi")
                #expect(run.output == "hi\n", "\(run)")
                #expect(try stage.tutti("image", "ls").output.contains("busybox"))
                #expect(try stage.tutti("volume", "ls").code == 0)
                #expect(try stage.tutti("network", "ls").code == 0)
                #expect(try stage.tutti("container", "ls", "--all").code == 0)
            }
        }

        @Test func `ps, ls, top, port and version look as they do elsewhere`() throws {
            try onStage("web") { stage in
                try stage.does("up", "-d", "--wait")
                let ps = try stage.does("ps")
                #expect(
                    ps.lines.first?.split(separator: " ") == [
                        "NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS",
                    ]
                )
                #expect(ps.output.contains("127.0.0.1:18180->80/tcp"), "\(ps)")
                let json = try stage.does("ps", "--format", "json")
                #expect(
                    json.lines.count == 2 && json.lines.allSatisfy { $0.hasPrefix("{") && $0.contains("\"Service\":") },
                    "\(json)"
                )
                #expect(try stage.does("ps", "--services").lines.sorted() == ["web", "worker"])
                #expect(try stage.does("ps", "--status", "exited").lines.count == 1)
                #expect(try stage.does("ps", "--filter", "status=running", "-q").lines.count == 2)
                let ls = try stage.does("ls")
                #expect(ls.output.contains("web") && ls.output.contains("running(2)"), "\(ls)")
                let top = try stage.does("top", "worker")
                #expect(top.output.contains("sleep 1000"), "\(top)")
                #expect(try stage.does("port", "web", "80").output == "127.0.0.1:18180\n")
                #expect(try stage.does("version").output.contains("ersion"))
                #expect(try stage.does("version", "--short").lines.count == 1)
                #expect(try stage.does("images", "--quiet").lines.count == 1)
            }
        }
    }
}
