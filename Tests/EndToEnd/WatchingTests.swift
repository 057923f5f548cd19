import Glibc
import Testing

extension EndToEnd {
    /// Commands that look at containers and hold on to them.
    @Suite struct Watching {
        @Test func `stats shows what a container uses, in Docker's columns`() throws {
            try onStage { stage in
                let id = try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "busy",
                    "-m",
                    "64m",
                    "busybox",
                    "sh",
                    "-c",
                    "while :; do :; done"
                ).text
                let table = try stage.docker("stats", "--no-stream", "busy")
                let head = "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT"
                #expect(table.lines.first?.hasPrefix(head) == true, "\(table)")
                let row = try stage.docker(
                    "stats",
                    "--no-stream",
                    "--format",
                    "{{.ID}} {{.Name}} {{.PIDs}} {{.MemUsage}}"
                )
                #expect(
                    row.output.hasPrefix("\(id.prefix(12)) busy 1 ") && row.output.hasSuffix(" / 64MiB\n"),
                    "\(row)"
                )
                let share = try stage.docker("stats", "--no-stream", "--format", "{{.CPUPerc}}").text
                #expect(Double(share.dropLast()).map { $0 > 5 } == true, "\(share)")
                try stage.docker("create", "--name", "idle", "busybox")
                #expect(try stage.docker("stats", "--no-stream", "--format", "{{.Name}}").output == "busy\n")
                let all = try stage.docker("stats", "-a", "--no-stream", "--no-trunc", "--format", "json")
                #expect(all.lines.count == 2 && all.output.contains("\"Container\":\"\(id)\""), "\(all)")
                #expect(
                    all.output.contains(#""CPUPerc":"0.00%""#) && all.output.contains(#""NetIO":"0B / 0B""#),
                    "\(all)"
                )
            }
        }

        @Test func `stats goes on until it is told to end`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                let shown = try stage.program("docker", ["stats", "--format", "{{.Name}}"], [:]).start()
                #expect(shown.prints("box\nbox\n"))
                shown.send(SIGINT)
                #expect(shown.finish().code == 130)
            }
        }

        @Test func `attach shows output, passes input and signals, and ends with the container's code`() throws {
            try onStage { stage in
                let script = "trap 'echo told; exit 7' USR1; while read line; do echo \"got $line\"; done"
                try stage.docker("run", "-d", "-i", "--name", "box", "busybox", "sh", "-c", script)
                let attached = try stage.program("docker", ["attach", "box"], [:]).start(input: "one\n")
                #expect(attached.prints("got one\n"))
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "other",
                    "busybox",
                    "sh",
                    "-c",
                    "trap 'echo told; exit 7' USR1; echo up; while :; do sleep 0.1; done"
                )
                let other = try stage.program("docker", ["attach", "other"], [:]).start()
                #expect(
                    try eventually {
                        try stage.docker(
                            "events",
                            "--since",
                            "1h",
                            "--until",
                            "0s",
                            "-f",
                            "event=attach",
                            "-f",
                            "container=other"
                        ).output != ""
                    }
                )
                other.send(SIGUSR1)
                let outcome = other.finish()
                #expect(outcome.code == 7 && outcome.output.contains("told\n"), "\(outcome)")
                let paused = try stage.docker("attach", "nobody")
                #expect(paused.code == 1 && paused.errors.contains("no such container: nobody"), "\(paused)")
            }
        }

        @Test func `top takes the options of ps`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                let shown = try stage.docker("top", "box", "-o", "pid,args")
                #expect(shown.lines.first?.split(separator: " ") == ["PID", "COMMAND"], "\(shown)")
                #expect(shown.lines.count == 3 && shown.output.contains("   sleep 1000\n"), "\(shown)")
                let blind = try stage.docker("top", "box", "-o", "args")
                #expect(blind.code == 1 && blind.errors.contains("Couldn't find PID field"), "\(blind)")
            }
        }

        /// As Docker has it: the command belongs to the container, not to whoever started it.
        @Test func `a command whose client is killed goes on, and can be seen`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "busybox", "sleep", "1000")
                let client = try stage.program("docker", ["exec", "box", "sh", "-c", "echo up; sleep 999"], [:]).start()
                #expect(client.prints("up\n"))
                client.send(SIGKILL)
                #expect(client.finish(within: 1).code != 0)
                #expect(try stage.docker("top", "box").output.contains("sleep 999"))
                try stage.docker("rm", "--force", "box")
            }
        }
    }

    @Suite struct Updating {
        /// What the kernel says of a container's group, on either version of control groups.
        private func limit(_ stage: Stage, _ names: [String]) throws -> String {
            let id = try stage.docker("inspect", "-f", "{{.Id}}", "box").text.prefix(12)
            let find = "find /sys/fs/cgroup -path '*\(id)*' \\( -name \(names.joined(separator: " -o -name ")) \\)"
            return try stage.machine("sh", "-c", "cat $(\(find) | head -n 1)").text
        }

        @Test func `changes limits of a container that runs, and keeps them`() throws {
            try onStage { stage in
                try stage.docker("run", "-d", "--name", "box", "--init", "-m", "64m", "busybox", "sleep", "1000")
                let updated = try stage.docker("update", "-m", "128m", "--pids-limit", "50", "--cpus", "0.5", "box")
                #expect((updated.code, updated.output) == (0, "box\n"), "\(updated)")
                for round in 1...2 {
                    #expect(try limit(stage, ["memory.max", "memory.limit_in_bytes"]) == "134217728", "round \(round)")
                    #expect(try limit(stage, ["pids.max"]) == "50")
                    #expect(try ["50000 100000", "50000"].contains(limit(stage, ["cpu.max", "cpu.cfs_quota_us"])))
                    let processes = try limit(stage, ["cpu.max", "cpu.cfs_quota_us"]).isEmpty ? "" : "sleep 1000"
                    #expect(try stage.docker("top", "box").output.contains(processes))
                    // The second time the container was started with them.
                    if round == 1 { try stage.docker("restart", "-t", "0", "box") }
                }
                let nothing = try stage.docker("update", "box")
                #expect(nothing.code == 1 && nothing.errors.contains("one or more flags"), "\(nothing)")
            }
        }

        @Test func `changes what happens when the process of a running container ends`() throws {
            try onStage { stage in
                try stage.docker(
                    "run",
                    "-d",
                    "--name",
                    "box",
                    "busybox",
                    "sh",
                    "-c",
                    "trap 'exit 3' USR1; echo ready; while :; do sleep 0.05; done"
                )
                try stage.docker("update", "--restart", "on-failure:1", "box")
                try stage.docker("rename", "box", "crate")
                let shown = try stage.docker("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "crate")
                #expect(shown.output == "on-failure\n", "\(shown)")
                for start in 1...2 {
                    // A signal that comes before the trap, or to the process that is ending already, ends nothing.
                    #expect(try eventually { try stage.docker("logs", "crate").lines.count == start })
                    try stage.docker("kill", "-s", "USR1", "crate")
                }
                #expect(try stage.docker("wait", "crate").output == "3\n")
                #expect(try stage.docker("inspect", "-f", "{{.RestartCount}}", "crate").output == "1\n")
            }
        }
    }

    @Suite struct LogDrivers {
        @Test(arguments: [
            ["--log-opt", "max-size=20k", "--log-opt", "max-file=4", "--log-opt", "compress=true"],
            ["--log-driver", "local", "--log-opt", "max-size=20k", "--log-opt", "max-file=4"],
        ])
        func `what was put aside and compressed is shown too`(options: [String]) throws {
            try onStage { stage in
                let script = "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i + 1)); done"
                let arguments = ["run", "--name", "box"] + options + ["busybox", "sh", "-c", script]
                let ran = try stage.program("docker", arguments, [:]).run()
                #expect(ran.code == 0 && ran.lines.count == 500, "\(ran)")
                let folder = "\(stage.root)/containers/\(try stage.docker("inspect", "-f", "{{.Id}}", "box").text)"
                let kept = try stage.machine("sh", "-c", "ls \(folder) | grep '^log'").lines
                #expect(kept.contains("log.1.gz") || kept.contains("log.2.gz"), "\(kept)")
                #expect(try stage.docker("logs", "box").lines == (0..<500).map { "line \($0)" })
                #expect(try stage.docker("logs", "--tail", "300", "box").lines == (200..<500).map { "line \($0)" })
            }
        }

        @Test(arguments: ["json-file", "local"])
        func `a log that nobody waits for has all that its buffer takes`(driver: String) throws {
            try onStage { stage in
                let flags = ["--name", "box", "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=2m"]
                _ = try stage.docker(["run", "--log-driver", driver] + flags + ["busybox", "seq", "1", "9999"])
                #expect(try stage.docker("logs", "box").lines == (1...9999).map { "\($0)" })
            }
        }

        @Test func `details are the labels and variables that the options name`() throws {
            try onStage { stage in
                let options = ["labels=team", "env=COLOUR", "tag={{.Name}}"].flatMap { ["--log-opt", $0] }
                let run = try stage.docker(
                    ["run", "--name", "box", "--label", "team=a b", "--label", "other=1", "-e", "COLOUR=red"] + options
                        + ["busybox", "printf", "one\\ntwo\\n"]
                )
                #expect(run.output == "one\ntwo\n", "\(run)")
                let details = "COLOUR=red,tag=box,team=a+b "
                #expect(try stage.docker("logs", "--details", "box").output == "\(details)one\n\(details)two\n")
                #expect(try stage.docker("logs", "box").output == "one\ntwo\n")
            }
        }

        @Test func `no driver keeps nothing, and options that are none are refused`() throws {
            try onStage { stage in
                let ran = try stage.docker("run", "--name", "box", "--log-driver", "none", "busybox", "echo", "hello")
                #expect(ran.output == "hello\n", "\(ran)")
                let shown = try stage.docker("logs", "box")
                #expect(shown.code == 1 && shown.errors.contains("does not support reading"), "\(shown)")
                for (option, message) in [
                    ("max-size=many", "invalid value for log opt max-size"), ("colour=red", "unknown log opt 'colour'"),
                    ("compress=true", "compress cannot be true"), ("mode=lazy", "logging mode not supported: lazy"),
                    ("max-buffer-size=1m", "max-buffer-size option is only supported with 'mode=non-blocking'"),
                ] {
                    let refused = try stage.docker("create", "--log-opt", option, "busybox")
                    #expect(refused.code == 1 && refused.errors.contains(message), "\(refused)")
                }
            }
        }
    }

    @Suite struct LogOrder {
        @Test func `several logs are shown in the order in which they were written`() throws {
            try onStage { stage in
                let script =
                    "for turn in $0 $(($0 + 2)); do while [ ! -e /turn/$turn ]; do sleep 0.02; done; echo $turn; done"
                try stage.write(
                    """
                    services:
                      even:
                        image: busybox
                        command: ["sh", "-c", '\(script.replacing("$", with: "$$"))', "0"]
                        volumes: ["./:/turn"]
                        logging: {driver: json-file, options: {max-size: "150", max-file: "3"}}
                      odd:
                        image: busybox
                        command: ["sh", "-c", '\(script.replacing("$", with: "$$"))', "1"]
                        volumes: ["./:/turn"]
                    """,
                    to: "compose.yaml"
                )
                try stage.does("up", "--detach")
                // A line is as old as its monitor has it, which under load may be long after it was written: so whoever is
                // next waits until the line before is in its log.
                for turn in 0...3 {
                    try stage.write("", to: "\(turn)")
                    let name = turn % 2 == 0 ? "even" : "odd"
                    #expect(try eventually { try stage.docker("logs", "work-\(name)-1").output.contains("\(turn)\n") })
                }
                try stage.docker("wait", "work-even-1", "work-odd-1")
                let shown = try stage.compose("logs", "--no-log-prefix")
                #expect(shown.output == "0\n1\n2\n3\n", "\(shown)")
                #expect(try stage.compose("logs", "--no-log-prefix", "--tail", "1").output == "2\n3\n")
            }
        }
    }
}

extension String {
    fileprivate func replacing(_ part: Character, with text: String) -> String {
        map { $0 == part ? text : String($0) }.joined()
    }
}
