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
        do throws(SystemError) {
            _ = try SystemError.attempt("utimensat", on: path.string) {
                path.withPlatformString { utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }
            }
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
        }
    }
}
