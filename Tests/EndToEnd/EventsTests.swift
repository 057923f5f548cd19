import Glibc
import Testing

extension EndToEnd {
    @Suite struct Events {
        private static let brief = "{{.Type}} {{.Action}}"

        @Test func `tell a container's life in Docker's order`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "busybox",
                    "sh",
                    "-c",
                    "trap 'exit 3' TERM; sleep 1000 & wait"
                )
                try stage.docker("exec", "box", "sh", "-c", "exit 4")
                try stage.docker("pause", "box")
                try stage.docker("unpause", "box")
                try stage.docker("rename", "box", "crate")
                try stage.docker("kill", "crate")
                try stage.docker("wait", "crate")
                try stage.docker("start", "crate")
                try stage.docker("stop", "crate")
                try stage.docker("rm", "crate")
                let told = try stage.docker("events", "--since", "1h", "--until", "0s", "--format", Self.brief)
                let expected = """
                    container create
                    network connect
                    container start
                    container exec_create: sh -c exit 4
                    container exec_start: sh -c exit 4
                    container exec_die
                    container pause
                    container unpause
                    container rename
                    container kill
                    container die
                    network disconnect
                    network connect
                    container start
                    container kill
                    container die
                    network disconnect
                    container stop
                    container destroy

                    """
                #expect(
                    told.output.split(separator: "\n").drop { !$0.hasPrefix("container") }.map { "\($0)\n" }.joined()
                        == expected
                )
            }
        }

        @Test func `say what there is to say, and of whom`() throws {
            try onStage { stage in
                let id = try stage.docker("run", "-d", "--name", "box", "--label", "tier=web", "busybox", "false").text
                #expect(try stage.docker("wait", "box").output == "1\n")
                let died = try stage.docker("events", "--since", "1h", "--until", "0s", "--filter", "event=die")
                let words = died.output.split(separator: " ", maxSplits: 1)
                #expect(
                    words.last
                        == "container die \(id) (execDuration=0, exitCode=1, image=busybox, name=box, tier=web)\n",
                    "\(died)"
                )
                #expect(words.first?.utf8.count == "2026-11-25T20:00:00.000000000Z".utf8.count)
                let filtered = try stage.docker(
                    "system",
                    "events",
                    "--since",
                    "1h",
                    "--until",
                    "0s",
                    "--filter",
                    "label=tier=web",
                    "--filter",
                    "event=start",
                    "--filter",
                    "event=create",
                    "--format",
                    "json"
                )
                #expect(filtered.lines.count == 2, "\(filtered)")
                #expect(filtered.lines.first?.contains(#""status":"create","id":"\#(id)","from":"busybox""#) == true)
                let none = try stage.docker("events", "--since", "1h", "--until", "0s", "--filter", "container=other")
                #expect((none.output, none.code) == ("", 0))
            }
        }

        @Test func `of a container that is killed and removed have no stop`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--network", "none", "busybox", "sleep", "1000")
                try stage.docker("rm", "--force", "box")
                try stage.docker("run", "--rm", "--network", "none", "busybox", "true")
                let told = try stage.docker(
                    "events",
                    "--since",
                    "1h",
                    "--until",
                    "0s",
                    "-f",
                    "type=container",
                    "--format",
                    "{{.Action}}"
                )
                #expect(
                    told.lines.drop { $0 != "create" }
                        == [
                            "create", "start", "kill", "die", "destroy", "create", "attach", "start", "die", "destroy",
                        ],
                    "\(told)"
                )
            }
        }

        @Test func `of policies are starts without restarts`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--restart", "on-failure:1", "busybox", "false")
                try stage.docker("wait", "box")
                let told = try stage.docker(
                    "events",
                    "--since",
                    "1h",
                    "--until",
                    "0s",
                    "-f",
                    "container=box",
                    "--format",
                    "{{.Action}}"
                )
                #expect(told.lines == ["create", "start", "die", "start", "die"], "\(told)")
            }
        }

        @Test func `tell of volumes and probes`() throws {
            try onStage { stage in
                let id = try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "--network",
                    "none",
                    "-v",
                    "data:/data:ro",
                    "--health-cmd",
                    "exit 3",
                    "--health-interval",
                    "20ms",
                    "--health-retries",
                    "1",
                    "--init",
                    "busybox",
                    "sleep",
                    "1000"
                ).text
                #expect(try eventually { try stage.docker("ps").output.contains("(unhealthy)") })
                try stage.docker("rm", "--force", "box")
                func told(_ filter: String) throws -> [Substring] {
                    let format = "{{.Action}} {{.Actor.ID}} {{json .Actor.Attributes}}"
                    return try stage.docker(
                        "events",
                        "--since",
                        "1h",
                        "--until",
                        "0s",
                        "--filter",
                        filter,
                        "--format",
                        format
                    ).lines
                }
                #expect(
                    try told("type=volume").filter { $0.hasPrefix("mount") || $0.hasPrefix("unmount") } == [
                        #"mount data {"container":"\#(id)","destination":"/data","driver":"local","propagation":"","read/write":"false"}"#,
                        #"unmount data {"container":"\#(id)","driver":"local"}"#,
                    ]
                )
                let probes = try told("container=box").filter { $0.hasPrefix("exec_") }
                try #require(probes.count >= 3)
                let words = ["exec_create: /bin/sh -c exit 3", "exec_start: /bin/sh -c exit 3", "exec_die"]
                for (probe, word) in zip(probes, words) { #expect(probe.hasPrefix("\(word) \(id) {\"execID\":\"")) }
                #expect(probes[2].contains(#""exitCode":"3""#))
            }
        }

        @Test func `come as they happen, and end when the time has come`() throws {
            try onStage { stage in
                let follower = try stage.program("docker", ["events", "--filter", "type=container"], [:]).start()
                // It has begun to look when it sees something.
                #expect(
                    try eventually {
                        try stage.docker("run", "--rm", "--network", "none", "busybox", "true")
                        return follower.prints(" container destroy ", within: 0.5)
                    }
                )
                follower.send(SIGTERM)
                #expect(follower.finish().code == 143)
                let bounded = try stage.docker("events", "--until", "\(Self.soon())")
                #expect(bounded.code == 0, "\(bounded)")
            }
        }

        /// Half a second from now, in seconds since 1970.
        private static func soon() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 + 0.5
        }

        @Test func `of a project are those of its services' containers`() throws {
            try onStage("web") { stage in
                try stage.does("up", "--detach")
                try stage.does("down", "--timeout", "0")
                let told = try stage.compose("events", "--since", "1h", "--until", "0s", "--json")
                #expect(told.lines.contains { $0.contains(#"{"action":"start","attributes":{"image":"#) }, "\(told)")
                #expect(!told.output.contains("com.docker.compose"))
                let plain = try stage.compose("events", "--since", "1h", "--until", "0s")
                #expect(plain.lines.count == told.lines.count)
                #expect(plain.lines.allSatisfy { $0.contains(" container ") && $0.hasSuffix(")") }, "\(plain)")
            }
        }
    }
}
