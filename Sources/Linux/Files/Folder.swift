import Glibc
public import SystemPackage

/// Folders by their paths.
public enum Folder {
    /// Makes a folder. One that is there already is a success.
    ///
    /// The corresponding C function is `mkdir`.
    public static func make(_ path: FilePath, mode: UInt32 = 0o700) throws(SystemError) {
        guard mkdir(path.string, mode) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .fileExists else { return }
        throw SystemError("mkdir", on: path.string, errno: failure)
    }

    /// Makes a folder and those above it that are missing.
    public static func makeAll(_ path: FilePath, mode: UInt32 = 0o700) throws(SystemError) {
        do {
            try make(path, mode: mode)
        } catch {
            guard error.errno == .noSuchFileOrDirectory, path.removingLastComponent() != path else { throw error }
            try makeAll(path.removingLastComponent(), mode: mode)
            try make(path, mode: mode)
        }
    }

    /// The names in a folder, sorted; none where the folder is missing.
    public static func names(in path: FilePath) throws(SystemError) -> [String] {
        guard let stream = opendir(path.string) else {
            let failure = Errno(rawValue: errno)
            guard failure != .noSuchFileOrDirectory else { return [] }
            throw SystemError("opendir", on: path.string, errno: failure)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether something is there; a link counts, wherever it leads.
    public static func hasEntry(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }
}

/// Symbolic links that claim a name: making one succeeds for one process only.
public enum NameLink {
    /// Claims the name; false if somebody else has it.
    ///
    /// The corresponding C function is `symlink`.
    public static func claim(_ path: FilePath, for destination: String) throws(SystemError) -> Bool {
        guard symlink(destination, path.string) != 0 else { return true }
        let failure = Errno(rawValue: errno)
        guard failure != .fileExists else { return false }
        throw SystemError("symlink", on: path.string, errno: failure)
    }

    /// What the link says; nil if there is none.
    ///
    /// The corresponding C function is `readlink`.
    public static func destination(of path: FilePath) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path.string, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Gives a file or folder another name, in one step.
    ///
    /// The corresponding C function is `rename`.
    public static func rename(_ path: FilePath, to other: FilePath) throws(SystemError) {
        guard Glibc.rename(path.string, other.string) == 0 else {
            throw SystemError("rename", on: path.string, errno: Errno(rawValue: errno))
        }
    }
}
