import Glibc
import Testing

extension EndToEnd.Volumes {
    /// What is in volumes when their containers start, and how long it stays.
    @Suite struct Contents {
        @Test func `a part of a volume is filled like a whole one, with owners and modes, unless said otherwise`()
            throws
        {
            try onStage { stage in
                let sow = "mkdir /seed; cd /seed; echo sown > f; chmod 640 f; chown -R 33:34 .; chmod 2750 ."
                try stage.docker("run", "--name", "sower", "busybox", "sh", "-c", sow)
                #expect(try stage.docker("commit", "sower", "seeded").code == 0)
                try stage.docker("run", "--rm", "-v", "parts:/v", "busybox", "mkdir", "-p", "/v/one/two", "/v/three")
                func look(_ flag: String, _ mount: String) throws -> String {
                    let script = "stat -c '%u:%g %a' /seed /seed/* 2> /dev/null; cat /seed/*  2> /dev/null"
                    return try stage.docker("run", "--rm", flag, mount, "seeded", "sh", "-c", script).output
                }
                let (filled, bare) = ("33:34 2750\n33:34 640\nsown\n", "0:0 755\n")
                let part = "type=volume,src=parts,dst=/seed,volume-subpath="
                #expect(try look("--mount", "\(part)one/two") == filled)
                #expect(try look("--mount", "\(part)three,volume-nocopy") == bare)
                #expect(try look("-v", "fresh:/seed:nocopy") == bare)
                #expect(try look("-v", "fresh:/seed") == filled)
                // What is filled stays as its users leave it.
                let reap = "echo reaped > /v/f; chmod 700 /v"
                try stage.docker("run", "--rm", "-v", "fresh:/v", "busybox", "sh", "-c", reap)
                #expect(try look("-v", "fresh:/seed") == "33:34 700\n33:34 640\nreaped\n")
            }
        }

        @Test func `an anonymous volume that others have taken outlives --rm, and goes with its last user`() throws {
            try onStage { stage in
                func run(_ name: String, _ flags: String...) throws {
                    let words = ["run", "-d", "--init", "--name", name] + flags + ["busybox", "sleep", "1000"]
                    #expect(try stage.docker(words).code == 0)
                }
                func volumes() throws -> Int { try stage.docker("volume", "ls", "-q").lines.count }
                try run("one", "--rm", "-v", "/data")
                try run("two", "--rm", "--volumes-from", "one")
                try stage.docker("exec", "one", "sh", "-c", "echo kept > /data/file")
                try stage.docker("stop", "-t", "0", "one")
                #expect(try stage.docker("exec", "two", "cat", "/data/file").output == "kept\n")
                #expect(try stage.docker("create", "--name", "three", "--volumes-from", "two", "busybox").code == 0)
                try stage.docker("stop", "-t", "0", "two")
                #expect(try volumes() == 1)
                try run("four", "--rm", "--volumes-from", "three")
                #expect(try stage.docker("rm", "-v", "three").code == 0)
                #expect(try stage.docker("exec", "four", "cat", "/data/file").output == "kept\n")
                try stage.docker("stop", "-t", "0", "four")
                #expect(try volumes() == 0)
            }
        }

        @Test func `a volume of another file system is that file system, with its options`() throws {
            try onStage { stage in
                try stage.shell("truncate -s 8m disk && /usr/sbin/mkfs.ext4 -q -O ^has_journal disk")
                let device = try stage.shell("losetup --find --show disk")
                defer { _ = try? stage.shell("losetup --detach \(device)") }
                let options = ["type=ext4", "device=\(device)", "o=noatime,nosuid"].flatMap { ["--opt", $0] }
                #expect(try stage.docker(["volume", "create"] + options + ["disk"]).code == 0)
                let script = "grep -o ' /v ext4 rw,nosuid,noatime' /proc/mounts; echo kept > /v/file; ls /v"
                let words = ["run", "--rm", "-v", "disk:/v", "busybox"]
                #expect(
                    try stage.docker(words + ["sh", "-c", script]).output
                        == " /v ext4 rw,nosuid,noatime\nfile\nlost+found\n"
                )
                #expect(eventually { Traces.mounts(below: stage.root).isEmpty })
                #expect(try stage.docker(words + ["cat", "/v/file"]).output == "kept\n")
                #expect(eventually { Traces.mounts(below: stage.root).isEmpty })
                #expect(try stage.docker("volume", "rm", "disk").code == 0)
                #expect(try stage.shell("blkid -o value -s TYPE \(device)") == "ext4")
            }
        }
    }
}
