import CLinux
import Glibc
public import SystemPackage

/// One folder of a control group that exists: what is in it, and its end.
public struct CgroupFolder: Hashable, Sendable {
    /// Its absolute path.
    public let path: FilePath

    /// The group in a folder, on cgroup v2 or in a hierarchy of v1.
    public init(_ path: FilePath) { self.path = path }

    /// Whether the folder belongs to cgroup v2.
    public var isUnified: Bool { access(path.appending("cgroup.events").string, F_OK) == 0 }

    /// The group, below this one or itself, that a new process of a container can be born in beside the one that is there.
    ///
    /// A container that divides its group may have no processes in the group itself. cgroup v2.
    public func place(beside process: Int32) -> FilePath {
        let passed = (try? lines(of: path.appending("cgroup.subtree_control").string)) ?? []
        guard !passed.isEmpty, let name = path.lastComponent?.string else { return path }
        let own = (try? lines(of: "/proc/\(process)/cgroup"))?.first { $0.hasPrefix("0::") } ?? ""
        guard let start = own.firstRange(of: "/\(name)/") else { return path }
        return path.appending(String(own[start.upperBound...]))
    }

    /// Whether processes of the group can be frozen here: on v2 always, on v1 in the freezer's hierarchy.
    public var canFreeze: Bool { freezing != nil }

    /// Stops every process of the group, or lets them go on. On cgroup v2 it returns when they have stopped, or after a
    /// second: one that the kernel holds back must not hold us.
    public func setFrozen(_ isFrozen: Bool) throws(SystemError) {
        guard let freezing else { throw SystemError("freeze", on: path.string, errno: .notSupported) }
        try WholeFile.write(isFrozen ? freezing.freeze : freezing.thaw, to: path.appending(freezing.file))
        if isFrozen, isUnified { awaitFrozen() }
    }

    private func awaitFrozen() {
        let descriptor = open(path.appending("cgroup.events").string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            if String(decoding: buffer[..<count], as: UTF8.self).contains("frozen 1") { return }
            // The kernel tells of a change by the priority event.
            var change = pollfd(fd: descriptor, events: Int16(POLLPRI), revents: 0)
            guard poll(&change, 1, 1000) > 0 else { return }
        }
    }

    /// How many processes of the group the kernel has killed for want of memory; nil where memory is not accounted.
    public func outOfMemoryKills() -> Int? {
        for file in ["memory.events", "memory.oom_control"] {
            guard let contents = try? WholeFile.read(path.appending(file)) else { continue }
            for line in String(decoding: contents, as: UTF8.self).split(separator: "\n") {
                let fields = line.split(separator: " ")
                if fields.count == 2, fields[0] == "oom_kill" { return Int(fields[1]) }
            }
        }
        return nil
    }

    /// Kills every process of the group, and of the groups below it.
    public func kill() throws(SystemError) {
        do {
            return try WholeFile.write("1", to: path.appending("cgroup.kill"))
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
        }
        for child in children() { try child.kill() }
        for process in processes() { Glibc.kill(process, SIGKILL) }
        if canFreeze { try? setFrozen(false) }
    }

    /// Kills what is left in the group and removes it with the groups below it. A missing folder is a success.
    public func remove() throws(SystemError) {
        // Ended processes leave their group a little after their parents know; a process may have been born meanwhile.
        for attempt in 0..<1000 {
            for child in children() { try child.remove() }
            guard rmdir(path.string) != 0 else { return Self.removeParents(of: path) }
            let failure = Errno(rawValue: tutti_errno())
            if failure == .noSuchFileOrDirectory { return }
            guard failure == .resourceBusy else { throw SystemError("rmdir", on: path.string, errno: failure) }
            let left = processes().map { tutti_pidfd_open($0) }.filter { $0 >= 0 }
            try kill()
            Self.awaitEnds(left)
            if left.isEmpty, attempt > 2 { poll(nil, 0, 1) }
        }
        throw SystemError("rmdir", on: path.string, errno: .resourceBusy)
    }

    /// Removes the groups above that were made for one below them, once there is none.
    static func removeParents(of path: FilePath) {
        var parent = path.removingLastComponent()
        var value: UInt8 = 0
        while getxattr(parent.string, mark, &value, 1) == 1, rmdir(parent.string) == 0 { parent.removeLastComponent() }
    }

    /// The attribute of a group that was made for one below it.
    static let mark = "trusted.tutti"

    /// Waits for the ends of processes, a second at most for each: one that the kernel holds back must not hold us.
    private static func awaitEnds(_ descriptors: [Int32]) {
        for descriptor in descriptors {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, 1000)
            close(descriptor)
        }
    }

    private var freezing: (file: String, freeze: String, thaw: String)? {
        if access(path.appending("cgroup.freeze").string, F_OK) == 0 { return ("cgroup.freeze", "1", "0") }
        if access(path.appending("freezer.state").string, F_OK) == 0 { return ("freezer.state", "FROZEN", "THAWED") }
        return nil
    }

    /// The processes of the group, as the host numbers them.
    public func processes() -> [Int32] {
        guard let contents = try? WholeFile.read(path.appending("cgroup.procs"), limit: 1 << 24) else { return [] }
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }
            .filter { $0 > 0 }
    }

    private func children() -> [CgroupFolder] {
        guard let entries = opendir(path.string) else { return [] }
        defer { closedir(entries) }
        var children: [CgroupFolder] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard entry.pointee.d_type == UInt8(DT_DIR), name != ".", name != ".." else { continue }
            children.append(CgroupFolder(path.appending(name)))
        }
        return children
    }
}
