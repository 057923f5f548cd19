/// One thing that a new process does before it becomes the command.
///
/// Paths called `target` are in the container's tree and cannot be led out of it; other paths are the host's.
public enum LaunchStep: Hashable, Sendable {
    /// Joins namespaces of the process that is entered. `setns(2)` with a pidfd.
    case enter(NamespaceKinds)
    /// Joins the namespace that a file stands for.
    case join(path: String, NamespaceKinds)
    /// Leaves namespaces for new ones. `unshare(2)`.
    case unshare(NamespaceKinds)
    /// Writes to a file that exists, such as a cgroup's or a sysctl's.
    case write(path: String, String)
    /// The same, where a refusal does no harm.
    case tryWrite(path: String, String)
    case setHostname(String)
    case setDomainname(String)
    /// Gives every mount that was inherited this propagation.
    case propagate(MountPropagation)
    /// Mounts the layers as the container's root. Lower folders are given top first.
    case mountOverlay(at: String, lower: [String], upper: String, work: String, isVolatile: Bool)
    /// Takes a folder as it is for the container's root.
    case mountFolder(at: String, source: String)
    /// Mounts a new file system. With `replaces`, a link or file that the image put at the target gives way.
    case mount(type: String, target: String, options: String, flags: MountFlags, replaces: Bool)
    /// Clones a mount while it still is a peer of the host's, for a bind that is to stay one. There are 32 slots.
    case keepTree(source: String, hasSubmounts: Bool, slot: Int)
    /// Shows a file or folder of the host in the container.
    case bind(
        BindSource,
        target: String,
        attributes: MountAttributes,
        propagation: MountPropagation,
        reach: BindReach
    )
    /// Shows what is mounted in another mount namespace.
    case bindForeign(namespace: String, source: String, target: String)
    /// Hides what is at the target, if anything is.
    case mask(target: String)
    /// Makes what is at the target read-only, if anything is.
    case protect(target: String)
    case makeDevice(target: String, DeviceNode)
    case link(target: String, to: String)
    case makeFolder(target: String)
    /// Makes the container's root the root of everything. `pivot_root(2)`.
    case pivot
    case protectRoot
    /// Allocates a terminal in the container and makes it standard input, output and error.
    case makeTerminal(rows: UInt16, columns: UInt16, isConsole: Bool)
    case limit(resource: Int32, soft: UInt64, hard: UInt64)
    /// Drops all other capabilities from the bounding set.
    case keepBounding(CapabilitySet)
    case become(user: UInt32, group: UInt32, groups: [UInt32])
    case setCapabilities(effective: CapabilitySet, inheritable: CapabilitySet, ambient: CapabilitySet)
    case denyNewPrivileges
    /// Installs a seccomp filter: classic BPF instructions, 8 bytes each.
    case filterCalls([UInt8])
    /// Has the execve to come end under a profile of AppArmor's.
    case confine(profile: String)
    case changeFolder(String)
    case setFileModeMask(UInt32)
    /// Becomes the command. A file without a slash is looked for in `searchPath`.
    case execute(file: String, arguments: [String], environment: [String], searchPath: String)
}

/// A device node and who owns it.
public struct DeviceNode: Hashable, Sendable {
    /// Type and permissions, as in `st_mode`.
    public var mode: UInt32
    /// As in `st_rdev`.
    public var number: UInt64
    /// The user.
    public var user: UInt32
    /// The group.
    public var group: UInt32

    /// A value of these parts.
    public init(mode: UInt32, number: UInt64, user: UInt32 = 0, group: UInt32 = 0) {
        self.mode = mode
        self.number = number
        self.user = user
        self.group = group
    }
}

extension LaunchStep: CustomStringConvertible {
    /// What the step does, in the words of an error message: `mount proc on /proc`.
    public var description: String {
        switch self {
        case .enter: "enter namespaces"
        case .join(let path, _): "join namespace \(path)"
        case .unshare: "unshare namespaces"
        case .write(let path, let text), .tryWrite(let path, let text): "write \"\(text)\" to \(path)"
        case .setHostname(let name): "set hostname \(name)"
        case .setDomainname(let name): "set domainname \(name)"
        case .propagate: "set mount propagation"
        case .mountOverlay: "mount the image's layers"
        case .mountFolder(_, let source): "mount \(source) as root"
        case .mount(let type, let target, _, _, _): "mount \(type) on \(target)"
        case .keepTree(let source, _, _): "take \(source)"
        case .bind(.path(let source, let below), let target, _, _, _):
            "mount \(source)\(below.map { "/\($0)" } ?? "") on \(target)"
        case .bind(.kept, let target, _, _, _): "mount on \(target)"
        case .bindForeign(_, let source, let target): "mount another container's \(source) on \(target)"
        case .mask(let target): "mask \(target)"
        case .protect(let target): "make \(target) read-only"
        case .makeDevice(let target, _): "make device \(target)"
        case .link(let target, _): "make link \(target)"
        case .makeFolder(let target): "make folder \(target)"
        case .pivot: "pivot root"
        case .protectRoot: "make the root read-only"
        case .makeTerminal: "allocate a terminal"
        case .limit(let resource, let soft, let hard): "set limit \(resource) to \(soft):\(hard)"
        case .keepBounding, .setCapabilities: "set capabilities"
        case .become(let user, let group, _): "become user \(user):\(group)"
        case .denyNewPrivileges: "set no-new-privileges"
        case .filterCalls: "install the seccomp filter"
        case .confine(let profile): "apply the AppArmor profile \(profile)"
        case .changeFolder(let path): "change to folder \(path)"
        case .setFileModeMask: "set umask"
        case .execute(let file, _, _, _): "exec: \"\(file)\""
        }
    }
}
