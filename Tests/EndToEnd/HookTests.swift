import Testing

extension EndToEnd {
    @Suite struct Hooks {
        private static let project = """
            services:
              web:
                image: busybox
                init: true
                command: sh -c 'cat /data/prepared; sleep 1000'
                environment: {COLOUR: red}
                volumes: ["data:/data"]
                pre_start:
                  - command: ["sh", "-c", "echo first $$COLOUR $$SIZE > /data/prepared"]
                    environment: {SIZE: big}
                  - command: ["sh", "-c", "echo second >> /data/prepared; ${LAST:-true}"]
                post_start:
                  - command: ["sh", "-c", "echo after > /data/after"]
                pre_stop:
                  - command: ["sh", "-c", "echo before > /data/before"]
            volumes:
              data:
            """

        private static let look = ["run", "--rm", "-v", "work_data:/data", "busybox", "sh", "-c", "cat /data/*"]

        @Test func `run before and after a start and before a stop, with the service's volumes`() throws {
            try onStage { stage in
                try stage.write(Self.project, to: "compose.yaml")
                try stage.does("up", "--detach")
                #expect(try eventually { try stage.docker("logs", "work-web-1").output == "first red big\nsecond\n" })
                #expect(try stage.docker("ps", "--all", "--format", "{{.Names}}").output == "work-web-1\n")
                #expect(try stage.docker("exec", "work-web-1", "cat", "/data/after").output == "after\n")
                // What runs already is not prepared again.
                try stage.does("exec", "-T", "web", "rm", "/data/prepared")
                try stage.does("up", "--detach", "--scale", "web=2")
                #expect(try stage.docker("exec", "work-web-1", "ls", "/data/prepared").code != 0)
                try stage.does("stop", "--timeout", "0")
                let seen = try stage.program("docker", Self.look, [:]).run()
                #expect(seen.output == "after\nbefore\n", "\(seen)")
                try stage.does("start")
                #expect(
                    try stage.docker("exec", "work-web-1", "cat", "/data/prepared").output == "first red big\nsecond\n"
                )
            }
        }

        @Test func `that fail before a start are kept and shown, and make way for the next attempt`() throws {
            try onStage { stage in
                try stage.write(Self.project, to: "compose.yaml")
                let failed = try stage.compose("up", "--detach", in: ["LAST": "echo no such luck; exit 3"])
                #expect(failed.code == 1 && failed.errors.contains("exited with status code 3"), "\(failed)")
                #expect(failed.errors.contains("no such luck"))
                let kept = try stage.docker(
                    "ps",
                    "--all",
                    "--format",
                    "{{.Names}} {{.Status}}",
                    "--filter",
                    "status=exited"
                )
                #expect(kept.lines.count == 1 && kept.output.hasPrefix("work-web-pre_start-"), "\(kept)")
                try stage.does("up", "--detach")
                #expect(try stage.docker("ps", "--all", "--format", "{{.Names}}").output == "work-web-1\n")
                _ = try stage.compose("up", "--detach", "--force-recreate", in: ["LAST": "exit 3"])
                try stage.does("down", "--timeout", "0")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
            }
        }
    }
}
