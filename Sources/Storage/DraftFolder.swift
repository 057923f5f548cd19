import Linux
public import SystemPackage

/// A folder in which something is made. It goes with the value, unless it was moved to where it belongs.
///
/// Its lock is held as long as somebody works in it, so what a killed process left can be told from work in progress.
public struct DraftFolder: ~Copyable, Sendable {
    /// The folder; the entry `lock` in it is taken.
    public let path: FilePath
    private let lock: FileLock

    /// Makes one with a name of its own, and clears away what others left.
    public init(in folder: FilePath) throws {
        try Folder.makeAll(folder, mode: 0o711)
        let births = try Self.awaitBirths(in: folder)
        try Self.removeAbandoned(in: folder)
        let path = folder.appending(RandomName.hexadecimal(16))
        try Folder.make(path, mode: 0o711)
        guard let lock = try FileLock.take(path.appending("lock")) else {
            throw SystemError("flock", on: path.string, errno: .wouldBlock)
        }
        _ = consume births
        self.path = path
        self.lock = lock
    }

    deinit { try? Removal.tree(path) }

    /// Removes the drafts in a folder that nobody works in any more.
    public static func sweep(_ folder: FilePath) throws {
        guard Folder.hasEntry(folder) else { return }
        let births = try awaitBirths(in: folder)
        try removeAbandoned(in: folder)
        _ = consume births
    }

    /// A draft is a folder before it has a lock; nobody may take it for an abandoned one meanwhile.
    private static func awaitBirths(in folder: FilePath) throws -> FileLock? {
        try FileLock.await(FilePath("\(folder).lock"))
    }

    private static func removeAbandoned(in folder: FilePath) throws {
        for name in try Folder.names(in: folder) {
            let path = folder.appending(name)
            guard let lock = try? FileLock.take(path.appending("lock")) else { continue }
            try Removal.tree(path)
            _ = consume lock
        }
    }
}
