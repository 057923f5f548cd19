import Glibc
import Testing

extension EndToEnd {
    @Suite struct Processes {
        @Test func `exec runs a command, with its output, input and code`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                let said = try stage.compose("exec", "-T", "box", "sh", "-c", "echo out; echo err >&2; exit 7")
                #expect((said.code, said.output, said.errors) == (7, "out\n", "err\n"))
                #expect(try stage.compose("exec", "-T", "box", "tr", "a-z", "A-Z", input: "piped").output == "PIPED")
                #expect(try stage.does("exec", "box", "hostname").output == "thebox\n")
                #expect(try stage.does("exec", "box", "pwd").output == "/tmp\n")
            }
        }

        @Test func `exec carries much in both directions unchanged`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                let much = String(repeating: "0123456789abcde\n", count: 1 << 16)
                let echoed = try stage.compose("exec", "-T", "box", "cat", input: much)
                #expect(echoed.code == 0)
                #expect(echoed.output == much)
            }
        }

        @Test func `exec takes a user, a folder and variables`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                let flags = ["exec", "-u", "www-data", "-w", "/etc", "-e", "COLOUR=blue", "box"]
                let command = ["sh", "-c", "id -un; id -gn; pwd; echo $COLOUR"]
                let outcome = try stage.program("docker-compose", flags + command, [:]).run()
                #expect(outcome.output == "www-data\nwww-data\n/etc\nblue\n", "\(outcome)")
                #expect(try stage.does("exec", "--index", "2", "pair", "true").code == 0)
                #expect(try stage.compose("exec", "--index", "3", "pair", "true").code == 1)
            }
        }

        @Test func `exec tells a command that is not there from one that cannot run`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                let missing = try stage.compose("exec", "-T", "box", "no-such-command")
                #expect(missing.code == 127, "\(missing)")
                let folder = try stage.compose("exec", "-T", "box", "/etc")
                #expect(folder.code == 126, "\(folder)")
                let service = try stage.compose("exec", "-T", "nobody", "true")
                #expect(service.code == 1, "\(service)")
                try stage.does("stop", "box")
                let stopped = try stage.compose("exec", "-T", "box", "true")
                #expect(stopped.code == 1 && stopped.errors.contains("is not running"), "\(stopped)")
            }
        }

        @Test func `exec gives a terminal where there is one`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                let shell = try stage.onTerminal("exec box sh -c \"tty; echo \\$TERM; stty size\"")
                #expect(shell.output.contains("/dev/pts/0"), "\(shell)")
                #expect(shell.output.contains("xterm"))
                let typed = try stage.onTerminal("exec box sh", input: "echo typed $((6 * 7))\nexit 5\n")
                #expect(typed.code == 5, "\(typed)")
                #expect(typed.output.contains("typed 42"))
                #expect(try stage.onTerminal("exec -T box tty").output.contains("not a tty"))
            }
        }

        @Test func `a detached exec does not wait`() throws {
            try onStage("shell") { stage in
                try stage.does("up", "-d")
                try stage.does("exec", "-d", "box", "sh", "-c", "sleep 0.1; touch /tmp/later; sleep 1000")
                #expect(try eventually { try stage.compose("exec", "-T", "box", "test", "-e", "/tmp/later").code == 0 })
            }
        }

        @Test func `run is a container of its own that passes its code on`() throws {
            try onStage("shell") { stage in
                let said = try stage.compose("run", "--rm", "-T", "tool")
                #expect((said.code, said.output) == (0, "default\n"), "\(said)")
                let other = try stage.compose("run", "--rm", "-T", "-e", "COLOUR=blue", "tool", "echo $COLOUR; exit 6")
                #expect((other.code, other.output) == (6, "blue\n"), "\(other)")
                let entry = try stage.compose("run", "--rm", "-T", "--entrypoint", "cat", "tool", "-", input: "fed")
                #expect(entry.output == "fed", "\(entry)")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                #expect(try stage.compose("run", "-T", "tool").code == 0)
                #expect(try stage.docker("ps", "--all", "--format", "{{.Names}}").text.hasPrefix("shell-tool-run-"))
            }
        }

        @Test func `run takes volumes, ports, a user and a folder`() throws {
            try onStage("shell") { stage in
                try stage.write("from the host\n", to: "note")
                let flags = [
                    "run", "--rm", "-T", "-v", "\(stage.folder)/note:/note:ro", "-u", "1000:1000", "-w", "/usr",
                ]
                let run = try stage.program("docker-compose", flags + ["tool", "cat /note; id -u; pwd"], [:]).run()
                #expect(run.output == "from the host\n1000\n/usr\n", "\(run)")
                let server = try stage.start(
                    "run",
                    "--rm",
                    "-T",
                    "-p",
                    "127.0.0.1:18181:80",
                    "tool",
                    "echo up > /tmp/index.html; httpd -f -h /tmp"
                )
                #expect(try eventually { try stage.fetch("http://127.0.0.1:18181/") == "up\n" })
                server.send(SIGTERM)
                _ = server.finish(within: 15)
            }
        }

        @Test func `the exit code says how it ended`() throws {
            try onStage { stage in
                let runs: [(arguments: [String], code: Int32)] = [
                    (["busybox", "sh", "-c", "exit 42"], 42),
                    (["--init", "busybox", "sh", "-c", "kill -9 $$"], 137),
                    (["busybox", "no-such-command"], 127),
                    (["busybox", "/etc"], 126),
                    (["--no-such-flag", "busybox"], 125),
                    (["no-such-image-anywhere.invalid/x"], 125),
                ]
                for run in runs {
                    let outcome = try stage.program("docker", ["run", "--rm"] + run.arguments, [:]).run()
                    #expect(outcome.code == run.code, "\(outcome)")
                }
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
            }
        }

        @Test func `a container is confined`() throws {
            try onStage { stage in
                let script = """
                    grep CapEff /proc/self/status
                    mount -t tmpfs none /mnt 2>/dev/null || echo no mount
                    echo x > /proc/sys/kernel/hostname 2>/dev/null || echo no sysctl
                    cat /proc/kcore 2>/dev/null | head -c 1 | wc -c
                    grep Seccomp: /proc/self/status
                    ps | grep -c sleep
                    ls /dev | sort | tr '\\n' ' '
                    """
                let run = try stage.docker("run", "--rm", "busybox", "sh", "-c", script)
                #expect(run.lines.first == "CapEff:\t00000000a80425fb", "\(run)")
                #expect(run.output.contains("no mount\n"))
                #expect(run.output.contains("no sysctl\n0\nSeccomp:\t2\n"))
                #expect(
                    run.output.contains(
                        "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"
                    )
                )
            }
        }

        @Test func `limits hold`() throws {
            try onStage { stage in
                let memory = try stage.docker(
                    "run",
                    "--rm",
                    "-m",
                    "16m",
                    "busybox",
                    "sh",
                    "-c",
                    "head -c 64m /dev/zero | tail | wc -c"
                )
                #expect(memory.code != 0 || !memory.output.contains("67108864"), "\(memory)")
                let count = "i=0; while [ $i -lt 40 ]; do sleep 1 & i=$((i+1)); done"
                let processes = try stage.docker("run", "--rm", "--pids-limit", "10", "busybox", "sh", "-c", count)
                #expect(processes.errors.contains("can't fork"), "\(processes)")
                let files = try stage.docker(
                    "run",
                    "--rm",
                    "--ulimit",
                    "nofile=64:64",
                    "busybox",
                    "sh",
                    "-c",
                    "ulimit -n"
                )
                #expect(files.output == "64\n")
            }
        }

        @Test func `init passes signals on and collects what others leave`() throws {
            try onStage { stage in
                try stage.write(
                    """
                    services:
                      box: {image: busybox, init: true, command: sh -c 'echo up; (sleep 0.1 &) ; exec sleep 1000'}
                    """,
                    to: "compose.yaml"
                )
                try stage.does("up", "-d")
                #expect(try stage.does("exec", "box", "cat", "/proc/1/comm").text != "sleep")
                #expect(try eventually { try stage.does("exec", "box", "ps").lines.allSatisfy { !$0.contains(" Z ") } })
                let before = now()
                try stage.does("stop")
                #expect(now() - before < 5)
                #expect(try stage.does("ps", "--all").output.contains("Exited (143)"))
            }
        }

        @Test func `a deaf process is killed when its grace is over`() throws {
            try onStage { stage in
                try stage.write(
                    """
                    services:
                      deaf:
                        image: busybox
                        command: sh -c 'trap "" TERM; while :; do sleep 0.05; done'
                        stop_grace_period: 1s
                    """,
                    to: "compose.yaml"
                )
                try stage.does("up", "-d")
                let before = now()
                try stage.does("stop")
                #expect((0.9..<4).contains(now() - before))
                #expect(try stage.does("ps", "--all").output.contains("Exited (137)"))
            }
        }

        @Test func `a read-only root can be written in its tmpfs alone`() throws {
            try onStage { stage in
                let flags = ["run", "--rm", "--read-only", "--tmpfs", "/scratch:size=1m", "busybox", "sh", "-c"]
                let script =
                    "touch /x 2>/dev/null || echo no; touch /scratch/x && echo yes; df -m /scratch | tail -1 | awk '{print $2}'"
                let run = try stage.program("docker", flags + [script], [:]).run()
                #expect(run.output == "no\nyes\n1\n", "\(run)")
            }
        }
    }
}
