import Glibc
import Testing

extension EndToEnd {
    /// How binds take part in what is mounted around them.
    @Suite struct Propagation {
        @Test func `mounts spread only where the bind says so`() throws {
            try onStage { stage in
                try stage.withSharedMount { (folder: String) throws in
                    for mode in ["rprivate", "rslave", "rshared"] {
                        let run = [
                            "run", "-d", "--init", "--name", mode, "--cap-add", "SYS_ADMIN", "-v",
                            "\(folder):/data:\(mode)", "busybox", "sleep", "1000",
                        ]
                        #expect(try stage.docker(run).code == 0)
                    }
                    #expect(mount("tmpfs", "\(folder)/outside", "tmpfs", 0, nil) == 0)
                    defer { umount2("\(folder)/outside", Int32(MNT_DETACH)) }
                    let count = ["grep", "-c", " /data/outside ", "/proc/mounts"]
                    #expect(try stage.docker(["exec", "rprivate"] + count).output == "0\n")
                    #expect(try stage.docker(["exec", "rslave"] + count).output == "1\n")
                    #expect(try stage.docker(["exec", "rshared"] + count).output == "1\n")
                    for (mode, isSeen) in [("rslave", false), ("rshared", true)] {
                        let inner = ["mount", "-t", "tmpfs", mode, "/data/inside"]
                        #expect(try stage.docker(["exec", mode] + inner).code == 0)
                        let line = "\(mode) \(folder)/inside tmpfs"
                        #expect(text(of: "/proc/mounts").contains(line) == isSeen, "\(mode)")
                    }
                    umount2("\(folder)/inside", Int32(MNT_DETACH))
                }
            }
        }

        @Test func `a bind that cannot spread is refused`() throws {
            try onStage { stage in
                try stage.withMount(shared: false) { (folder: String) throws in
                    let run = ["run", "--rm", "-v", "\(folder):/data:rshared", "busybox", "true"]
                    let outcome = try stage.docker(run)
                    #expect(outcome.code == 125, "\(outcome)")
                    #expect(
                        outcome.errors.contains("is mounted on \(folder) but it is not a shared mount"),
                        "\(outcome)"
                    )
                }
            }
        }

        @Test(arguments: [("enabled", "ro ro"), ("writable", "ro rw"), ("readonly", "ro ro"), ("disabled", "ro ")])
        func `what lies below a read-only bind is read-only as well, unless said otherwise`(
            recursion: String,
            expected: String
        ) throws {
            try onStage { stage in
                try stage.withSharedMount { (folder: String) throws in
                    #expect(mount("tmpfs", "\(folder)/outside", "tmpfs", 0, nil) == 0)
                    defer { umount2("\(folder)/outside", Int32(MNT_DETACH)) }
                    let propagation = recursion == "readonly" ? ",bind-propagation=rprivate" : ""
                    let bind =
                        "type=bind,source=\(folder),target=/data,readonly,bind-recursive=\(recursion)\(propagation)"
                    let script = """
                        mode() { grep " $1 " /proc/mounts | cut -d ' ' -f 4 | cut -d , -f 1; }
                        echo "$(mode /data) $(mode /data/outside)"
                        """
                    let run = ["run", "--rm", "--mount", bind, "busybox", "sh", "-c", script]
                    #expect(try stage.docker(run).output == "\(expected)\n")
                }
            }
        }
    }
}

extension Stage {
    fileprivate func withSharedMount(_ body: (String) throws -> Void) throws { try withMount(shared: true, body) }

    /// A mount of the test's own, with two folders in it.
    fileprivate func withMount(shared: Bool, _ body: (String) throws -> Void) throws {
        let point = "\(folder)/mount"
        mkdir(point, 0o755)
        guard mount("tmpfs", point, "tmpfs", 0, nil) == 0 else { throw StageError("mount: errno \(errno)") }
        defer { umount2(point, Int32(MNT_DETACH)) }
        let propagation = shared ? UInt(MS_SHARED) : UInt(MS_PRIVATE)
        guard mount("", point, nil, propagation, nil) == 0 else { throw StageError("mount: errno \(errno)") }
        for name in ["outside", "inside"] { mkdir("\(point)/\(name)", 0o755) }
        try body(point)
    }
}
