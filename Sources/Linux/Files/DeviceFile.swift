import Glibc
public import SystemPackage

extension DeviceNode {
    /// The device at a path of the host, with permissions for everybody; nil if it is none. Links are followed.
    public init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFCHR || kind == S_IFBLK else { return nil }
        self.init(mode: status.st_mode, number: UInt64(status.st_rdev), user: status.st_uid, group: status.st_gid)
    }

    /// Whether it holds blocks, as a disk does.
    public var isBlock: Bool { mode & S_IFMT == S_IFBLK }

    /// Its numbers as the kernel writes them, such as `8:0`.
    public var text: String { "\(major):\(minor)" }

    private var major: UInt32 {
        UInt32((number >> 8) & 0xfff) | UInt32(truncatingIfNeeded: (number >> 32) & 0xffff_f000)
    }

    private var minor: UInt32 {
        UInt32(number & 0xff) | UInt32(truncatingIfNeeded: (number >> 12) & 0xffff_ff00)
    }

    /// The rule that lets a control group use it.
    public func rule(access: String) -> DeviceRule {
        DeviceRule(isBlock ? .block : .character, major, minor, access: access)
    }

    /// Every device below a folder of the host, terminals left out.
    public static func all(below folder: String) -> [(path: String, node: DeviceNode)] {
        guard let names = try? Folder.names(in: .init(folder)) else { return [] }
        return names.flatMap { name -> [(path: String, node: DeviceNode)] in
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { return [] }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where !["pts", "shm", "mqueue", "fd"].contains(name): return all(below: path)
            case S_IFCHR, S_IFBLK: return DeviceNode(at: path).map { [(path, $0)] } ?? []
            default: return []
            }
        }
    }
}

/// `/dev/null`
public enum NullDevice {
    /// A descriptor that gives nothing and takes everything. The holder closes it.
    public static func open() throws(SystemError) -> FileDescriptor {
        let descriptor = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: "/dev/null", errno: Errno(rawValue: errno)) }
        return FileDescriptor(rawValue: descriptor)
    }
}
