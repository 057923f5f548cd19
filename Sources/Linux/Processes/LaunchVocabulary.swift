/// Kinds of namespaces, by their `CLONE_NEW*` flags.
public struct NamespaceKinds: OptionSet, Hashable, Sendable {
    /// The flags, as the kernel has them.
    public let rawValue: UInt64

    /// The flags, as the kernel has them.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Mounts.
    public static let mount = Self(rawValue: 0x0002_0000)
    /// Control groups.
    public static let cgroup = Self(rawValue: 0x0200_0000)
    /// Host and domain name.
    public static let hostname = Self(rawValue: 0x0400_0000)
    /// System V objects and message queues.
    public static let ipc = Self(rawValue: 0x0800_0000)
    /// Users and capabilities.
    public static let user = Self(rawValue: 0x1000_0000)
    /// Process numbers.
    public static let process = Self(rawValue: 0x2000_0000)
    /// Interfaces, addresses and ports.
    public static let network = Self(rawValue: 0x4000_0000)
}

/// Flags of `mount(2)`.
public struct MountFlags: OptionSet, Hashable, Sendable {
    /// The flags, as the kernel has them.
    public let rawValue: UInt

    /// The flags, as the kernel has them.
    public init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    /// Nothing can be written.
    public static let readOnly = Self(rawValue: 1)
    /// Set-user-ID bits mean nothing.
    public static let noSetUserID = Self(rawValue: 2)
    /// Device nodes mean nothing.
    public static let noDevices = Self(rawValue: 4)
    /// Nothing can be executed.
    public static let noExecute = Self(rawValue: 8)
    /// Every write is on the disk before it returns.
    public static let synchronous = Self(rawValue: 16)
    /// So is every change of a folder.
    public static let synchronousFolders = Self(rawValue: 128)
    /// Accesses are not recorded.
    public static let noAccessTime = Self(rawValue: 1 << 10)
    /// Accesses of folders are not.
    public static let noFolderAccessTime = Self(rawValue: 1 << 11)
    /// Accesses are recorded now and then.
    public static let relativeAccessTime = Self(rawValue: 1 << 21)
    /// Each access is recorded.
    public static let strictAccessTime = Self(rawValue: 1 << 24)
}

/// Attributes of `mount_setattr(2)`.
public struct MountAttributes: OptionSet, Hashable, Sendable {
    /// The flags, as the kernel has them.
    public let rawValue: UInt64

    /// The flags, as the kernel has them.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Nothing can be written.
    public static let readOnly = Self(rawValue: 1)
    /// Set-user-ID bits mean nothing.
    public static let noSetUserID = Self(rawValue: 2)
    /// Device nodes mean nothing.
    public static let noDevices = Self(rawValue: 4)
    /// Nothing can be executed.
    public static let noExecute = Self(rawValue: 8)
}

/// How mounts spread between namespaces: `MS_*` flags, with `MS_REC` where it holds for what is mounted below too.
public enum MountPropagation: UInt64, Hashable, Sendable {
    case `private` = 0x40000
    case slave = 0x80000
    case shared = 0x100000
    case recursivePrivate = 0x44000
    case recursiveSlave = 0x84000
    case recursiveShared = 0x104000

    /// As `bind.propagation` spells it; nil for another word.
    public init?(parsing word: String) {
        switch word {
        case "private": self = .private
        case "rprivate": self = .recursivePrivate
        case "slave": self = .slave
        case "rslave": self = .recursiveSlave
        case "shared": self = .shared
        case "rshared": self = .recursiveShared
        default: return nil
        }
    }

    /// Whether mounts made inside appear outside.
    public var isShared: Bool { self == .shared || self == .recursiveShared }

    /// Whether mounts made outside appear inside, and no more.
    public var isSlave: Bool { self == .slave || self == .recursiveSlave }
}

/// How a bind treats what is mounted below its source.
public enum BindReach: Int64, Hashable, Sendable {
    /// It is left out.
    case top = 0
    /// It comes along, and keeps its attributes.
    case submounts = 1
    /// It comes along, and gets the bind's attributes.
    case attributes = 3
}

/// Where a bind has its tree from.
public enum BindSource: Hashable, Sendable {
    /// A path of the host; `below` names a part of it, resolved inside it.
    case path(String, below: String?)
    /// What ``LaunchStep/keepTree(source:hasSubmounts:slot:)`` has kept.
    case kept(slot: Int)
}
