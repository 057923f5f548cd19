import CEvents
import CLinux
import Glibc
public import SystemPackage

/// What a process does about itself.
public enum OwnProcess {
    /// What this machine calls itself.
    public static var hostname: String? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The folder that it is in; `/` where the kernel does not say.
    ///
    /// The corresponding C function is `getcwd`.
    public static var currentFolder: FilePath {
        NameLink.destination(of: "/proc/self/cwd").map { FilePath($0) } ?? "/"
    }

    /// Leaves the session it was started in, and its terminal: the standard descriptors become `/dev/null`, the folder `/`,
    /// and signals that come from terminals and broken pipes are ignored. What it makes is readable by itself only.
    public static func enterBackground() {
        setsid()
        umask(0o077)
        chdir("/")
        ignoreTerminalSignals()
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        for standard: Int32 in 0...2 where null != standard { dup2(null, standard) }
        if null > 2 { close(null) }
    }

    /// Leaves the terminal that this process was started on, so that its end is none of ours.
    ///
    /// The corresponding C function is `setsid`.
    public static func leaveTerminal() { setsid() }

    /// Has the kernel kill this process when the thread that started it ends, however it ends.
    ///
    /// The corresponding C function is `prctl` with `PR_SET_PDEATHSIG`.
    public static func endWithParent() {
        _ = tutti_end_with_parent()
    }

    /// Ignores the signals that come from terminals and broken pipes.
    public static func ignoreTerminalSignals() {
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU] { signal(number, SIG_IGN) }
    }

    /// The inherited descriptor of that number, close-on-exec from now on; nil if it is not open.
    public static func inherited(_ number: Int32) -> FileDescriptor? {
        tutti_keep_from_children(number) < 0 ? nil : FileDescriptor(rawValue: number)
    }

    /// Keeps these inherited descriptors, elsewhere and close-on-exec, and closes all others but the standard ones.
    /// One that is not open is nil.
    public static func keep(_ descriptors: [Int32]) throws(SystemError) -> [FileDescriptor?] {
        let lowest = (descriptors.max() ?? 2) + 8
        var kept: [FileDescriptor?] = []
        for descriptor in descriptors {
            let copy = tutti_duplicate(descriptor, lowest)
            kept.append(copy < 0 ? nil : FileDescriptor(rawValue: copy))
        }
        let numbers = Set(kept.compactMap(\.?.rawValue))
        for number in 3...max(lowest + Int32(descriptors.count), 3) where !numbers.contains(number) { close(number) }
        try FileDescriptor.closeAll(from: lowest + Int32(descriptors.count) + 1)
        return kept
    }

    /// How willingly the kernel kills this process and its future children for want of memory, from -1000 to 1000; nil if
    /// it cannot be set to that. Only the privileged may lower it.
    public static func setOutOfMemoryScore(_ score: Int) -> Bool {
        do throws(SystemError) {
            try WholeFile.write(String(score), to: "/proc/self/oom_score_adj")
            return true
        } catch {
            return false
        }
    }

    /// This process's present willingness.
    public static var outOfMemoryScore: Int? {
        guard let bytes = try? WholeFile.read("/proc/self/oom_score_adj") else { return nil }
        return Int(String(decoding: bytes.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// Runs the body inside the network namespace that a file stands for, and comes back. For a process with one thread: what
    /// is opened meanwhile belongs to that namespace for good.
    ///
    /// The corresponding C function is `setns`.
    public static func inNetwork<Result>(
        _ namespace: FilePath,
        _ body: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        let own = try openNamespace("/proc/self/ns/net")
        defer { close(own) }
        let other = try openNamespace(namespace)
        defer { close(other) }
        try SystemError.check("setns", on: namespace.string, tutti_enter_network(other))
        let result: Swift.Result<Result, SystemError>
        do throws(SystemError) { result = .success(try body()) } catch { result = .failure(error) }
        try SystemError.check("setns", tutti_enter_network(own))
        return try result.get()
    }

    private static func openNamespace(_ path: FilePath) throws(SystemError) -> Int32 {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        return descriptor
    }

    /// The name that `ps` and `/proc/PID/comm` give, at most 15 bytes.
    public static func setName(_ name: String) { try? WholeFile.write(name, to: "/proc/self/comm") }

    /// The user it acts as.
    public static var user: UInt32 { geteuid() }

    /// The group it acts as.
    public static var group: UInt32 { getegid() }

    /// This process' identifier.
    public static var identifier: Int32 { getpid() }
}

extension ChildProcess {
    /// When a process was started, in clock ticks since the boot: with its number, its identity. Field 22 of
    /// `/proc/PID/stat`; nil if there is no such process.
    public static func startTicks(of pid: Int32) -> UInt64? {
        guard let bytes = try? WholeFile.read(FilePath("/proc/\(pid)/stat")) else { return nil }
        // The second field, the name, is in parentheses and may hold anything.
        guard let name = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(name + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// Sends a signal to the process that a pidfd stands for. One that has ended is an error (`ESRCH`).
    public static func send(_ signal: Int32, to process: FileDescriptor) throws(SystemError) {
        try SystemError.check("pidfd_send_signal", tutti_signal_process(process.rawValue, signal))
    }
}
