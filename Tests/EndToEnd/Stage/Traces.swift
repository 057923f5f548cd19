import Glibc

/// What the machine shows of containers, whoever they belong to: links, filter tables and control groups.
struct Traces {
    var links: Set<String>
    var tables: Set<String>
    var groups: Set<String>

    static func current() -> Traces {
        Traces(links: links(), tables: tables(), groups: groups())
    }

    /// The mount points below a folder, outermost first.
    static func mounts(below root: String) -> [String] {
        text(of: "/proc/self/mountinfo").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count > 4 && fields[4].hasPrefix(root) ? String(fields[4]) : nil
        }
    }

    /// The processes that work on a root: our programs that were told of it, and what runs on a file system below it.
    static func processes(of root: String) -> [pid_t] {
        let own = link(of: "/proc/self/ns/mnt")
        return entries(of: "/proc").compactMap { pid_t($0) }.filter { pid in
            let told = text(of: "/proc/\(pid)/cmdline") + text(of: "/proc/\(pid)/environ")
            if text(of: "/proc/\(pid)/comm").hasPrefix("tutti"), told.contains(root) { return true }
            return link(of: "/proc/\(pid)/ns/mnt") != own && text(of: "/proc/\(pid)/mountinfo").contains(root)
        }
    }

    /// The links of the network that this process is in.
    private static func links() -> Set<String> {
        let rows = text(of: "/proc/self/net/dev").split(separator: "\n").dropFirst(2)
        return Set(rows.compactMap { $0.split(separator: ":").first?.split(separator: " ").first.map(String.init) })
    }

    private static func tables() -> Set<String> {
        let list = Program(path: "/usr/sbin/nft", arguments: ["list", "tables"], environment: [:], folder: "/")
        guard let outcome = try? list.run(), outcome.code == 0 else { return [] }
        return Set(outcome.lines.map(String.init).filter { $0.contains("tutti") })
    }

    /// Control groups that a container of ours could have.
    private static func groups() -> Set<String> {
        let find = Program(
            path: "/usr/bin/find",
            arguments: ["/sys/fs/cgroup", "-type", "d", "-regextype", "egrep", "-regex", ".*/tutti-[0-9a-f]{12}"],
            environment: [:],
            folder: "/"
        )
        guard let outcome = try? find.run() else { return [] }
        return Set(outcome.lines.map(String.init))
    }
}

extension Stage {
    /// What is still there of this stage, once the kernel had the time to clean up behind the last process.
    func leaks(since before: Traces) -> [String] {
        var left: [String] = []
        _ = eventually(within: 4) {
            left = traces(since: before)
            return left.isEmpty
        }
        return left
    }

    private func traces(since before: Traces) -> [String] {
        let current = Traces.current()
        var left = Traces.mounts(below: root).map { "mount \($0)" }
        left += Traces.processes(of: root).map { "process \($0) \(text(of: "/proc/\($0)/comm"))" }
        left += current.links.subtracting(before.links).map { "link \($0)" }
        left += current.tables.subtracting(before.tables).map { "filter \($0)" }
        left += current.groups.subtracting(before.groups).map { "control group \($0)" }
        return left + files().map { "file \($0)" }
    }

    /// The link and the filter of the network that containers are on which ask for none.
    func defaultBridge() -> [String] {
        let record = text(of: "\(root)/networks/bridge/record.json")
        guard let key = record.firstRange(of: "\"id\"") else { return [] }
        let id = record[key.upperBound...].drop { !$0.isHexDigit }.prefix(12)
        return ["br-\(id)", "table inet tutti-\(id)"]
    }

    /// Records of containers, networks and volumes, and what belongs to a running container.
    private func files() -> [String] {
        let kept: Set = ["containers/names", "networks/none", "networks/host"]
        let folders = [
            "containers", "containers/names", "networks", "volumes", "run/containers", "run/netns", "run/attachments",
            "run/ports", "run/volumes", "run/images",
        ]
        return folders.flatMap { folder in
            entries(of: "\(root)/\(folder)").filter { !kept.contains("\(folder)/\($0)") }
                .map { "\(folder)/\($0)" }
        }
            + entries(of: "\(root)/run/leases").flatMap { lease in
                entries(of: "\(root)/run/leases/\(lease)").map { "run/leases/\(lease)/\($0)" }
            }
    }
}

/// The names in a folder, without `.` and `..`; none where there is no such folder.
func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// The text of a file, empty where it cannot be read.
func text(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: buffer[..<count])
    }
}

/// Where a symbolic link leads, empty where there is none.
func link(of path: String) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return -1 }
        return readlink(path, start, bytes.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
}
