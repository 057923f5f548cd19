import Testing

extension EndToEnd {
    @Suite struct Configuration {
        @Test func `config shows what files, variables and overrides come to`() throws {
            try onStage("model") { stage in
                let yaml = try stage.does("config").output
                #expect(yaml.hasPrefix("name: model\n"))
                for expected in [
                    "LEVEL: debug", "FROM_FILE: \"yes\"", "Ada pays $$5", "name: model_data", "team: core",
                ] {
                    #expect(yaml.contains(expected), "\(expected) in \(yaml)")
                }
                let json = try stage.does("config", "--format", "json").output
                #expect(json.hasPrefix("{") && json.contains("\"name\": \"model\""))
                #expect(try stage.does("config", "--services").lines.sorted() == ["app", "store"])
                #expect(try stage.does("config", "--volumes").output == "data\n")
                #expect(try stage.does("config", "--quiet").output == "")
                #expect(try stage.does("-f", "compose.yaml", "config").output.contains("LEVEL: info"))
                #expect(try stage.does("config", in: ["WHO": "Eve"]).output.contains("Eve pays"))
            }
        }

        @Test func `config's own output is the same project`() throws {
            try onStage("model") { stage in
                let yaml = try stage.does("config").output
                let again = try stage.compose("-f", "-", "config", input: yaml)
                #expect(again.output == yaml, "\(again)")
            }
        }

        @Test func `config leaves out the steps that it is told to leave out`() throws {
            try onStage { stage in
                try stage.write("A=from-file\n", to: "web.env")
                try stage.write(
                    """
                    services:
                      web: {image: "box:${TAG:-1}", env_file: web.env, volumes: ["./a:/a"], networks: [nowhere]}

                    """,
                    to: "compose.yaml"
                )
                #expect(try stage.compose("config").code == 1)
                let loose = try stage.does("config", "--no-consistency").output
                #expect(loose.contains("source: \(stage.folder)/a\n") && loose.contains("A: from-file"), "\(loose)")
                let relative = try stage.does("config", "--no-consistency", "--no-path-resolution").output
                #expect(relative.contains("source: ./a\n"), "\(relative)")
                let unread = try stage.does("config", "--no-consistency", "--no-env-resolution").output
                #expect(!unread.contains("from-file"), "\(unread)")
                let bare = try stage.does("config", "--no-consistency", "--no-normalize").output
                #expect(!bare.contains("name: work_"), "\(bare)")
                let raw = try stage.does("config", "--no-interpolate").output
                #expect(raw.contains("image: box:${TAG:-1}\n"), "\(raw)")
                #expect(try stage.does("config", "--no-interpolate", "--services").output == "web\n")
            }
        }

        @Test func `config lists what files name`() throws {
            try onStage { stage in
                try stage.write(
                    """
                    services:
                      web: {image: "box:${TAG:-1}", models: [llm], profiles: [p], user: "${WHO:?who}", labels: {a: "${A:+b}"}}
                      db: {image: pg, networks: [back]}
                    networks: {back: , unused: }
                    models: {llm: {model: ai/m}}

                    """,
                    to: "compose.yaml"
                )
                let who = ["WHO": "me"]
                #expect(try stage.does("config", "--images", in: who).output == "pg\n")
                #expect(try stage.does("--profile", "p", "config", "--images", in: who).output == "box:1\npg\n")
                #expect(try stage.does("--profile", "p", "config", "--models", in: who).output == "llm\n")
                #expect(try stage.does("config", "--networks", in: who).output == "back\n")
                #expect(try stage.does("config", "--profiles", in: who).output == "p\n")
                #expect(try stage.does("config", "--environment", in: who).lines.contains("WHO=me"))
                let hashes = try stage.does("--profile", "p", "config", "--hash", "*", in: who).lines
                #expect(hashes.map { $0.split(separator: " ")[0] } == ["db", "web"])
                #expect(try stage.does("config", "--hash", "db", in: who).lines == [hashes[0]])
                #expect(try stage.compose("config", "--hash", "nobody", in: who).code == 1)
                #expect(
                    try stage.does("config", "--variables").output == """
                        NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE
                        A                   false                                   b
                        TAG                 false               1                   \("")
                        WHO                 true                                    \("")

                        """
                )
                #expect(
                    try stage.does("config", "--variables", "--format", "json").output.contains("\"Required\": true")
                )
            }
        }

        @Test func `variables for Compose itself may stand in the file beside`() throws {
            try onStage { stage in
                try stage.write("services: {one: {image: busybox, command: [\"true\"]}}\n", to: "compose.yaml")
                try stage.does("create")
                try stage.write("services: {two: {image: busybox, command: [\"true\"]}}\n", to: "compose.yaml")
                try stage.write("COMPOSE_REMOVE_ORPHANS=1\n", to: ".env")
                try stage.does("create")
                #expect(try stage.does("ps", "--all", "--services").output == "two\n")
            }
        }

        @Test func `config explains where values are from`() throws {
            try onStage { stage in
                try stage.write("services: {web: {image: 'box:${TAG}'}}\n", to: "compose.yaml")
                try stage.write("services: {web: {image: 'crate:${TAG}'}}\n", to: "compose.override.yaml")
                try stage.write("TAG=file\n", to: ".env")
                let expected = """
                    services.web.image = "crate:shell"
                        from compose.override.yaml:1:25: crate:${TAG}
                        TAG = "shell" from the shell
                            not "file" of .env:1:1
                        over "box:shell" of compose.yaml:1:25

                    """
                let shell = ["TAG": "shell"]
                #expect(try stage.does("config", "--explain", "services.web.image", in: shell).output == expected)
                #expect(try stage.does("config", "--explain", "web", in: shell).output.contains(expected))
                let json = try stage.does("config", "--explain", "--format", "json", "services.web.image").output
                #expect(json.contains("\"place\": \"compose.override.yaml:1:25\""), "\(json)")
                let slip = try stage.compose("config", "--explain", "services.web.imgae")
                #expect(slip.code == 1 && slip.errors.contains("did you mean \"services.web.image\"?"), "\(slip)")
            }
        }

        @Test func `the line that a mistake is in is shown with it`() throws {
            try onStage { stage in
                try stage.write("services:\n  web:\n    image: x\n    prots: [80]\n", to: "compose.yaml")
                let config = try stage.compose("config")
                #expect(
                    config.errors == """
                        docker compose: compose.yaml:4:5: services.web: additional property "prots" is not allowed, did \
                        you mean "ports"?
                          4 |     prots: [80]
                            |     ^

                        """
                )
            }
        }

        @Test(arguments: Mistake.all) func `a mistake is shown where it is, and nothing is created`(_ mistake: Mistake)
            throws
        {
            try onStage("mistakes") { stage in
                let up = try stage.compose("-f", "\(mistake.file).yaml", "up", "-d")
                #expect(up.code == 1, "\(up)")
                let line = up.errors.split(separator: "\n").first { $0.contains("\(mistake.place): ") }
                #expect(line != nil, "no \(mistake.place) in \(up)")
                for word in mistake.words { #expect(up.errors.contains(word), "no \(word) in \(up)") }
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                #expect(try stage.docker("network", "ls", "--quiet", "--filter", "type=custom").output == "")
                #expect(try stage.docker("volume", "ls", "--quiet").output == "")
            }
        }

        @Test func `an image that nobody has is named`() throws {
            try onStage { stage in
                try stage.write("services: {web: {image: registry.invalid/nothing:1}}\n", to: "compose.yaml")
                let up = try stage.compose("up", "-d")
                #expect(up.code == 1)
                #expect(up.errors.contains("registry.invalid/nothing:1"), "\(up)")
                let pull = try stage.compose("pull")
                #expect(pull.code == 1)
                #expect(pull.errors.contains("registry.invalid"), "\(pull)")
            }
        }

        @Test func `no file, no such service and no such command are errors`() throws {
            try onStage { stage in
                let none = try stage.compose("up", "-d")
                #expect(none.code == 1 && none.errors.contains("no configuration file provided"), "\(none)")
                try stage.write("services: {web: {image: busybox}}\n", to: "compose.yaml")
                let service = try stage.compose("up", "-d", "nobody")
                #expect(service.code == 1 && service.errors.contains("no such service: nobody"), "\(service)")
                let command = try stage.compose("upp")
                #expect(command.code != 0, "\(command)")
                let flag = try stage.compose("up", "--no-such-flag")
                #expect(flag.code == 1 && flag.errors.contains("unknown flag: --no-such-flag"), "\(flag)")
            }
        }

        @Test func `a command that cannot start is named, and what was made is kept`() throws {
            try onStage { stage in
                try stage.write("services: {web: {image: busybox, command: [no-such-command]}}\n", to: "compose.yaml")
                let up = try stage.compose("up", "-d")
                #expect(up.code == 1)
                let why = #"exec: "no-such-command": executable file not found in $PATH"#
                #expect(
                    up.errors.split(separator: "\n").last ?? "" == "docker compose: cannot start work-web-1: \(why)"
                )
                #expect(try stage.does("ps", "--all", "--services").output == "web\n")
            }
        }

        @Test func `profiles, several files and a project name are chosen by flags and by the environment`() throws {
            try onStage("shell") { stage in
                #expect(try stage.does("config", "--services").lines.sorted() == ["box", "pair"])
                #expect(
                    try stage.does("--profile", "tools", "config", "--services").lines.sorted() == [
                        "box", "pair", "tool",
                    ]
                )
                #expect(try stage.does("config", "--services", in: ["COMPOSE_PROFILES": "tools"]).lines.count == 3)
                #expect(try stage.does("-p", "other", "config").output.hasPrefix("name: other\n"))
                #expect(
                    try stage.does("config", in: ["COMPOSE_PROJECT_NAME": "third"]).output.hasPrefix("name: third\n")
                )
                try stage.write("services: {box: {hostname: changed}}\n", to: "more.yaml")
                #expect(
                    try stage.does("-f", "compose.yaml", "-f", "more.yaml", "config").output.contains(
                        "hostname: changed"
                    )
                )
                #expect(
                    try stage.does("config", in: ["COMPOSE_FILE": "compose.yaml:more.yaml"]).output.contains("changed")
                )
            }
        }
    }
}

/// A file with a mistake, where it is, and words that the message has to have.
struct Mistake: Sendable, CustomTestStringConvertible {
    let file: String
    let place: String
    let words: [String]

    var testDescription: String { file }

    static let all = [
        Mistake(file: "indentation", place: "indentation.yaml:4:4", words: []),
        Mistake(file: "unknown-key", place: "unknown-key.yaml:4:5", words: ["services.web", "comand"]),
        Mistake(file: "wrong-type", place: "wrong-type.yaml:4:18", words: ["services.web.environment"]),
        Mistake(file: "port", place: "port.yaml:5:9", words: ["services.web.ports[0]", "80800"]),
        Mistake(file: "network", place: "network.yaml:5:9", words: ["web", "missing"]),
        Mistake(file: "volume", place: "volume.yaml:5:9", words: ["web", "missing"]),
        Mistake(file: "dependency", place: "dependency.yaml:5:9", words: ["web", "missing"]),
        Mistake(file: "cycle", place: "cycle.yaml:10:18", words: ["one -> two -> three -> one"]),
        Mistake(file: "required", place: "required.yaml:4:14", words: ["NOBODY_SETS_THIS", "set it to something"]),
        Mistake(file: "interpolation", place: "interpolation.yaml:4:14", words: ["${UNFINISHED"]),
        Mistake(file: "neither", place: "neither.yaml:2:3", words: ["web", "image", "build"]),
        Mistake(file: "duplicate", place: "duplicate.yaml:4:5", words: ["image"]),
        Mistake(file: "secret", place: "secret.yaml:4:15", words: ["web", "missing"]),
        Mistake(file: "mode", place: "mode.yaml:4:19", words: ["network_mode", "networks"]),
        Mistake(file: "dockerfile", place: "mistaken.Dockerfile:3:1", words: ["COPPY"]),
    ]
}
