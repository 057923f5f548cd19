import Testing

extension EndToEnd {
    @Suite struct Dependencies {
        @Test func `each starts when its conditions are met`() throws {
            try onStage("order") { stage in
                try stage.does("up", "-d")
                let order = ["done", "healthy", "last"]
                #expect(
                    try eventually {
                        try stage.does("exec", "last", "cat", "/log/order").lines.map(String.init) == order
                    }
                )
            }
        }

        @Test func `what depends on the unhealthy does not start`() throws {
            try onStage("unhealthy") { stage in
                let up = try stage.compose("up", "-d")
                #expect(up.code == 1)
                let sick = "dependency failed to start: container unhealthy-sick-1 is unhealthy"
                #expect(up.errors.contains("\(sick): its probe exited with 1: I feel bad\n"))
                #expect(try stage.does("ps", "--services").output == "sick\n")
                #expect(try stage.does("ps", "sick").output.contains("(unhealthy)"))
            }
        }

        @Test func `what waits for a job that fails does not start`() throws {
            try onStage("failing") { stage in
                let up = try stage.compose("up", "-d")
                #expect(up.code == 1)
                #expect(up.errors.contains("service \"job\" didn't complete successfully: exit 3"))
                #expect(try stage.does("ps", "--all", "job").output.contains("Exited (3)"))
            }
        }

        @Test func `up --wait gives up when the time is up`() throws {
            try onStage("unhealthy") { stage in
                try stage.write(
                    """
                    services:
                      slow:
                        image: busybox
                        init: true
                        command: sleep 1000
                        healthcheck: {test: ["CMD", "false"], interval: 1s, start_period: 100s}
                    """,
                    to: "compose.yaml"
                )
                let up = try stage.compose("up", "--wait", "--wait-timeout", "1")
                #expect(up.code == 1)
                #expect(up.errors.contains("not healthy") || up.errors.contains("timeout"))
            }
        }

        @Test func `each restart policy does what it says`() throws {
            try onStage("restarts") { stage in
                try stage.does("up", "-d")
                func starts(_ service: String) throws -> Int {
                    try stage.does("logs", "--no-log-prefix", service).lines.count { $0 == "x" }
                }
                #expect(try eventually { try starts("always") >= 3 })
                #expect(try eventually { try starts("twice") == 3 })
                #expect(try eventually { try stage.does("ps", "--all", "twice").output.contains("Exited (1)") })
                #expect(try starts("never") == 1)
                #expect(try starts("content") == 1)
                try stage.does("stop", "always")
                let stopped = try starts("always")
                #expect(try stage.does("ps", "--all", "always").output.contains("Exited ("))
                #expect(try starts("always") == stopped)
            }
        }
    }
}
