import CLinux
import Glibc
import SystemPackage

/// How this machine arranges control groups. `cgroups(7)`
public enum CgroupLayout: Hashable, Sendable {
    /// One hierarchy with all controllers: where it is mounted, and the controllers it has. cgroup v2.
    case unified(mount: String, controllers: Set<String>)
    /// A hierarchy for each controller (some share one): the folder that holds this process's own group. cgroup v1,
    /// also where an empty v2 hierarchy is mounted beside.
    case hierarchies([String: String])

    /// The controllers that a container may need.
    static let controllers = ["memory", "devices", "freezer", "pids", "cpuacct", "cpu", "cpuset", "blkio"]

    /// Reads the machine's own arrangement.
    public static func current() throws(SystemError) -> CgroupLayout {
        let mounts = try lines(of: "/proc/self/mountinfo").compactMap(CgroupMount.init(line:))
        let hierarchies = mounts.filter { !$0.isUnified }
        guard !hierarchies.isEmpty else { return try unified(mounts) }
        let own = try ownGroups()
        var folders: [String: String] = [:]
        for mount in hierarchies {
            for controller in mount.controllers where controllers.contains(controller) {
                folders[controller] = mount.folder(for: own[controller] ?? "/")
            }
        }
        return .hierarchies(folders)
    }

    private static func unified(_ mounts: [CgroupMount]) throws(SystemError) -> CgroupLayout {
        guard let mount = mounts.first else {
            throw SystemError("mount", on: "/sys/fs/cgroup", errno: .noSuchFileOrDirectory)
        }
        let names = try lines(of: "\(mount.path)/cgroup.controllers").flatMap { $0.split(separator: " ") }
        return .unified(mount: mount.path, controllers: Set(names.map(String.init)))
    }

    /// This process's group by controller, from `/proc/self/cgroup`: `4:memory:/some/group`.
    private static func ownGroups() throws(SystemError) -> [String: String] {
        var groups: [String: String] = [:]
        for line in try lines(of: "/proc/self/cgroup") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",") { groups[String(controller)] = String(fields[2]) }
        }
        return groups
    }
}

/// One mounted cgroup hierarchy, from a line of `/proc/self/mountinfo`.
private struct CgroupMount {
    var path: String
    var root: String
    var controllers: [String]
    var isUnified: Bool

    init?(line: Substring) {
        let halves = line.split(separator: " - ", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let place = halves[0].split(separator: " ")
        let system = halves[1].split(separator: " ")
        guard place.count >= 5, system.count >= 3, system[0] == "cgroup" || system[0] == "cgroup2" else { return nil }
        path = String(place[4])
        root = String(place[3])
        isUnified = system[0] == "cgroup2"
        controllers = system[2].split(separator: ",").map(String.init)
    }

    /// Where the group that `/proc/self/cgroup` names is seen below this mount.
    func folder(for group: String) -> String {
        let inside = root != "/" && group.hasPrefix(root) ? String(group.dropFirst(root.count)) : group
        return inside == "/" || inside.isEmpty ? path : path + (inside.hasPrefix("/") ? inside : "/" + inside)
    }
}

/// The lines of a small file of the kernel's.
func lines(of path: String) throws(SystemError) -> [Substring] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open", on: path, errno: Errno(rawValue: tutti_errno())) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("read", on: path, errno: Errno(rawValue: tutti_errno())) }
        guard count > 0 else { break }
        bytes.append(contentsOf: buffer[..<count])
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
}
