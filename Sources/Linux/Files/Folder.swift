import Glibc
public import SystemPackage

/// Folders as a whole: made, moved, listed, made to last.
public enum Folder {
    /// Makes a folder.
    ///
    /// - Returns: false if something bears the name already.
    @discardableResult
    public static func create(_ path: FilePath, mode: UInt32 = 0o700) throws(SystemError) -> Bool {
        if mkdir(path.string, mode) == 0 { return true }
        let failure = Errno(rawValue: errno)
        guard failure == .fileExists else { throw SystemError("mkdir", on: path.string, errno: failure) }
        return false
    }

    /// Makes a folder and those above it that are missing.
    public static func createAll(_ path: FilePath, mode: UInt32 = 0o700) throws(SystemError) {
        if mkdir(path.string, mode) == 0 { return }
        let failure = Errno(rawValue: errno)
        switch failure {
        case .fileExists: return
        case .noSuchFileOrDirectory:
            try createAll(path.removingLastComponent(), mode: mode)
            try create(path, mode: mode)
        default: throw SystemError("mkdir", on: path.string, errno: failure)
        }
    }

    /// Moves a file or folder. An empty folder at the new place is replaced.
    ///
    /// The corresponding C function is `rename`.
    ///
    /// - Returns: false if a folder with something in it bears the new name.
    public static func move(_ path: FilePath, to other: FilePath) throws(SystemError) -> Bool {
        if rename(path.string, other.string) == 0 { return true }
        let failure = Errno(rawValue: errno)
        guard failure == .fileExists || failure == .directoryNotEmpty else {
            throw SystemError("rename", on: path.string, errno: failure)
        }
        return false
    }

    /// The names in the folder, in no order; none if it does not exist.
    public static func names(in path: FilePath) throws(SystemError) -> [String] {
        guard let stream = opendir(path.string) else {
            let failure = Errno(rawValue: errno)
            guard failure == .noSuchFileOrDirectory else {
                throw SystemError("opendir", on: path.string, errno: failure)
            }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether there is a folder here, links followed.
    public static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Waits until the names in the folder are on the disk.
    ///
    /// The corresponding C function is `fsync`.
    public static func synchronize(_ path: FilePath) throws(SystemError) {
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", on: path.string, errno: Errno(rawValue: errno)) }
    }
}
