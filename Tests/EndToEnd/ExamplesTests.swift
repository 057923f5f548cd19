import Testing

extension EndToEnd {
    /// The folders of `examples/`, each run as its first lines say.
    @Suite struct Examples {
        @Test(arguments: Example.all) func `an example shows what it is about`(_ example: Example) throws {
            try onStage("\(Programs.repository)/examples/\(example.folder)") { stage in
                let up = try stage.program("docker-compose", example.flags + ["up"] + example.options, [:]).run()
                #expect(up.code == example.code, "\(up)")
                for line in example.lines { #expect(up.output.contains(line), "no \(line) in \(up)") }
            }
        }

        @Test func `ports`() throws {
            try onStage("\(Programs.repository)/examples/ports") { stage in
                try stage.does("up", "-d")
                for port in 18080...18083 {
                    #expect(
                        try eventually {
                            try stage.fetch("http://127.0.0.1:\(port)/") == "served by a published port\n"
                        }
                    )
                }
            }
        }

        @Test func `signals`() throws {
            try onStage("\(Programs.repository)/examples/signals") { stage in
                try stage.does("up", "-d")
                #expect(try eventually { try stage.does("logs").lines.count { $0.hasSuffix("ready") } == 2 })
                try stage.does("stop")
                #expect(try stage.does("logs", "polite").output.contains("tidied up"))
                #expect(try stage.does("ps", "--all", "polite").output.contains("Exited (0)"))
                #expect(try stage.does("ps", "--all", "wrapped").output.contains("Exited (143)"))
                #expect(try stage.does("ps", "--all", "slow").output.contains("Exited (137)"))
            }
        }

        @Test func `volumes keep count`() throws {
            try onStage("\(Programs.repository)/examples/volumes") { stage in
                #expect(try stage.does("up").output.contains("visits so far 1"))
                try stage.does("down")
                #expect(try stage.does("up").output.contains("visits so far 2"))
                try stage.does("down", "--volumes")
                #expect(try stage.does("up").output.contains("visits so far 1"))
            }
        }

        @Test func `every folder is a project`() throws {
            for folder in entries(of: "\(Programs.repository)/examples") where folder != "README.md" {
                try onStage("\(Programs.repository)/examples/\(folder)") { stage in try stage.does("config", "--quiet")
                }
            }
        }
    }
}

/// An example that ends by itself, and what it prints.
struct Example: Sendable, CustomTestStringConvertible {
    var folder: String
    var flags: [String] = []
    var options: [String] = []
    var code: Int32 = 0
    var lines: [String]

    var testDescription: String { folder + flags.map { " " + $0 }.joined() }

    static let all = [
        Example(folder: "hello", lines: ["hello-1  | Hello from a container\n"]),
        Example(
            folder: "health",
            options: ["--abort-on-container-exit"],
            lines: ["client-1  | Hello from a healthy server\n"]
        ),
        Example(folder: "jobs", lines: ["report-1  | pieces of fruit 7\n"]),
        Example(
            folder: "networks",
            options: ["--abort-on-container-exit", "--exit-code-from", "visitor"],
            lines: ["| the shop is open\nvisitor-1  | the shop is open\nvisitor-1  | the safe is out of reach\n"]
        ),
        Example(folder: "secrets", lines: ["| 12 left, 7 right\n", "| door 0000\n", "| alarm = on\n"]),
        Example(folder: "environment", lines: ["| Good morning, Ada Lovelace (green, calm, costs $5)\n"]),
        Example(folder: "profiles", lines: ["| the application\n"]),
        Example(folder: "profiles", flags: ["--profile", "debug"], lines: ["| the debugger\n"]),
        Example(folder: "override", lines: ["| worker in development, log level debug\n"]),
        Example(
            folder: "override",
            flags: ["-f", "compose.yaml"],
            lines: ["| worker in production, log level warning\n"]
        ),
        Example(folder: "restart", lines: ["| start 1\n", "| start 2\n", "| start 3\n"]),
        Example(folder: "scale", options: ["--abort-on-container-exit"], lines: ["client-1  | replicas found 3\n"]),
        Example(folder: "build", lines: ["page-1  | Hello from an image of two files\n"]),
        Example(
            folder: "readonly",
            lines: [
                "| the root is read-only\n", "| /tmp is not\n", "| and it holds one megabyte\n", "| NoNewPrivs:\t1\n",
            ]
        ),
        Example(folder: "limits", lines: ["| open files 64\n"]),
    ]
}
