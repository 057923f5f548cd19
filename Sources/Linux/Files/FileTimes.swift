import Glibc
public import SystemPackage

/// When files were changed, by their own account.
public enum FileTimes {
    /// `UTIME_NOW` and `UTIME_OMIT`, which are macros that Swift does not see.
    private static let now = (1 << 30) - 1
    private static let unchanged = (1 << 30) - 2

    /// Sets the time of a file's last change to now; a missing file is fine.
    ///
    /// The corresponding C function is `utimensat`.
    public static func touch(_ path: FilePath) throws(SystemError) {
        try set(path, timespec(tv_sec: 0, tv_nsec: Self.now))
    }

    /// Sets the time of a file's last change, in nanoseconds since 1970.
    public static func set(_ path: FilePath, to nanoseconds: Int64) throws(SystemError) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        try set(path, timespec(tv_sec: Int(seconds), tv_nsec: Int(rest)))
    }

    private static func set(_ path: FilePath, _ time: timespec) throws(SystemError) {
        let times = [timespec(tv_sec: 0, tv_nsec: unchanged), time]
        guard utimensat(AT_FDCWD, path.string, times, AT_SYMLINK_NOFOLLOW) != 0, errno != ENOENT else { return }
        throw SystemError("utimensat", on: path.string, errno: Errno(rawValue: errno))
    }
}

/// How much room a file system has.
public struct FileSystemSpace: Hashable, Sendable {
    /// Bytes in all.
    public let total: Int64
    /// Bytes that may still be written.
    public let free: Int64

    /// The file system that a path is on.
    ///
    /// The corresponding C function is `statvfs`.
    public init(at path: FilePath) throws(SystemError) {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else {
            throw SystemError("statvfs", on: path.string, errno: Errno(rawValue: errno))
        }
        total = Int64(clamping: UInt64(status.f_blocks) * UInt64(status.f_frsize))
        free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
