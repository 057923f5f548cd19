import Glibc
public import SystemPackage

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
        _ = try SystemError.attempt("statvfs", on: path.string) {
            path.withPlatformString { statvfs($0, &status) }
        }
        total = Int64(clamping: UInt64(status.f_blocks) * UInt64(status.f_frsize))
        free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
