import Containers
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct ConfinementTests {
    @Test func `gives root fourteen capabilities and a filter`() throws {
        try withBusybox { box in
            let status = try box.run(["grep", "-E", "^(Cap|Seccomp:|NoNewPrivs)", "/proc/self/status"]).output
            #expect(
                status == """
                    CapInh:\t0000000000000000
                    CapPrm:\t00000000a80425fb
                    CapEff:\t00000000a80425fb
                    CapBnd:\t00000000a80425fb
                    CapAmb:\t0000000000000000
                    NoNewPrivs:\t0
                    Seccomp:\t2

                    """
            )
        }
    }

    @Test func `gives another user none, and its own groups`() throws {
        try withBusybox { box in
            let result = try box.run(["sh", "-c", "id; echo $HOME; grep CapEff /proc/self/status"]) {
                $0.process.user = "web"
            }
            #expect(
                result.output == """
                    uid=33(web) gid=34(web) groups=50(extra)
                    /srv
                    CapEff:\t0000000000000000

                    """
            )
        }
    }

    @Test(arguments: ["nobody-here", "4294967296", "-1", "0x0", "33:nothing"])
    func `refuses a user that there is not`(user: String) throws {
        try withBusybox { box in
            #expect(throws: ContainerError.self) { try box.run(["true"]) { $0.process.user = user } }
        }
    }

    @Test func `hides and protects the kernel's files`() throws {
        try withBusybox { box in
            let script = """
                cat /proc/interrupts | busybox wc -c; echo x > /proc/sys/kernel/hostname; \
                ls /sys/firmware; echo x > /sys/kernel/uevent_seqnum
                """
            let output = try box.run(["sh", "-c", script]).output
            #expect(output.hasPrefix("0\n"))
            #expect(output.contains("can't create /proc/sys/kernel/hostname: Read-only file system"))
            #expect(output.contains("can't create /sys/kernel/uevent_seqnum: Read-only file system"))
        }
    }

    @Test func `sees its own processes, hostname and group only`() throws {
        try withBusybox { box in
            let output = try box.run(["sh", "-c", "echo $$; hostname; cat /proc/self/cgroup"]) {
                $0.hostname = "inside"
            }
            .output
            #expect(output.hasPrefix("1\ninside\n"))
            #expect(output.contains(":memory:/\n") || output.contains("0::/\n"))
        }
    }

    @Test func `limits processes and memory`() throws {
        try withBusybox { box in
            let forks = try box.run(["sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; true"]) {
                $0.resources.pids = 4
            }
            #expect(forks.output.contains("can't fork"))
            let hog = try box.run(["sh", "-c", "busybox tail /dev/zero"]) { $0.resources.memory = 16 << 20 }
            #expect(hog.code == 137)
        }
    }

    @Test func `keeps a read-only root read-only but for its mounts`() throws {
        try withBusybox { box in
            let output = try box.run(["sh", "-c", "echo a > /tmp/a && cat /tmp/a; echo b > /b"]) {
                $0.security.isRootReadOnly = true
                $0.mounts = [Mount(.tmpfs(options: ["size=1m"]), target: "/tmp")]
            }.output
            #expect(output.hasPrefix("a\n"))
            #expect(output.contains("can't create /b: Read-only file system"))
        }
    }

    @Test func `is not led out of its tree by links in the image`() throws {
        try withBusybox { box in
            try withTemporaryFolder { outside in
                let canary = outside.appending("canary")
                try Folder.make(canary)
                #expect(try NameLink.claim(box.layer.appending("dev"), for: canary.string))
                #expect(try NameLink.claim(box.layer.appending("proc"), for: canary.string))
                let output = try box.run(["sh", "-c", "ls -d /proc/1 /dev/null"]) {
                    $0.mounts = [Mount(.tmpfs(options: []), target: "/dev/../proc/../mnt")]
                }.output
                #expect(output == "/dev/null\n/proc/1\n")
                #expect(try Folder.names(in: canary).isEmpty)
            }
        }
    }

    @Test func `shows contents that came from no file, with their owner`() throws {
        try withBusybox { box in
            let output = try box.run(["sh", "-c", "busybox stat -c '%u %g %a' /run/secrets/key; cat /run/secrets/key"])
            {
                $0.mounts = [
                    Mount(
                        .contents(bytes: Array("secret\n".utf8), uid: 33, gid: 34, mode: 0o440),
                        target: "/run/secrets/key"
                    )
                ]
            }.output
            #expect(output == "33 34 440\nsecret\n")
            let other = try box.run(["cat", "/run/secrets/key"]) {
                $0.process.user = "web"
                $0.mounts = [
                    Mount(
                        .contents(bytes: Array("secret\n".utf8), uid: 33, gid: 34, mode: 0o440),
                        target: "/run/secrets/key"
                    )
                ]
            }
            #expect(other.output == "secret\n")
        }
    }
}
