import Glibc
public import SystemPackage

/// A file whose existence is a claim: made once, whole, by whoever comes first.
public enum ClaimFile {
    /// `O_TMPFILE` (open(2)), a macro that the importer leaves out.
    private static let nameless = 0o20000000 | O_DIRECTORY

    /// Makes the file with its contents in one step, so that no reader ever sees half of it.
    ///
    /// Returns false when the file exists already. The folder must exist. The corresponding C functions are `open` with
    /// `O_TMPFILE` and `linkat`, which leave nothing behind when the caller dies in between.
    public static func create(at path: FilePath, contents: [UInt8]) throws(SystemError) -> Bool {
        let folder = path.removingLastComponent().string
        let draft = Glibc.open(folder, nameless | O_WRONLY | O_CLOEXEC, 0o644)
        guard draft >= 0 else { throw SystemError("open", on: folder, errno: Errno(rawValue: errno)) }
        defer { close(draft) }
        var written = 0
        while written < contents.count {
            let count = contents.withUnsafeBytes {
                write(draft, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            let code = errno
            if count < 0, code == EINTR { continue }
            guard count > 0 else { throw SystemError("write", on: path.string, errno: Errno(rawValue: code)) }
            written += count
        }
        guard linkat(AT_FDCWD, "/proc/self/fd/\(draft)", AT_FDCWD, path.string, AT_SYMLINK_FOLLOW) != 0 else {
            return true
        }
        let code = errno
        guard code == EEXIST else { throw SystemError("linkat", on: path.string, errno: Errno(rawValue: code)) }
        return false
    }

    /// The contents of a claim; nil if there is none. More than `limit` bytes are an error.
    public static func read(at path: FilePath, limit: Int = 1 << 20) throws(SystemError) -> [UInt8]? {
        let file = Glibc.open(path.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            let code = errno
            if code == ENOENT { return nil }
            throw SystemError("open", on: path.string, errno: Errno(rawValue: code))
        }
        defer { close(file) }
        return try FileDescriptor(rawValue: file).readToEnd(limit: limit, of: path.string)
    }

    /// Gives a claim up. Not an error if there is none.
    public static func remove(at path: FilePath) throws(SystemError) {
        guard unlink(path.string) != 0 else { return }
        let code = errno
        guard code == ENOENT else { throw SystemError("unlink", on: path.string, errno: Errno(rawValue: code)) }
    }

    /// The names of the claims in a folder, in no order; none if the folder does not exist.
    public static func names(in folder: FilePath) throws(SystemError) -> [String] {
        guard let stream = opendir(folder.string) else {
            let code = errno
            if code == ENOENT { return [] }
            throw SystemError("opendir", on: folder.string, errno: Errno(rawValue: code))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// Makes a folder for claims, and those above it, where they are missing.
    public static func makeFolder(_ path: FilePath) throws(SystemError) {
        guard mkdir(path.string, 0o755) != 0 else { return }
        let code = errno
        switch code {
        case EEXIST: return
        case ENOENT where path.lastComponent != nil:
            try makeFolder(path.removingLastComponent())
            try makeFolder(path)
        default: throw SystemError("mkdir", on: path.string, errno: Errno(rawValue: code))
        }
    }

    /// When a claim in the folder was last made or given up, in nanoseconds since 1970; nil if there is no folder.
    public static func lastChange(in folder: FilePath) -> Int64? {
        var status = stat()
        guard stat(folder.string, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// The present by the clock that files are stamped with, in nanoseconds since 1970.
    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
