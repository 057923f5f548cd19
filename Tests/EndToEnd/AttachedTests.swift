import Glibc
import Testing

extension EndToEnd {
    @Suite struct Attached {
        @Test func `up shows the logs, each line with its service`() throws {
            try onStage("attached") { stage in
                let up = try stage.compose("up", "--abort-on-container-exit")
                #expect(up.code == 4, "\(up)")
                #expect(up.output.hasPrefix("Attaching to stayer-1, talker-1\n"), "\(up)")
                #expect(up.output.contains("talker-1  | one\n"))
                #expect(up.errors.contains("talker-1  | two\n"))
                #expect(up.output.contains("stayer-1  | here\n"))
                #expect((up.output + up.errors).contains("talker-1 exited with code 4"))
            }
        }

        @Test func `exit-code-from takes the code of the named service`() throws {
            try onStage("attached") { stage in
                let talker = try stage.compose("up", "--exit-code-from", "talker", in: ["CODE": "9"])
                #expect(talker.code == 9, "\(talker)")
                let stayer = try stage.compose("up", "--exit-code-from", "stayer")
                #expect(stayer.code == 0, "\(stayer)")
            }
        }

        @Test func `an interrupt stops gracefully and keeps the containers`() throws {
            try onStage("attached") { stage in
                let up = try stage.start("up")
                #expect(up.prints("stayer-1  | here"))
                up.send(SIGINT)
                let ended = up.finish(within: 20)
                #expect(ended.code == 130, "\(ended)")
                #expect((ended.output + ended.errors).contains("Gracefully"))
                #expect(ended.output.contains("stayer-1  | leaving"))
                #expect(try stage.does("ps", "--all", "--quiet").lines.count == 2)
                #expect(try stage.does("ps", "--quiet").output == "")
            }
        }

        @Test func `a second interrupt kills`() throws {
            try onStage("attached") { stage in
                try stage.write(
                    """
                    services:
                      deaf:
                        image: busybox
                        command: sh -c 'trap "" TERM; echo here; while :; do sleep 0.05; done'
                        stop_grace_period: 60s
                    """,
                    to: "compose.yaml"
                )
                let up = try stage.start("up")
                #expect(up.prints("| here"))
                up.send(SIGINT)
                #expect(up.prints("Gracefully"))
                up.send(SIGINT)
                let ended = up.finish(within: 20)
                #expect(ended.code == 130, "\(ended)")
                #expect(try eventually { try stage.does("ps", "--all").output.contains("Exited (137)") })
            }
        }

        @Test func `logs shows what was written, as asked`() throws {
            try onStage("attached") { stage in
                try stage.does("up", "-d")
                #expect(try eventually { try stage.does("ps", "--all", "talker").output.contains("Exited (4)") })
                let logs = try stage.does("logs", "talker")
                #expect(logs.lines.sorted() == ["talker-1  | one", "talker-1  | two"])
                #expect(try stage.does("logs", "--no-log-prefix", "talker").lines.sorted() == ["one", "two"])
                #expect(try stage.does("logs", "--no-log-prefix", "--tail", "1", "stayer").output == "here\n")
                #expect(try stage.does("logs", "--tail", "0", "talker").output == "")
                let stamped = try stage.does("logs", "--no-log-prefix", "-t", "stayer").text
                #expect(stamped.hasSuffix("Z here") && stamped.hasPrefix("20"))
                #expect(try stage.does("logs", "--since", "1h", "--no-log-prefix", "stayer").output == "here\n")
                #expect(try stage.does("logs", "--since", "2100-01-01T00:00:00", "stayer").output == "")
            }
        }

        @Test func `logs --follow goes on until the containers end`() throws {
            try onStage("attached") { stage in
                try stage.does("up", "-d")
                let logs = try stage.start("logs", "-f", "stayer")
                #expect(logs.prints("stayer-1  | here"))
                try stage.does("stop", "stayer")
                let ended = logs.finish(within: 10)
                #expect(ended.code == 0)
                #expect(ended.output.contains("stayer-1  | leaving"))
            }
        }
    }
}
