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
        try Self.sweep(folder)
        while true {
            let path = folder.appending(RandomName.hexadecimal(16))
            try Folder.make(path, mode: 0o711)
            // Nil: somebody swept before the lock was taken.
            guard let lock = try FileLock.take(path.appending("lock")) else { continue }
            self.path = path
            self.lock = lock
            return
        }
    }

    deinit { try? Removal.tree(path) }

    /// Removes the drafts in a folder that nobody works in any more.
    public static func sweep(_ folder: FilePath) throws {
        for name in try Folder.names(in: folder) {
            let path = folder.appending(name)
            guard let lock = try? FileLock.take(path.appending("lock")) else { continue }
            try Removal.tree(path)
            _ = consume lock
        }
    }
}
