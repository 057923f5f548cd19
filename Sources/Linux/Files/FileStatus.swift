import Glibc
public import SystemPackage

/// What the kernel knows of a file. Links are described themselves, not what they lead to.
///
/// The corresponding C structure is `stat`.
public struct FileStatus: Hashable, Sendable {
    /// What a file can be.
    public enum Kind: Hashable, Sendable {
        case regular, folder, symbolicLink, characterDevice, blockDevice, pipe, socket
    }

    /// What kind it is.
    public let kind: Kind
    /// The twelve permission bits.
    public let mode: UInt32
    /// The owner.
    public let uid: UInt32
    /// The group.
    public let gid: UInt32
    /// In bytes.
    public let size: Int64
    /// The disk's use, in bytes.
    public let allocatedSize: Int64
    /// When the contents were changed last, in nanoseconds since 1970.
    public let modifiedAt: Int64
    /// When anything about it was changed last, in nanoseconds since 1970: no program can set it.
    public let changedAt: Int64
    /// Its number in its file system.
    public let inode: UInt64
    /// The file system that it is in.
    public let device: UInt64
    /// How many names it has.
    public let linkCount: Int
    /// For device files: which device.
    public let deviceNumber: DeviceNumber

    /// The status at a path; nil if nothing is there.
    public static func of(_ path: FilePath) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard lstat(path.string, &status) != 0 else { return FileStatus(status) }
        let failure = Errno(rawValue: errno)
        guard failure == .noSuchFileOrDirectory || failure == .notDirectory else {
            throw SystemError("lstat", on: path.string, errno: failure)
        }
        return nil
    }

    /// The status of an open file.
    public static func of(_ descriptor: FileDescriptor) throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            throw SystemError("fstat", errno: Errno(rawValue: errno))
        }
        return FileStatus(status)
    }

    init(_ status: stat) {
        kind = Self.kind(status.st_mode)
        mode = status.st_mode & 0o7777
        uid = status.st_uid
        gid = status.st_gid
        size = Int64(status.st_size)
        allocatedSize = Int64(status.st_blocks) * 512
        modifiedAt = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changedAt = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
        linkCount = Int(status.st_nlink)
        deviceNumber = DeviceNumber(rawValue: UInt64(status.st_rdev))
    }

    private static func kind(_ mode: mode_t) -> Kind {
        switch mode & S_IFMT {
        case S_IFDIR: .folder
        case S_IFLNK: .symbolicLink
        case S_IFCHR: .characterDevice
        case S_IFBLK: .blockDevice
        case S_IFIFO: .pipe
        case S_IFSOCK: .socket
        default: .regular
        }
    }

    /// Whether the file is what an overlay puts in the place of a removed one: a character device 0:0.
    public var isWhiteout: Bool { kind == .characterDevice && deviceNumber.rawValue == 0 }
}

/// Which device a device file stands for. makedev(3)
public struct DeviceNumber: Hashable, Sendable {
    /// As the kernel's interfaces have it.
    public let rawValue: UInt64

    /// The flags, as the kernel has them.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// A value of these parts.
    public init(major: UInt32, minor: UInt32) {
        let (major, minor) = (UInt64(major), UInt64(minor))
        rawValue = minor & 0xff | (major & 0xfff) << 8 | (minor & ~0xff) << 12 | (major & ~0xfff) << 32
    }

    /// The major number.
    public var major: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 8 & 0xfff | rawValue >> 32 & ~0xfff) }
    /// The minor number; nil is every one.
    public var minor: UInt32 { UInt32(truncatingIfNeeded: rawValue & 0xff | rawValue >> 12 & ~0xff) }
}
