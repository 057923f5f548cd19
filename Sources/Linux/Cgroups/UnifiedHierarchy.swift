import CLinux
import Glibc
import SystemPackage

/// The one hierarchy of cgroup v2, or the part of it that is ours to divide.
///
/// On a machine of its own that is all of it. Where a service manager has handed a group over to us (`Delegate=yes`), or
/// where we see a group of somebody else's as the root, it is that group.
public struct UnifiedHierarchy: Hashable, Sendable {
    /// The folder below which groups may be made.
    public let root: String
    /// The controllers that there are.
    public let controllers: Set<String>
    /// Whether it is the kernel's own root, which alone may have processes beside groups with controllers.
    public let isWholeMachine: Bool

    /// - Parameter own: The group of this process, as `/proc/self/cgroup` has it.
    init(_ mount: CgroupMount?, own: String?) throws(SystemError) {
        guard let mount else { throw SystemError("mount", on: "/sys/fs/cgroup", errno: .noSuchFileOrDirectory) }
        root = Self.delegated(from: mount.folder(for: own ?? "/"), to: mount.path) ?? mount.path
        // The kernel's root has no type.
        isWholeMachine = access("\(root)/cgroup.type", F_OK) != 0
        let names = try lines(of: "\(root)/cgroup.controllers").flatMap { $0.split(separator: " ") }
        controllers = Set(names.map(String.init))
    }

    /// The nearest group, from our own upwards, that its manager has marked as handed over.
    private static func delegated(from own: String, to top: String) -> String? {
        var folder = own
        while folder.count > top.count, let slash = folder.lastIndex(of: "/") {
            if isMarked(folder) { return folder }
            folder = String(folder[..<slash])
        }
        return nil
    }

    private static func isMarked(_ folder: String) -> Bool {
        ["trusted.delegate", "user.delegate"].contains { name in
            var value: UInt8 = 0
            return getxattr(folder, name, &value, 1) == 1 && value == UInt8(ascii: "1")
        }
    }

    /// Makes a group, and gives its folder.
    func makeGroup(_ name: String) throws(SystemError) -> String {
        let folder = "\(root)/\(name)"
        while true {
            try handDown(to: name)
            guard mkdir(folder, 0o755) != 0 else { return folder }
            let failure = Errno(rawValue: tutti_errno())
            if failure == .fileExists { return folder }
            // The last group in its parent has just gone, and the parent with it.
            guard failure == .noSuchFileOrDirectory else { throw SystemError("mkdir", on: folder, errno: failure) }
        }
    }

    /// Has the groups on the way to `name` pass their controllers on, and makes those that are missing.
    private func handDown(to name: String) throws(SystemError) {
        var folder = root
        try handDown(in: folder)
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            // Ours stays: the next container is not to make it again.
            try Cgroup.makeFolder(folder, isParent: part != "tutti")
            try handDown(in: folder)
        }
    }

    private func handDown(in folder: String) throws(SystemError) {
        let file = "\(folder)/cgroup.subtree_control"
        // Asking is cheap; a change stops every other change of groups on the machine.
        let passed = Set(try lines(of: file).flatMap { $0.split(separator: " ") }.map(String.init))
        let missing = controllers.intersection(Self.wanted).subtracting(passed).sorted()
        guard !missing.isEmpty else { return }
        let request = missing.map { "+\($0)" }.joined(separator: " ")
        do {
            try Cgroup.write(request, to: file)
        } catch {
            guard error.errno == .resourceBusy, folder == root, !isWholeMachine else { throw error }
            try vacate()
            try Cgroup.write(request, to: file)
        }
    }

    /// A group that passes controllers on may have no processes itself: those that were handed over to us along with it go
    /// to a group beside the containers'.
    private func vacate() throws(SystemError) {
        let refuge = "\(root)/outside"
        try Cgroup.makeFolder(refuge)
        // Some may be born while others move.
        for _ in 0..<100 {
            let processes = CgroupFolder(FilePath(root)).processes()
            guard !processes.isEmpty else { return }
            for process in processes {
                do {
                    try Cgroup.write("\(process)", to: "\(refuge)/cgroup.procs")
                } catch {
                    guard error.errno == .noSuchProcess else { throw error }
                }
            }
        }
    }

    private static let wanted: Set = ["cpu", "cpuset", "io", "memory", "pids"]
}
