import Testing

extension EndToEnd {
    /// The flags of `run` that bound a container.
    @Suite struct BoundFlags {
        @Test func `namespaces are private unless said otherwise`() throws {
            try onStage { stage in
                let host = ["pid", "ipc", "uts", "net", "cgroup"].map { link(of: "/proc/self/ns/\($0)") }
                for flags in [[], ["--ipc", "private", "--cgroupns", "private"]] {
                    let own = try stage.namespaces(flags)
                    #expect(own.count == 5 && Set(own).isDisjoint(with: host), "\(own)")
                }
                let all = ["pid", "ipc", "uts", "network", "cgroupns"].flatMap { ["--\($0)", "host"] }
                #expect(try stage.namespaces(all) == host)
                let name = try stage.docker("run", "--rm", "--network", "host", "busybox", "hostname").output
                #expect(name == text(of: "/proc/sys/kernel/hostname"))
            }
        }

        @Test func `shared memory is there as the mode of its namespace says`() throws {
            try onStage { stage in
                let none = ["run", "--rm", "--ipc", "none", "busybox", "grep", "-c", "/dev/shm", "/proc/mounts"]
                #expect(try stage.docker(none).output == "0\n")
                for (name, mode) in [("open", "shareable"), ("closed", "private")] {
                    let run = ["run", "-d", "--init", "--name", name, "--ipc", mode, "busybox", "sleep", "1000"]
                    #expect(try stage.docker(run).code == 0)
                }
                _ = try stage.docker("exec", "open", "sh", "-c", "echo word > /dev/shm/word")
                let join = { (name: String) in
                    try stage.docker("run", "--rm", "--ipc", "container:\(name)", "busybox", "cat", "/dev/shm/word")
                }
                #expect(try join("open").output == "word\n")
                let refused = try join("closed")
                #expect(refused.code == 125 && refused.errors.contains("non-shareable IPC"), "\(refused)")
            }
        }

        @Test func `the kernel's files are hidden unless said otherwise`() throws {
            try onStage { stage in
                let count = "grep -c -E ' /proc/(timer_list|sys) ' /proc/mounts"
                #expect(try stage.docker("run", "--rm", "busybox", "sh", "-c", count).output == "2\n")
                let option = ["--security-opt", "systempaths=unconfined"]
                #expect(try stage.docker(["run", "--rm"] + option + ["busybox", "sh", "-c", count]).output == "0\n")
                let rights = "grep -E 'CapEff|Seccomp:' /proc/self/status; grep -c ' /sys sysfs rw' /proc/mounts"
                let all = try stage.docker("run", "--rm", "--privileged", "busybox", "sh", "-c", rights)
                let own = text(of: "/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff") } ?? ""
                #expect(all.output == "\(own)\nSeccomp:\t0\n1\n", "\(all)")
            }
        }

        @Test func `programs know a container by its marks, which are no changes of its own`() throws {
            try onStage { stage in
                let script = "ls -A / | grep docker; readlink /etc/mtab"
                let run = try stage.docker("run", "--name", "marked", "busybox", "sh", "-c", script)
                #expect(run.output == ".dockerenv\n/proc/mounts\n", "\(run)")
                #expect(try stage.docker("diff", "marked").output == "")
            }
        }

        @Test func `what a machine cannot give is told, and the container runs without`() throws {
            try onStage { stage in
                let flags = ["--ulimit", "nofile=1073741816:1073741816", "--oom-score-adj", "-900"]
                let script = "ulimit -n; cat /proc/self/oom_score_adj"
                let outcome = try stage.docker(["run", "--rm"] + flags + ["busybox", "sh", "-c", script])
                #expect(outcome.code == 0, "\(outcome)")
                guard try !stage.mayRaiseLimits() else {
                    #expect(outcome.output == "1073741816\n-900\n")
                    return
                }
                #expect(outcome.output.hasSuffix("\n0\n"), "\(outcome)")
                #expect(
                    outcome.errors.contains("WARNING: ulimit nofile: this machine allows no more than"),
                    "\(outcome)"
                )
                #expect(outcome.errors.contains("WARNING: oom_score_adj -900"), "\(outcome)")
                let named = try stage.docker("run", "--rm", "--cap-add", "SYS_RESOURCE", "busybox", "true")
                #expect(named.code == 125 && named.errors.contains("does not have it to give"), "\(named)")
            }
        }

        @Test func `weights of block devices are what their scheduler is told, where they have one`() throws {
            try onStage { stage in
                try stage.shell("truncate -s 1m disk")
                let device = try stage.shell("losetup --find --show disk")
                defer { _ = try? stage.shell("losetup --detach \(device)") }
                let scheduler = "/sys/block/\(device.dropFirst(5))/queue/scheduler"
                let flags = [
                    "run", "--rm", "--blkio-weight", "300", "--blkio-weight-device", "\(device):500", "busybox",
                ]
                let script = """
                    cd /sys/fs/cgroup; if [ -e cgroup.controllers ]; then sed 's/^default //' io.weight
                    else cat blkio/blkio.bfq.weight; grep -v default blkio/blkio.bfq.weight_device; fi | cut -d ' ' -f 2
                    """
                try stage.shell("echo none > \(scheduler)")
                defer { _ = try? stage.shell("echo none > \(scheduler)") }
                let refused = try stage.docker(flags + ["true"])
                let isUnified = entries(of: "/sys/fs/cgroup").contains("cgroup.controllers")
                #expect(
                    isUnified
                        || refused.code == 125 && refused.errors.contains("weight_device: Operation not supported")
                )
                try stage.shell("echo bfq > \(scheduler)")
                let told = try stage.docker(flags + ["sh", "-c", script])
                #expect(told.output == (isUnified ? "2930\n4950\n" : "300\n500\n"), "\(told)")
            }
        }

        @Test(arguments: Refusal.all) func `what cannot be had is refused in one line`(_ refusal: Refusal) throws {
            try onStage { stage in
                let outcome = try stage.docker(["run", "--rm"] + refusal.flags + ["busybox", "true"])
                #expect(outcome.code == 125 && outcome.errors.contains(refusal.words), "\(outcome)")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
            }
        }

        @Test func `a file for the identifier that is there is left as it is`() throws {
            try onStage { stage in
                try stage.write("mine\n", to: "id")
                let refused = try stage.docker("run", "--rm", "--cidfile", "\(stage.folder)/id", "busybox", "true")
                #expect(refused.code == 125 && refused.errors.contains("container ID file found"), "\(refused)")
                #expect(text(of: "\(stage.folder)/id") == "mine\n")
                let made = try stage.docker("create", "--cidfile", "\(stage.folder)/new", "busybox")
                #expect(text(of: "\(stage.folder)/new") == made.text)
            }
        }

        @Test func `a file that asks for what cannot be had makes nothing`() throws {
            try onStage { stage in
                for (attribute, words) in [
                    ("runtime: nvidia", "services.web.runtime: unknown or invalid runtime name: nvidia"),
                    ("gpus: all", "services.web.gpus: could not select device driver \"\" with capabilities: [[gpu]]"),
                    ("storage_opt: {size: 1g}", "services.web.storage_opt: size"),
                    ("isolation: hyperv", "services.web.isolation: is for Windows only"),
                    ("userns_mode: keep-id", "services.web.userns_mode: \"keep-id\" is no mode"),
                    ("pid: nowhere", "services.web.pid: \"nowhere\" is no mode"),
                ] {
                    try stage.write("services: {web: {image: busybox, \(attribute)}}\n", to: "compose.yaml")
                    let up = try stage.compose("up", "-d")
                    #expect(up.code == 1 && up.errors.contains(words), "\(up)")
                }
                #expect(try stage.docker("network", "ls", "--quiet", "--filter", "type=custom").output == "")
            }
        }
    }

    /// A wish that no container of ours can be given.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let flags: [String]
        let words: String

        var testDescription: String { flags.joined(separator: " ") }

        static let all = [
            Refusal(flags: ["--sysctl", "kernel.pid_max=1000"], words: "\"kernel.pid_max\" is not in a separate"),
            Refusal(flags: ["--sysctl", "net/../kernel/pid_max=1"], words: "invalid sysctl"),
            Refusal(
                flags: ["--network", "host", "--sysctl", "net.ipv4.ip_forward=1"],
                words: "not allowed in host network namespace"
            ),
            Refusal(
                flags: ["--ipc", "host", "--sysctl", "kernel.shmmax=1"],
                words: "not allowed in host ipc namespace"
            ),
            Refusal(flags: ["--security-opt", "what=ever"], words: "invalid --security-opt: \"what=ever\""),
            Refusal(flags: ["--security-opt", "label=type:x"], words: "SELinux labels are not supported"),
            Refusal(flags: ["--security-opt", "seccomp=/nowhere"], words: "opening seccomp profile (/nowhere) failed"),
            Refusal(flags: ["--stop-signal", "KNOCK"], words: "invalid signal: KNOCK"),
            Refusal(flags: ["--user", "nobody-here"], words: "unable to find user nobody-here"),
            Refusal(flags: ["--user", "0:nothing"], words: "unable to find group nothing: no matching"),
            Refusal(flags: ["--group-add", "nothing"], words: "unable to find group nothing"),
            Refusal(flags: ["--cap-add", "FLY"], words: "invalid capability: \"FLY\""),
            Refusal(flags: ["--ulimit", "nofile=2:1"], words: "ulimit soft limit must be less than or equal to hard"),
            Refusal(flags: ["--ulimit", "speed=1"], words: "invalid ulimit type: speed"),
            Refusal(flags: ["--memory", "1m"], words: "Minimum memory limit allowed is 6MB"),
            Refusal(flags: ["--memory-swap", "64m"], words: "You should always set the Memory limit"),
            Refusal(flags: ["--memory", "64m", "--memory-swap", "32m"], words: "larger than memory limit"),
            Refusal(
                flags: ["--cpus", "1", "--cpu-quota", "50000"],
                words: "Conflicting options: Nano CPUs and CPU Quota"
            ),
            Refusal(flags: ["--health-cmd", "x", "--no-healthcheck"], words: "--no-healthcheck conflicts with"),
            Refusal(flags: ["--health-interval", "10us"], words: "cannot be less than 1ms"),
            Refusal(flags: ["--health-timeout", "-1s"], words: "cannot be negative"),
            Refusal(flags: ["--health-retries", "-1"], words: "--health-retries cannot be negative"),
            Refusal(flags: ["--cpus", "-1"], words: "Range of CPUs is from 0.01 to"),
            Refusal(flags: ["--volume", "a/b:/c"], words: "includes invalid characters for a local volume name"),
            Refusal(flags: ["--mount", "type=bind,src=a,dst=/c"], words: "'a' mount path must be absolute"),
            Refusal(flags: ["--cpus", "4096"], words: "Range of CPUs is from 0.01 to"),
            Refusal(flags: ["--cpuset-cpus", "4095"], words: "Requested CPUs are not available"),
            Refusal(flags: ["--blkio-weight", "5"], words: "Range of blkio weight is from 10 to 1000"),
            Refusal(flags: ["--device-read-bps", "/dev/null:1mb"], words: "no block device at /dev/null"),
            Refusal(flags: ["--device", "/dev/nothing"], words: "no device at /dev/nothing"),
            Refusal(flags: ["--device", "vendor.com/class=name"], words: "CDI devices are not supported"),
            Refusal(flags: ["--device-cgroup-rule", "x"], words: "invalid device cgroup format 'x'"),
            Refusal(flags: ["--oom-score-adj", "2000"], words: "range for oom score adj is [-1000, 1000]"),
            Refusal(flags: ["--pid", "nowhere"], words: "--pid: invalid PID mode"),
            Refusal(flags: ["--userns", "keep-id"], words: "--userns: invalid USER mode"),
            Refusal(
                flags: ["--uts", "host", "--hostname", "x"],
                words: "conflicting options: hostname and the UTS mode"
            ),
            Refusal(flags: ["--cgroup-parent", "../out"], words: "invalid cgroup parent: \"../out\""),
            Refusal(flags: ["--gpus", "all"], words: "could not select device driver"),
            Refusal(flags: ["--runtime", "nvidia"], words: "unknown or invalid runtime name: nvidia"),
            Refusal(flags: ["--storage-opt", "size=1g"], words: "overlay has no options"),
            Refusal(flags: ["--isolation", "hyperv"], words: "invalid isolation"),
        ]
    }
}

extension Stage {
    /// The namespaces of a container that is run with these flags.
    fileprivate func namespaces(_ flags: [String]) throws -> [String] {
        let script = "for kind in pid ipc uts net cgroup; do readlink /proc/self/ns/$kind; done"
        return try docker(["run", "--rm"] + flags + ["busybox", "sh", "-c", script]).lines.map(String.init)
    }

    /// Whether root of this machine may go beyond its own limits: `CAP_SYS_RESOURCE`, the 24th.
    fileprivate func mayRaiseLimits() throws -> Bool {
        let line = text(of: "/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        return UInt64(line.dropFirst(8), radix: 16).map { $0 >> 24 & 1 == 1 } ?? false
    }
}
