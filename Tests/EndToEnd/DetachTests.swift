import Testing

extension EndToEnd {
    @Suite struct Detaching {
        @Test func `the keys that let go leave the container running`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "-it", "--name", "box", "busybox", "sh")
                let line = "\(stage.programs)/docker attach --detach-keys a,b box"
                // On a terminal whose keyboard types `ab`.
                let detached = try stage.program("/usr/bin/script", ["-qec", line, "/dev/null"], ["TERM": "xterm"]).run(
                    input: "ab"
                )
                #expect(detached.code == 0 && detached.output.contains("read escape sequence"), "\(detached)")
                #expect(try stage.docker("ps", "--format", "{{.Names}}").output == "box\n")
                let wrong = try stage.docker("attach", "--detach-keys", "ctrl-", "box")
                #expect(wrong.code == 1 && wrong.errors.contains("invalid detach keys"), "\(wrong)")
            }
        }

        @Test func `a command goes on when it is let go of, by the keys of the configuration too`() throws {
            try onStage { stage in
                try stage.write(#"{"detachKeys": "a,b"}"#, to: "config.json")
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                func onTerminal(_ command: String, typing keys: String = "") throws -> Outcome {
                    let line = "stty rows 33 cols 99; \(stage.programs)/docker exec -it \(command)"
                    let environment = ["TERM": "xterm", "DOCKER_CONFIG": stage.folder]
                    return try stage.program("/usr/bin/script", ["-qec", line, "/dev/null"], environment).run(
                        input: keys
                    )
                }
                #expect(try onTerminal("box sh -c 'stty size; exit 7'").output.contains("33 99\r\n"))
                let wait = "box sh -c 'until [ -e /end ]; do sleep 0.05; done; echo late; exit 5'"
                for (flags, keys) in [("", "ab"), ("--detach-keys x,y ", "xy")] {
                    let outcome = try onTerminal(flags + wait, typing: keys)
                    #expect(outcome.code == 1 && outcome.output.hasSuffix("read escape sequence\r\n"), "\(outcome)")
                }
                try stage.docker("exec", "box", "touch", "/end")
                func told() throws -> [Substring] {
                    try stage.docker(
                        "events",
                        "--since",
                        "1h",
                        "--until",
                        "0s",
                        "--format",
                        "{{.Action}} {{index .Actor.Attributes \"exitCode\"}}"
                    ).lines.filter { $0.hasPrefix("exec_d") }
                }
                let expected: [Substring] = [
                    "exec_detach ", "exec_detach ", "exec_die 0", "exec_die 5", "exec_die 5", "exec_die 7",
                ]
                #expect(try eventually { try told().sorted() == expected })
            }
        }
    }
}
