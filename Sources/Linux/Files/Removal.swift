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

    /// Detaches what is mounted at the path, if anything is, and removes the path.
    ///
    /// The corresponding C function is `umount2` with `MNT_DETACH`.
    public static func mount(_ path: FilePath) throws(SystemError) {
        while umount2(path.string, Int32(MNT_DETACH) | Int32(UMOUNT_NOFOLLOW)) == 0 {}
        let failure = Errno(rawValue: errno)
        guard failure == .invalidArgument || failure == .noSuchFileOrDirectory else {
            throw SystemError("umount2", on: path.string, errno: failure)
        }
        guard unlink(path.string) != 0, Errno(rawValue: errno) != .noSuchFileOrDirectory else { return }
        try folder(path)
    }

    /// Removes a folder and all below it, however deep. Links are removed, never followed, not even one that takes a
    /// folder's place meanwhile.
    public static func tree(_ path: FilePath) throws(SystemError) {
        guard let status = try FileStatus.of(path) else { return }
        guard status.kind == .folder else { return try file(path) }
        do throws(SystemError) {
            try contents(OpenFolder(opening: path))
        } catch {
            guard error.errno != .noSuchFileOrDirectory else { return }
            throw error
        }
        try folder(path)
    }

    /// Removes an entry of a folder and, if it is a folder, all below it.
    public static func tree(_ name: FileName, in parent: OpenFolder) throws(SystemError) {
        guard let status = try parent.status(name) else { return }
        guard status.kind == .folder else { return try parent.removeFile(name) }
        try contents(parent.folder(name))
        try parent.removeFolder(name)
    }

    /// Removes all that is in a folder.
    public static func contents(_ folder: OpenFolder) throws(SystemError) {
        var walk = try TreeWalk(folder)
        while let visit = try walk.next() {
            switch visit {
            case .entry(let name, _): try walk.folder.removeFile(name)
            case .entered: break
            case .left(let name): try walk.folder.removeFolder(name)
            }
        }
    }

    private static func expect(_ call: String, _ path: FilePath, _ result: Int32) throws(SystemError) {
        guard result != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .noSuchFileOrDirectory else { return }
        throw SystemError(call, on: path.string, errno: failure)
    }
}
