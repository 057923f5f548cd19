import Glibc
public import SystemPackage

/// Whose a file is, and who may use it.
public enum FileOwner {
    /// Sets owner, group and permissions; in this order, as a change of owner takes the set-user-ID bit away.
    ///
    /// The corresponding C functions are `lchown` and `chmod`.
    public static func set(uid: UInt32, gid: UInt32, mode: UInt32, of path: FilePath) throws(SystemError) {
        guard lchown(path.string, uid, gid) == 0 else {
            throw SystemError("lchown", on: path.string, errno: Errno(rawValue: errno))
        }
        guard chmod(path.string, mode) == 0 else {
            throw SystemError("chmod", on: path.string, errno: Errno(rawValue: errno))
        }
    }
}
