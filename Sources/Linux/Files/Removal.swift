import Glibc
public import SystemPackage

/// What undoes what was made. Nothing to undo is a success.
public enum Removal {
    /// Removes a file, of whatever kind but a folder.
    public static func file(_ path: FilePath) throws(SystemError) {
        try expect("unlink", path, unlink(path.string))
    }

    /// Removes a folder that is empty.
    public static func folder(_ path: FilePath) throws(SystemError) {
        try expect("rmdir", path, rmdir(path.string))
    }

    /// Detaches the mount at the path, if there is one, and removes the path.
    ///
    /// The corresponding C function is `umount2` with `MNT_DETACH`.
    public static func mount(_ path: FilePath) throws(SystemError) {
        let detached = umount2(path.string, Int32(MNT_DETACH) | Int32(UMOUNT_NOFOLLOW))
        let failure = Errno(rawValue: errno)
        guard detached == 0 || failure == .invalidArgument || failure == .noSuchFileOrDirectory else {
            throw SystemError("umount2", on: path.string, errno: failure)
        }
        guard unlink(path.string) != 0, Errno(rawValue: errno) != .noSuchFileOrDirectory else { return }
        try folder(path)
    }

    /// Removes a folder and all below it. Links are removed, never followed, not even one that takes a folder's place
    /// meanwhile.
    public static func tree(_ path: FilePath) throws(SystemError) {
        try tree(path.string, in: AT_FDCWD, path)
    }

    private static func tree(_ name: String, in parent: Int32, _ path: FilePath) throws(SystemError) {
        guard unlinkat(parent, name, 0) != 0 else { return }
        let failure = Errno(rawValue: errno)
        switch failure {
        case .noSuchFileOrDirectory: return
        case .isDirectory, .notPermitted: break
        default: throw SystemError("unlinkat", on: path.string, errno: failure)
        }
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0, let entries = fdopendir(folder) else {
            throw SystemError("openat", on: path.string, errno: Errno(rawValue: errno))
        }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let child = withUnsafeBytes(of: entry.pointee.d_name) { name in
                String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard child != ".", child != ".." else { continue }
            try tree(child, in: folder, path.appending(child))
        }
        try expect("rmdir", path, unlinkat(parent, name, AT_REMOVEDIR))
    }

    private static func expect(_ call: String, _ path: FilePath, _ result: Int32) throws(SystemError) {
        guard result != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .noSuchFileOrDirectory else { return }
        throw SystemError(call, on: path.string, errno: failure)
    }
}
