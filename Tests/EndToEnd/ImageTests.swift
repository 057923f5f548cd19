import Linux
import SystemPackage
import TestSupport
import Testing

extension EndToEnd {
    @Suite struct Images {
        @Test func `lists and prunes by label and age`() throws {
            try onStage { stage in
                for label in ["keep=yes", "keep=no"] {
                    let built = try stage.docker(
                        "build",
                        "--quiet",
                        "--label",
                        label,
                        "--file",
                        "-",
                        ".",
                        input: "FROM busybox\n"
                    )
                    #expect(built.code == 0, "\(built)")
                }
                func count(_ filters: String...) throws -> Int {
                    var arguments = ["images", "--quiet"]
                    for filter in filters { arguments += ["--filter", filter] }
                    return try stage.program("docker", arguments, [:]).run().lines.count
                }
                #expect(try count() == 3)
                #expect(try count("dangling=true") == 2)
                #expect(try count("label=keep=yes") == 1)
                #expect(try count("until=1h") == 0)
                #expect(try count("until=2100-01-01", "dangling=false") == 1)
                let wrong = try stage.docker("images", "--filter", "until=soon")
                #expect(wrong.code == 1 && wrong.errors.contains("invalid filter 'until=soon'"), "\(wrong)")

                #expect(
                    try stage.docker("image", "prune", "--force", "--filter", "until=1h").text
                        == "Total reclaimed space: 0B"
                )
                let pruned = try stage.docker("image", "prune", "--force", "--filter", "label!=keep=yes")
                #expect(pruned.lines.first == "Deleted Images:", "\(pruned)")
                #expect(try count("label=keep=yes") == 1)
                #expect(try count() == 2)
            }
        }

        @Test func `know for which platform they are`() throws {
            try onStage { stage in
                let archive = "\(stage.folder)/image.tar"
                #expect(try stage.docker("save", "--output", archive, "busybox").code == 0)
                let other = try stage.docker("save", "--platform", "linux/s390x", "busybox")
                #expect(other.code == 1)
                #expect(
                    other.errors.contains(
                        "image with reference busybox was found but does not provide the specified platform (linux/s390x)"
                    )
                )
                #expect(try stage.docker("load", "--quiet", "--input", archive).text == "Loaded image: busybox:latest")
                let imported = try stage.docker("import", "--platform", "linux/arm64", archive, "foreign")
                #expect(imported.code == 0, "\(imported)")
                let format = "{{.Os}}/{{.Architecture}}"
                #expect(try stage.docker("inspect", "--format", format, "foreign").text == "linux/arm64")
                let history = try stage.docker("history", "--human=false", "--format", "{{.Size}}", "busybox")
                #expect(Int(history.text) != nil, "\(history)")
            }
        }

        @Test func `are saved into whatever stands where they go`() throws {
            try onStage { stage in
                try stage.shell(
                    """
                    PATH="\(stage.programs):$PATH"
                    mkfifo pipe && touch target mounted && mount --bind target mounted && ln -s linked link
                    cat pipe > piped & docker save -o pipe busybox && wait
                    docker save -o mounted busybox && umount mounted && docker save -o link busybox
                    docker save -o /dev/stdout busybox > out && docker save -o /dev/null busybox
                    docker save busybox > plain && for file in piped target linked out; do cmp plain $file; done
                    test -p pipe && test -L link && test -L /dev/stdout && test -c /dev/null
                    """
                )
            }
        }

        @Test func `are imported from the web, with changes that see each other`() throws {
            try onStage { stage in
                try stage.shell("mkdir tree && echo web > tree/file && tar -C tree -czf tree.tgz .")
                let archive = try WholeFile.read(FilePath(stage.folder).appending("tree.tgz"))
                let server = try ScriptedServer { request in
                    request.path == "/tree.tgz" ? .init(body: archive) : .init(status: 404)
                }
                let url = "http://\(server.host)/tree.tgz"
                let imported = try stage.docker(
                    "import",
                    "-c",
                    "ENV A=1 B=2",
                    "-c",
                    "ENV A=$B$A",
                    "-c",
                    "WORKDIR /srv",
                    "-c",
                    "WORKDIR $A",
                    "-c",
                    "HEALTHCHECK --retries=2 CMD true",
                    "-c",
                    "ONBUILD RUN echo",
                    "-c",
                    "EXPOSE 80-81",
                    "--platform",
                    "linux/arm64",
                    "-m",
                    "from afar",
                    url,
                    "web:1"
                )
                #expect(imported.code == 0 && imported.lines.first == "Downloading from \(url)", "\(imported)")
                let format = "{{json .Config}} {{.Architecture}}"
                let config = try stage.docker("inspect", "--format", format, "web:1").text
                for part in [
                    #""Env":["A=21","B=2"]"#, #""WorkingDir":"/srv/21""#, #"{"Retries":2,"Test":["CMD-SHELL","true"]}"#,
                    #""OnBuild":["RUN echo"]"#, #""80/tcp":{},"81/tcp":{}"#, "} arm64",
                ] {
                    #expect(config.contains(part), "\(part) in \(config)")
                }
                #expect(try stage.docker("history", "--format", "{{.Comment}}", "web:1").text == "from afar")
                let missing = try stage.docker("import", "http://\(server.host)/none")
                #expect(missing.code == 1 && missing.errors.contains("invalid response status 404"), "\(missing)")
                let refused = try stage.docker("import", "-c", "RUN true", "tree.tgz")
                #expect(refused.code == 1 && refused.errors.contains("RUN is not a valid change command"), "\(refused)")
            }
        }

        @Test func `are saved with all tags, removed if they are there, and filtered by what makes sense`() throws {
            try onStage { stage in
                for tag in ["a/b:1", "a/b:2"] { #expect(try stage.docker("tag", "busybox", tag).code == 0) }
                let tags = "tar -xO manifest.json | jq -c '.[].RepoTags'"
                #expect(try stage.shell("\(stage.programs)/docker save a/b | \(tags)") == #"["a/b:1","a/b:2"]"#)
                #expect(try stage.shell("\(stage.programs)/docker save a/b:2 | \(tags)") == #"["a/b:2"]"#)
                let gone = try stage.docker("rmi", "-f", "none", "a/b:1")
                #expect(gone.code == 0 && gone.text == "Untagged: a/b:1", "\(gone)")
                #expect(gone.errors == "Error: No such image: none\n")
                #expect(try stage.docker("rmi", "none").code == 1)
                let wrong = try stage.docker("images", "--filter", "dangling=maybe")
                #expect(wrong.code == 1 && wrong.errors.contains("invalid filter 'dangling=[maybe]'"), "\(wrong)")
                #expect(try stage.docker("images", "--none").code == 125)
                #expect(try stage.docker("images", "a", "b").code == 1)
                let archive = try stage.shell("\(stage.programs)/docker save -o box.tar busybox && realpath box.tar")
                func load(_ flag: String) throws -> String {
                    #expect(try stage.docker("rmi", "busybox", "a/b:2").code == 0)
                    let line = "\(stage.programs)/docker load \(flag) -i \(archive)"
                    let loaded = try stage.program("/usr/bin/script", ["-qec", line, "/dev/null"], [:]).run().output
                    #expect(loaded.hasSuffix("Loaded image: busybox:latest\r\n"), "\(loaded)")
                    #expect(try stage.docker("tag", "busybox", "a/b:2").code == 0)
                    return loaded
                }
                #expect(try load("").contains(": Loading layer [==="))
                #expect(try !load("-q").contains("Loading layer"))
                let missing = try stage.docker("load", "-i", "none.tar")
                #expect(missing.errors == "docker: open none.tar: No such file or directory\n", "\(missing)")
            }
        }

        @Test func `are searched for where the term says`() throws {
            try onStage { stage in
                let server = try ScriptedServer { request in
                    guard request.target == "/v1/search?q=web%20server&n=3" else { return .init(status: 404) }
                    let text = #"""
                        {"results": [
                          {"name": "nginx", "description": "A server\nof the web", "star_count": 9, "is_official": true},
                          {"name": "a/web", "description": "", "star_count": 1, "is_official": false}
                        ]}
                        """#
                    return .init(body: Array(text.utf8))
                }
                let words = ["search", "--limit", "3"]
                let found = try stage.docker(words + ["\(server.host)/web server"])
                #expect(
                    found.output == """
                        NAME      DESCRIPTION           STARS     OFFICIAL
                        nginx     A server of the web   9         [OK]
                        a/web                           1         \("")

                        """
                )
                let stars = try stage.docker(
                    words + [
                        "--filter", "stars=2", "--format", "{{.Name}} {{.StarCount}}", "\(server.host)/web server",
                    ]
                )
                #expect(stars.output == "nginx 9\n", "\(stars)")
                let none = try stage.docker("search", "\(server.host)/other")
                #expect(none.code == 1 && none.errors.contains("invalid response status 404"), "\(none)")
                let limit = try stage.docker("search", "--limit", "101", "x")
                #expect(limit.code == 1 && limit.errors.contains("limit 101 is outside the range of [1, 100]"))
                #expect(try stage.docker("search", "--filter", "x", "x").code == 125)
            }
        }
    }
}
