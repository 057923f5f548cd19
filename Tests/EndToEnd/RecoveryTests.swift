import Glibc
import Testing

extension EndToEnd {
    @Suite struct Recovery {
        @Test func `a command killed at any moment leaves what the next one can use`() throws {
            try onStage("fragile") { stage in
                // Known moments, spread over what a command takes, so that a failure can be repeated.
                for step in 0..<24 {
                    let arguments = [["up", "-d", "--build"], ["down"], ["up", "-d", "--force-recreate"]][step % 3]
                    try stage.kill(after: UInt32(1 + step * step * 700), arguments)
                    if step % 4 == 3 {
                        try stage.does("up", "-d")
                        #expect(
                            try stage.does("ps", "--services").lines.sorted() == ["back", "front", "middle"],
                            "step \(step)"
                        )
                    }
                    if step % 8 == 7 { try stage.does("down", "--volumes", "--timeout", "0") }
                }
                try stage.does("up", "-d")
                #expect(try stage.does("exec", "-T", "front", "cat", "/file3").output == "3\n")
            }
        }

        @Test func `a monitor killed takes its container along, and up puts it right`() throws {
            try onStage("fragile") { stage in
                try stage.does("up", "-d")
                let id = try stage.id(of: "middle")
                let monitors = Traces.processes(of: stage.root).filter { pid in
                    text(of: "/proc/\(pid)/cmdline").contains(id)
                }
                #expect(monitors.count == 1)
                for pid in monitors { kill(pid, SIGKILL) }
                #expect(try eventually { try stage.does("ps", "--services").lines.sorted() == ["back", "front"] })
                try stage.does("up", "-d")
                #expect(try stage.does("ps", "--services").lines.sorted() == ["back", "front", "middle"])
                #expect(
                    try stage.does("exec", "-T", "front", "ping", "-c", "1", "-W", "2", "middle").output.contains(
                        "1 packets received"
                    )
                )
            }
        }

        @Test func `all monitors killed, down leaves nothing`() throws {
            try onStage("fragile") { stage in
                try stage.does("up", "-d")
                for pid in Traces.processes(of: stage.root) { kill(pid, SIGKILL) }
                #expect(try eventually { try stage.does("ps", "--quiet").output == "" })
                try stage.does("down", "--volumes")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
            }
        }

        @Test func `two at once do what one does`() throws {
            try onStage("fragile") { stage in
                let (first, second) = (try stage.start("up", "-d"), try stage.start("up", "-d"))
                let outcomes = [first.finish(), second.finish()]
                #expect(outcomes.map(\.code) == [0, 0], "\(outcomes)")
                #expect(try stage.does("ps", "--services").lines.sorted() == ["back", "front", "middle"])
                #expect(try stage.does("ps", "--all", "--quiet").lines.count == 3)
            }
        }

        @Test func `a full disk is an error that says so`() throws {
            try onStage { stage in
                let small = stage.folder + "/small"
                mkdir(small, 0o755)
                #expect(try stage.machine("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small).code == 0)
                defer { umount2(small, Int32(MNT_DETACH)) }
                let archive = stage.folder + "/big.tar"
                #expect(
                    try stage.machine("sh", "-c", "head -c 4m /dev/urandom > big && tar -cf \(archive) big").code == 0
                )
                let full = try stage.docker("image", "import", archive, "big", in: ["TUTTI_ROOT": small])
                #expect(full.code == 1, "\(full)")
                #expect(full.errors.contains("No space left on device"), "\(full)")
            }
        }
    }
}

extension Stage {
    /// Starts a command, and kills it and all that it started in its group after so many microseconds.
    fileprivate func kill(after microseconds: UInt32, _ arguments: [String]) throws {
        let child = try program("docker-compose", arguments, [:]).start()
        usleep(microseconds)
        child.send(SIGKILL)
        _ = child.finish(within: 30)
    }
}
