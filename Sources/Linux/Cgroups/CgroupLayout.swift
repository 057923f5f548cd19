import CLinux
import Glibc
import SystemPackage

/// How this machine arranges control groups. `cgroups(7)`
public enum CgroupLayout: Hashable, Sendable {
    /// One hierarchy with all controllers. cgroup v2.
    case unified(UnifiedHierarchy)
    /// A hierarchy for each controller (some share one): the folder that holds this process's own group. cgroup v1,
    /// also where an empty v2 hierarchy is mounted beside.
    case hierarchies([String: String])

    /// The controllers that a container may need.
    static let controllers = ["memory", "devices", "freezer", "pids", "cpuacct", "cpu", "cpuset", "blkio"]

    /// Reads the machine's own arrangement.
    public static func current() throws(SystemError) -> CgroupLayout {
        let mounts = try lines(of: "/proc/self/mountinfo").compactMap(CgroupMount.init(line:))
        let hierarchies = mounts.filter { !$0.isUnified }
        guard !hierarchies.isEmpty else { return .unified(try UnifiedHierarchy(mounts.first, own: ownGroups()[""])) }
        let own = try ownGroups()
        var folders: [String: String] = [:]
        for mount in hierarchies {
            for controller in mount.controllers where controllers.contains(controller) {
                folders[controller] = mount.folder(for: own[controller] ?? "/")
            }
        }
        return .hierarchies(folders)
    }

    /// The version of control groups that containers are bound by: `1` or `2`.
    public var version: String {
        if case .unified = self { "2" } else { "1" }
    }

    /// The name of a container's group, relative to where our groups are.
    ///
    /// - Parameter parent: The group that it is made in, as the user named it; nil is ours.
    public func groupName(_ id: String, parent: String?) -> String {
        let own = "tutti-\(id.prefix(12))"
        let parts = (parent ?? "").split(separator: "/")
        guard parts.isEmpty else { return parts.joined(separator: "/") + "/" + own }
        guard case .unified(let hierarchy) = self, hierarchy.isWholeMachine else { return own }
        return "tutti/\(own)"
    }

    /// This process's group by controller, from `/proc/self/cgroup`: `4:memory:/some/group`; that of v2 goes by the empty name.
    private static func ownGroups() throws(SystemError) -> [String: String] {
        var groups: [String: String] = [:]
        for line in try lines(of: "/proc/self/cgroup") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[String(controller)] = String(fields[2])
            }
        }
        return groups
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
