import Glibc
public import SystemPackage

/// Mounts that the host sees, as opposed to those of a container's own tree.
public enum HostMount {
    /// Mounts a file system on a folder.
    ///
    /// The corresponding C function is `mount`.
    public static func mount(
        type: String,
        device: String,
        at target: FilePath,
        flags: MountFlags = [],
        options: String = ""
    ) throws(SystemError) {
        try check(target, device, Glibc.mount(device, target.string, type, flags.rawValue, options))
    }

    /// Shows a folder or file at a second place, with what is mounted below it if wanted. Flags are the second place's own.
    public static func bind(
        _ source: FilePath,
        at target: FilePath,
        flags: MountFlags = [],
        isRecursive: Bool = false
    ) throws(SystemError) {
        let kind = UInt(MS_BIND) | (isRecursive ? UInt(MS_REC) : 0)
        try check(target, source.string, Glibc.mount(source.string, target.string, nil, kind, nil))
        guard !flags.isEmpty else { return }
        let change = UInt(MS_BIND) | UInt(MS_REMOUNT) | flags.rawValue
        do {
            try check(target, source.string, Glibc.mount(nil, target.string, nil, change, nil))
        } catch {
            umount2(target.string, Int32(MNT_DETACH))
            throw error
        }
    }

    /// Shows what layers make together, read-only. The base comes first.
    public static func stack(_ layers: [FilePath], at target: FilePath) throws(SystemError) {
        // Short, and proof against commas and colons in the paths.
        var folders: [Int32] = []
        defer { for folder in folders { close(folder) } }
        for layer in layers.reversed() {
            let folder = open(layer.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { throw SystemError("open", on: layer.string, errno: Errno(rawValue: errno)) }
            folders.append(folder)
        }
        let lower = folders.map { "/proc/self/fd/\($0)" }.joined(separator: ":")
        try mount(
            type: "overlay",
            device: "overlay",
            at: target,
            flags: .readOnly,
            options: "redirect_dir=off,metacopy=off,index=off,lowerdir=\(lower)"
        )
    }

    /// Takes away what is mounted at the path, if anything is. The path stays.
    ///
    /// The corresponding C function is `umount2` with `MNT_DETACH`.
    public static func detach(_ path: FilePath) throws(SystemError) {
        while umount2(path.string, Int32(MNT_DETACH) | Int32(UMOUNT_NOFOLLOW)) == 0 {}
        let failure = Errno(rawValue: errno)
        guard failure != .invalidArgument, failure != .noSuchFileOrDirectory else { return }
        throw SystemError("umount2", on: path.string, errno: failure)
    }

    private static func check(_ target: FilePath, _ source: String, _ result: Int32) throws(SystemError) {
        guard result != 0 else { return }
        throw SystemError("mount", on: "\(source):\(target)", errno: Errno(rawValue: errno))
    }
}
