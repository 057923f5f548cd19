import Testing

extension EndToEnd {
    /// What a container may use and do, as the kernel tells it from inside.
    @Suite struct Bounds {
        @Test func `a file's bounds are what the kernel holds the container to`() throws {
            try onStage("bounds") { stage in
                try stage.does("up", "-d")
                let status = try stage.does("exec", "all", "cat", "/proc/self/status").output
                for line in ["CapBnd:\t0000000000001001\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n"] {
                    #expect(status.contains(line), "\(line) in \(status)")
                }
                let script = """
                    cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/1/oom_score_adj
                    for process in 1 self; do grep 'open files' /proc/$process/limits | tr -s ' ' | cut -d ' ' -f 4,5; done
                    grep -c 'size=2048k' /proc/mounts; hostname; id -G
                    grep ' / overlay' /proc/mounts | cut -d ' ' -f 4 | cut -d , -f 1
                    """
                #expect(
                    try stage.does("exec", "all", "sh", "-c", script).output
                        == "1\n65536\n300\n100 200\n100 200\n1\nbounded\n0 50 51\nro\n"
                )
            }
        }

        @Test func `a file's limits are in the control group, which is where it says`() throws {
            try onStage("bounds") { stage in
                try stage.does("up", "-d", "all")
                defer { #expect(Self.parents().isEmpty, "the group above goes with the last one in it") }
                let limits = try stage.does("exec", "all", "sh", "-c", Self.limits).output
                #expect(limits == "67108864\n16777216\n67108864\n50000 100000\n0\n50\n1048576\n2097152\n200\n100\n")
                let id = try stage.does("ps", "--quiet", "all").text.prefix(12)
                let pid = try stage.docker("inspect", "--format", "{{.State.Pid}}", String(id)).text
                #expect(text(of: "/proc/\(pid)/cgroup").contains("/tutti-bounds/tutti-\(id)\n"))
                let facts = try stage.docker("inspect", String(id)).output
                #expect(!Self.parents().isEmpty)
                for fact in ["\"owner\": \"team\"", "\"CgroupParent\": \"tutti-bounds\"", "\"PidsLimit\": 50"] {
                    #expect(facts.contains(fact), "\(fact) in \(facts)")
                }
                try stage.does("down", "--timeout", "0")
            }
        }

        /// The groups that the file names for its container to be in.
        private static func parents() -> [String] {
            ["/sys/fs/cgroup", "/sys/fs/cgroup/pids"].map { "\($0)/tutti-bounds" }.filter { !entries(of: $0).isEmpty }
        }

        /// The same numbers from either version of control groups.
        private static let limits = """
            cd /sys/fs/cgroup; if [ -e cgroup.controllers ]; then
                cat memory.max memory.low memory.swap.max cpu.max cpuset.cpus pids.max
                for rate in rbps wbps riops wiops; do grep -o "$rate=[0-9]*" io.max | cut -d = -f 2; done
            else
                cat memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes
                echo $(($(cat memory/memory.memsw.limit_in_bytes) - $(cat memory/memory.limit_in_bytes)))
                echo $(cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us); cat cpuset/cpuset.cpus pids/pids.max
                for rate in read_bps write_bps read_iops write_iops; do
                    cut -d ' ' -f 2 blkio/blkio.throttle.${rate}_device
                done
            fi
            """

        @Test func `a profile of one's own decides, row by row`() throws {
            try onStage("bounds") { stage in
                try stage.does("up", "-d", "all")
                let script = """
                    cd /dev; mkdir a; touch b; chmod 700 b && echo chmod; ln b c; ln -s b d && echo symlink
                    kill -USR1 $$; kill -0 $$ && echo alive
                    """
                let outcome = try stage.compose("exec", "-T", "all", "sh", "-c", script)
                #expect(outcome.output == "chmod\nsymlink\nalive\n", "\(outcome)")
                for complaint in ["'a': Operation not supported", "c: Input/output error", "No such process"] {
                    #expect(outcome.errors.contains(complaint), "\(complaint) in \(outcome)")
                }
                // The profile came into the container with its creation, and with its text.
                _ = try stage.machine("rm", "profile.json")
                try stage.does("restart", "--timeout", "0", "all")
                let id = try stage.does("ps", "--quiet", "all").text
                let options = try stage.docker("inspect", "--format", "{{json .HostConfig.SecurityOpt}}", id).text
                #expect(options.contains("SCMP_ACT_ERRNO"), "\(options)")
            }
        }

        @Test func `devices are there by the names and permissions that they were given`() throws {
            try onStage("bounds") { stage in
                try stage.does("up", "-d", "all")
                let script = """
                    dd if=/dev/disk count=0 2> /dev/null && echo read; echo x > /dev/disk
                    echo x > /dev/nought && head -c 3 /dev/nought | wc -c
                    """
                let outcome = try stage.compose("exec", "-T", "all", "sh", "-c", script)
                #expect(outcome.output == "read\n3\n", "\(outcome)")
                #expect(outcome.errors.contains("/dev/disk: Operation not permitted"), "\(outcome)")
            }
        }

        @Test func `services share their processes and their memory`() throws {
            try onStage("bounds") { stage in
                try stage.does("up", "-d")
                try stage.does("exec", "all", "sh", "-c", "echo word > /dev/shm/word")
                let script = "cat /dev/shm/word; ps | grep -c 'sleep 1000'; df -k /dev/shm | tail -n 1 | tr -s ' '"
                let seen = try stage.does("exec", "peer", "sh", "-c", script).output
                #expect(seen.hasPrefix("word\n") && seen.contains(" 2048 "), "\(seen)")
                let processes = try stage.does("exec", "peer", "ps").output
                #expect(processes.contains("    1 root     /sbin/docker-init -- sleep 1000"), "\(processes)")
            }
        }
    }
}
