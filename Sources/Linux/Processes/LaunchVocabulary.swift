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

/// How mounts spread between namespaces: `MS_*` flags.
public enum MountPropagation: UInt64, Hashable, Sendable {
    case `private` = 0x40000
    case slave = 0x80000
    case shared = 0x100000

    /// As `bind.propagation` spells it; nil for another word.
    public init?(parsing word: String) {
        switch word {
        case "private", "rprivate": self = .private
        case "slave", "rslave": self = .slave
        case "shared", "rshared": self = .shared
        default: return nil
        }
    }
}
