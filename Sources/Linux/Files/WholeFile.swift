import Glibc
public import SystemPackage

/// Files that are read and written as one piece.
public enum WholeFile {
    /// The contents. More than `limit` bytes are an error (`EFBIG`).
    public static func read(_ path: FilePath, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        return try FileDescriptor(rawValue: descriptor).readToEnd(limit: limit, of: path.string)
    }

    /// Replaces the file, so that a reader finds the old contents or the new, whole.
    ///
    /// - Parameter isDurable: Whether it must also be so after a power cut: the draft and then the folder are
    ///   synchronized.
    public static func replace(
        _ path: FilePath,
        with contents: [UInt8],
        isDurable: Bool,
        mode: UInt32 = 0o600
    ) throws(SystemError) {
        // A name of this thread's own: two who write the same file must not share a draft.
        let draft = FilePath("\(path.string).\(getpid())-\(pthread_self()).draft")
        do throws(SystemError) {
            try write(contents, to: draft, isDurable: isDurable, mode: mode)
            guard rename(draft.string, path.string) == 0 else {
                throw SystemError("rename", on: path.string, errno: Errno(rawValue: errno))
            }
        } catch {
            unlink(draft.string)
            throw error
        }
        if isDurable { try synchronizeFolder(path.removingLastComponent()) }
    }

    /// Writes to a file that exists, such as the kernel's own in `/proc` and `/sys`.
    public static func write(_ text: String, to path: FilePath) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        try writeAll(Array(text.utf8), to: descriptor, path)
    }

    /// Writes other contents into a file that exists, for those who have it mounted elsewhere. A reader may see half of it.
    public static func overwrite(_ path: FilePath, with contents: [UInt8]) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        try writeAll(contents, to: descriptor, path)
    }

    /// Opens a file that is only ever added to, making it where it is missing, and says how long it is.
    public static func openForAppending(
        _ path: FilePath,
        mode: UInt32
    ) throws(SystemError) -> (descriptor: FileDescriptor, size: Int) {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        return (FileDescriptor(rawValue: descriptor), Int(lseek(descriptor, 0, SEEK_END)))
    }

    /// Gives a file a second name, unless something has that name already.
    public static func link(_ path: FilePath, to other: FilePath) throws(SystemError) {
        guard Glibc.link(path.string, other.string) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .fileExists else { return }
        throw SystemError("link", on: other.string, errno: failure)
    }

    /// Gives a file another name; a missing one is left alone.
    public static func move(_ path: FilePath, to other: FilePath) throws(SystemError) {
        guard rename(path.string, other.string) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .noSuchFileOrDirectory else { return }
        throw SystemError("rename", on: path.string, errno: failure)
    }

    private static func write(
        _ contents: [UInt8],
        to path: FilePath,
        isDurable: Bool,
        mode: UInt32
    ) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        try writeAll(contents, to: descriptor, path)
        guard !isDurable || fsync(descriptor) == 0 else {
            throw SystemError("fsync", on: path.string, errno: Errno(rawValue: errno))
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: FilePath) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            let failure = Errno(rawValue: errno)
            if count < 0, failure == .interrupted { continue }
            guard count > 0 else { throw SystemError("write", on: path.string, errno: failure) }
            written += count
        }
    }

    /// Waits until a file that was replaced without that is on the disk, and its name with it.
    ///
    /// The corresponding C function is `fsync`.
    public static func synchronize(_ path: FilePath) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SystemError("fsync", on: path.string, errno: Errno(rawValue: errno))
        }
        try synchronizeFolder(path.removingLastComponent())
    }

    private static func synchronizeFolder(_ path: FilePath) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SystemError("fsync", on: path.string, errno: Errno(rawValue: errno))
        }
    }
}
