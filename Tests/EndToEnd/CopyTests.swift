import Glibc
import Testing

extension EndToEnd {
    @Suite struct Copying {
        /// Each rule of `docker cp`, into a container that runs and into one that does not.
        @Test(arguments: ["running", "created"])
        func `files go in and come out by Docker's rules`(state: String) throws {
            try onStage { stage in
                if state == "running" {
                    try stage.docker(
                        "run",
                        "-d",
                        "--name",
                        "box",
                        "--init",
                        "-v",
                        "data:/data",
                        "busybox",
                        "sleep",
                        "1000"
                    )
                } else {
                    try stage.docker("create", "--name", "box", "-v", "data:/data", "busybox", "true")
                }
                try stage.write("one", to: "file")
                #expect(try stage.machine("mkdir", "-p", "tree/inner").code == 0)
                try stage.write("two", to: "tree/inner/leaf")
                func goes(_ arguments: String...) throws {
                    let outcome = try stage.program("docker", ["cp"] + arguments, [:]).run()
                    #expect((outcome.code, outcome.output + outcome.errors) == (0, ""), "\(outcome)")
                }
                func comes(_ path: String) throws -> String {
                    let outcome = try stage.docker("cp", "box:\(path)", "back")
                    #expect(outcome.code == 0, "\(outcome)")
                    defer { _ = try? stage.machine("rm", "-r", "back") }
                    return try stage.machine("cat", "back").output
                }
                try goes("file", "box:/tmp/new")
                #expect(try comes("/tmp/new") == "one")
                try goes("file", "box:/tmp")
                #expect(try comes("tmp/file") == "one")
                // A folder that is not there gets the contents; one that is there gets the folder, or with `/.` the contents.
                try goes("tree", "box:/tmp/fresh")
                #expect(try comes("/tmp/fresh/inner/leaf") == "two")
                try goes("tree", "box:/tmp")
                #expect(try comes("/tmp/tree/inner/leaf") == "two")
                try goes("tree/.", "box:/tmp")
                #expect(try comes("/tmp/inner/leaf") == "two")
                try goes("file", "box:/data/kept")
                #expect(try comes("/data/kept") == "one")
                try goes("box:/tmp/tree", ".")
                #expect(try stage.machine("cat", "tree/inner/leaf").output == "two")
                for (arguments, message) in [
                    (["file", "box:/tmp/nowhere/"], "the destination directory must exist"),
                    (["file", "box:/nowhere/new"], "no such directory"),
                    (["tree", "box:/tmp/new"], "cannot copy directory"),
                    (["nothing", "box:/tmp"], "no such file or directory"),
                    (["box:/nothing", "."], "no such file or directory"),
                    (["file", "file"], "must specify at least one container source"),
                    (["box:/a", "box:/b"], "copying between containers is not supported"),
                ] {
                    let refused = try stage.program("docker", ["cp"] + arguments, [:]).run()
                    #expect(refused.code == 1 && refused.errors.contains(message), "\(refused)")
                }
            }
        }

        @Test func `archives go through the standard streams, with their owners`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                let made =
                    "mkdir -p /tmp/a && echo text > /tmp/a/file && chown 7:8 /tmp/a/file && chmod 640 /tmp/a/file"
                try stage.docker("exec", "box", "sh", "-c", made)
                let line = "\(stage.programs)/docker cp box:/tmp/a - | \(stage.programs)/docker cp - box:/var"
                let piped = try stage.program("/bin/sh", ["-c", line], [:]).run()
                #expect(piped.code == 0, "\(piped)")
                let seen = try stage.docker("exec", "box", "stat", "-c", "%u:%g %a", "/var/a/file")
                #expect(seen.output == "7:8 640\n", "\(seen)")
                let listed = try stage.program(
                    "/bin/sh",
                    ["-c", "\(stage.programs)/docker cp box:/tmp/a - | tar t"],
                    [:]
                ).run()
                #expect(listed.output == "a/\na/file\n", "\(listed)")
                try stage.docker("cp", "--archive", "box:/tmp/a/file", "kept")
                try stage.docker("cp", "box:/tmp/a/file", "mine")
                #expect(try stage.machine("stat", "-c", "%u:%g %a", "kept", "mine").output == "7:8 640\n0:0 640\n")
                try stage.docker("cp", "kept", "box:/tmp/root")
                try stage.docker("cp", "-a", "kept", "box:/tmp/seven")
                let owners = try stage.docker("exec", "box", "stat", "-c", "%u:%g", "/tmp/root", "/tmp/seven")
                #expect(owners.output == "0:0\n7:8\n", "\(owners)")
            }
        }

        @Test func `links are copied as links unless they are to be followed`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                try stage.docker("exec", "box", "sh", "-c", "echo text > /tmp/file; ln -s file /tmp/link")
                try stage.docker("cp", "box:/tmp/link", "link")
                #expect(try stage.machine("readlink", "link").output == "file\n")
                try stage.docker("cp", "-L", "box:/tmp/link", "followed")
                #expect(try stage.machine("cat", "followed").output == "text\n")
                // A destination that is a link is followed.
                try stage.write("new", to: "new")
                try stage.docker("cp", "new", "box:/tmp/link")
                #expect(
                    try stage.docker("exec", "box", "sh", "-c", "cat /tmp/file; readlink /tmp/link").output
                        == "newfile\n"
                )
            }
        }

        @Test func `no link of a container leads to the machine's files`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                try stage.write("secret", to: "secret")
                let path = "\(stage.folder)/secret"
                let links =
                    "ln -s \(stage.folder) /tmp/out; ln -s ../../../..\(path) /tmp/up; ln -s /proc/1/root /tmp/magic"
                try stage.docker("exec", "box", "sh", "-c", links)
                try stage.write("changed", to: "new")
                for target in ["/tmp/out/secret", "/tmp/up", "/tmp/magic\(path)"] {
                    _ = try stage.docker("cp", "new", "box:\(target)")
                    #expect(try stage.docker("cp", "-L", "box:\(target)", "stolen").code == 1)
                }
                #expect(try stage.machine("cat", "secret").output == "secret")
            }
        }

        /// One process of the container swaps a folder for a link all the time, while files are copied into it.
        @Test func `a container that swaps folders for links gains nothing`() throws {
            try onStage { stage in
                #expect(try stage.machine("mkdir", "target").code == 0)
                let swap =
                    "mkdir /a; ln -s \(stage.folder)/target /b; while :; do mv /a /c; mv /b /a; mv /a /b; mv /c /a; done"
                try stage.docker("run", "-d", "--name", "box", "busybox", "sh", "-c", swap)
                try stage.write("text", to: "file")
                for _ in 0..<60 { _ = try stage.docker("cp", "file", "box:/a/file") }
                #expect(try stage.machine("ls", "target").output == "")
            }
        }

        @Test func `the files of services go to every replica and come from the first`() throws {
            try onStage("web") { stage in
                try stage.does("up", "--detach", "--no-deps", "--scale", "worker=2", "worker")
                try stage.write("text", to: "file")
                try stage.does("cp", "file", "worker:/tmp/file")
                for index in ["1", "2"] {
                    #expect(
                        try stage.compose("exec", "-T", "--index", index, "worker", "cat", "/tmp/file").output == "text"
                    )
                }
                try stage.does("exec", "-T", "--index", "2", "worker", "sh", "-c", "echo two > /tmp/file")
                try stage.does("cp", "--index", "2", "worker:/tmp/file", "back")
                #expect(try stage.machine("cat", "back").output == "two\n")
                try stage.does("cp", "worker:/tmp/file", "back")
                #expect(try stage.machine("cat", "back").output == "text")
                let missing = try stage.compose("cp", "nobody:/a", ".")
                #expect(missing.code == 1 && missing.errors.contains("no such service: nobody"), "\(missing)")
            }
        }
    }

    @Suite struct Changes {
        private static let change = "echo new > /tmp/new; mkdir /srv; rm /bin/vi; chmod 700 /root; touch /bin/cat"

        @Test func `are what the container did to its image's files`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "--name",
                    "box",
                    "-v",
                    "data:/data",
                    "busybox",
                    "sh",
                    "-c",
                    "\(Self.change); touch /data/x"
                )
                let shown = try stage.docker("diff", "box")
                #expect(
                    Set(shown.lines).isSuperset(of: ["C /bin", "D /bin/vi", "A /tmp/new", "A /srv", "C /root"]),
                    "\(shown)"
                )
                #expect(
                    !shown.lines.contains {
                        $0.hasSuffix("/etc/hosts") || $0.hasSuffix("/proc") || $0.contains("/data/")
                    },
                    "\(shown)"
                )
                try stage.docker("create", "--name", "fresh", "busybox")
                #expect(try stage.docker("diff", "fresh").output == "")
            }
        }

        @Test func `are exported with the image's files`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "-v",
                    "data:/data",
                    "busybox",
                    "sh",
                    "-c",
                    "\(Self.change); touch /data/x; sleep 1000"
                )
                #expect(try eventually { try stage.docker("exec", "box", "ls", "/data").output == "x\n" })
                try stage.docker("export", "--output", "box.tar", "box")
                let names = try stage.machine("tar", "tf", "box.tar").lines
                #expect(names.contains("tmp/new") && names.contains("bin/sh") && names.contains("srv/"), "\(names)")
                #expect(!names.contains("bin/vi") && !names.contains("data/x"))
                #expect(!names.contains { $0.hasPrefix("proc/") && $0 != "proc/" })
                let imported = try stage.docker("import", "box.tar", "again")
                #expect(try stage.docker("run", "--rm", "again", "cat", "/tmp/new").output == "new\n", "\(imported)")
            }
        }

        @Test func `become an image that runs like the container`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "-e",
                    "COLOUR=red",
                    "--init",
                    "busybox",
                    "sh",
                    "-c",
                    "\(Self.change); sleep 1000"
                )
                #expect(try eventually { try stage.docker("exec", "box", "ls", "/srv").code == 0 })
                let made = try stage.docker(
                    "commit",
                    "-a",
                    "Ann",
                    "-m",
                    "why",
                    "-c",
                    "ENV SIZE=big",
                    "-c",
                    #"CMD ["sh", "-c", "cat /tmp/new; echo $COLOUR $SIZE"]"#,
                    "box",
                    "kept:one"
                )
                #expect(made.text.hasPrefix("sha256:") && made.code == 0, "\(made)")
                #expect(try stage.docker("run", "--rm", "kept:one").output == "new\nred big\n")
                #expect(try stage.docker("run", "--rm", "kept:one", "ls", "/bin/vi").code != 0)
                let told = try stage.docker("inspect", "-f", "{{.Author}} {{len .RootFS.Layers}}", "kept:one")
                #expect(told.output == "Ann 2\n", "\(told)")
                #expect(try stage.docker("history", "--format", "{{.Comment}}", "kept:one").lines.first == "why")
                // The container goes on, and what the image does not see stays its own.
                #expect(try stage.docker("exec", "box", "cat", "/tmp/new").output == "new\n")
                try stage.docker("rm", "--force", "box")
                try stage.docker("rmi", "kept:one")
            }
        }
    }
}
