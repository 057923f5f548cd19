import Linux
import Networks
import Storage
import SystemPackage

/// What a build has while it runs: secrets while they are mounted, and notes of what to undo should it be
/// killed.
///
/// The lock is held while the build lives. Whoever finds the folder with the lock free puts things right.
final class Workspace: Sendable {
    private let folder: FilePath
    private let lock: FileLock

    private init(folder: FilePath, lock: consuming FileLock) {
        self.folder = folder
        self.lock = lock
    }

    /// A folder of its own.
    static func make(in root: StateRoot) throws -> Workspace {
        let name = RandomName.hexadecimal(16)
        let folder = transient(root).appending(name)
        try Folder.makeAll(folder.appending("commands"))
        guard let lock = try FileLock.take(folder.appending("lock")) else {
            throw SystemError("flock", on: folder.string, errno: .wouldBlock)
        }
        return Workspace(folder: folder, lock: lock)
    }

    /// Undoes what builds left that were killed.
    static func sweep(_ root: StateRoot) throws {
        for name in try Folder.names(in: transient(root)) {
            let folder = transient(root).appending(name)
            guard try !FileLock.isHeld(folder.appending("lock")) else { continue }
            for id in try Folder.names(in: folder.appending("commands")) {
                try NetworkStore(root: root).release(container: id)
                try Removal.tree(root.run.appending("sandboxes").appending(id))
            }
            try Removal.tree(folder)
        }
    }

    private static func transient(_ root: StateRoot) -> FilePath { root.run.appending("builds") }

    /// Notes that a command is about to run, and takes the note back afterwards.
    func whileNoted<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        let note = folder.appending("commands").appending(id)
        try WholeFile.replace(note, with: [], isDurable: false)
        defer { try? Removal.file(note) }
        return try body()
    }

    /// Writes a file that nobody but its owner may read, for as long as the workspace lasts.
    func write(_ contents: [UInt8], mode: UInt32, owner: Owner) throws -> FilePath {
        let path = folder.appending("file-\(RandomName.hexadecimal(16))")
        try WholeFile.replace(path, with: contents, isDurable: false)
        try FileOwner.set(uid: owner.uid, gid: owner.gid, mode: mode, of: path)
        return path
    }

    /// Takes it all away.
    func remove() {
        try? Removal.tree(folder)
    }
}
