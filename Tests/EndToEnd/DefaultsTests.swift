import Testing

extension EndToEnd {
    /// What a container has and may do when nothing is said of it, as Docker has it.
    @Suite struct Defaults {
        private static let hidden = [
            "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
            "/sys/firmware", "/sys/devices/system/cpu/cpu*/thermal_throttle",
        ]
        private static let protected = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

        @Test func `what Docker hides of the kernel is empty, and what it protects cannot be written`() throws {
            try onStage { stage in
                let script = """
                    for path in \(Self.hidden.joined(separator: " ")); do
                        [ ! -e $path ] || [ $({ ls -A $path/; head -c 1 $path; } 2> /dev/null | wc -c) = 0 ] || echo "full: $path"
                    done
                    for path in \(Self.protected.joined(separator: " ")); do
                        grep -q " $path proc ro," /proc/mounts || [ ! -e $path ] || echo "open: $path"
                    done
                    """
                #expect(try stage.docker("run", "--rm", "busybox", "sh", "-c", script).output == "")
                let privileged = try stage.docker("run", "--rm", "--privileged", "busybox", "sh", "-c", script)
                for path in ["full: /proc/interrupts", "open: /proc/sys"] {
                    #expect(privileged.lines.contains { $0 == path }, "\(privileged)")
                }
            }
        }

        private static let mounts = """
            devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666
            mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime
            proc /proc proc rw,nosuid,nodev,noexec,relatime
            sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime
            tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755
            tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k

            """

        @Test func `the file systems of a container are Docker's, with their flags`() throws {
            try onStage { stage in
                let places = "/proc|/dev|/dev/pts|/sys|/dev/mqueue|/dev/shm"
                let script = "grep -E ' (\(places)) ' /proc/mounts | sed 's/ 0 0$//; s/,inode64//' | sort"
                let run = try stage.docker("run", "--rm", "busybox", "sh", "-c", script)
                #expect(run.output == Self.mounts, "\(run)")
            }
        }

        @Test func `the environment is made of what is known, and of nothing of the caller's`() throws {
            try onStage { stage in
                let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                let words = ["run", "--rm", "--hostname", "box"]
                let mine = try stage.program("docker", words + ["busybox", "env"], ["SECRET": "mine"]).run()
                #expect(mine.output == "\(path)\nHOSTNAME=box\nHOME=/root\n")
                let told = ["-e", "PATH=/bin", "-e", "SECRET", "-e", "ABSENT", "-e", "HOME="]
                let given = try stage.program("docker", words + told + ["busybox", "env"], ["SECRET": "mine"]).run()
                #expect(given.output == "PATH=/bin\nHOSTNAME=box\nSECRET=mine\nHOME=\n")
                let user = try stage.docker(words + ["--user", "33", "busybox", "sh", "-c", "echo $HOME; id"])
                #expect(user.output == "/var/www\nuid=33(www-data) gid=33(www-data) groups=100(users)\n")
            }
        }

        @Test(arguments: [
            (["--cap-add", "net_admin", "--cap-drop", "CAP_CHOWN"], "a80435fa", "a80435fa"),
            (["--cap-drop", "ALL", "--cap-add", "KILL"], "00000020", "00000020"),
            (["--cap-drop", "all"], "00000000", "00000000"),
            (["--user", "33"], "00000000", "a80425fb"),
        ]) func `capabilities are added to and taken from the usual ones`(flags: [String], own: String, most: String)
            throws
        {
            try onStage { stage in
                let script = "grep -E 'Cap(Eff|Bnd)' /proc/self/status | cut -f 2 | tail -c 27"
                let run = try stage.docker(["run", "--rm"] + flags + ["busybox", "sh", "-c", script])
                #expect(run.lines.map { $0.suffix(8) } == [own[...], most[...]], "\(run)")
            }
        }

        @Test(arguments: [
            ("SYS_ADMIN", ["unshare", "-m", "true"]), ("SYS_ADMIN", ["mount", "-t", "tmpfs", "none", "/tmp"]),
            ("SYSLOG", ["dmesg", "-r"]),
        ]) func `calls that belong to a capability are for whoever has it`(capability: String, command: [String]) throws
        {
            try onStage { stage in
                // Where AppArmor confines, it forbids mounts to whoever has the capability.
                let words = ["run", "--rm", "--security-opt", "apparmor=unconfined"]
                let without = try stage.docker(words + ["busybox"] + command)
                #expect(without.code == 1 && without.errors.contains("ermi"), "\(without)")
                let with = try stage.docker(words + ["--cap-add", capability, "busybox"] + command)
                #expect(with.code == 0, "\(with)")
            }
        }
    }
}
