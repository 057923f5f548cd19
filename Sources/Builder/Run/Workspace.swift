import Linux
import Storage
import SystemPackage

/// What a build has while it runs: secrets while they are mounted, and notes of what to undo should it be
/// killed.
///
/// The lock is held while the build lives. Whoever finds the folder with the lock free puts things right. What the build uses
/// stands in that same file, a line each: a name of its own for each would be most of what a cached build costs the disk.
final class Workspace: Sendable {
    private let folder: FilePath
    private let lock: FileLock

    private init(folder: FilePath, lock: consuming FileLock) {
        self.folder = folder
        self.lock = lock
    }

    /// A folder of its own, after clearing away those of builds that were killed.
    ///
    /// - Parameter undo: Undoes what a command left, by its identifier.
    static func make(in root: StateRoot, undo: (String) throws -> Void) throws -> Workspace {
        let all = root.run.appending("builds")
        try Folder.makeAll(all)
        // Held while locks come and go, so that nobody sweeps a folder that is just being made.
        let gate = try FileLock.await(root.run.appending("builds.lock"))
        try sweep(all, undo: undo)
        let folder = all.appending(RandomName.hexadecimal(16))
        try Folder.makeAll(folder)
        guard let lock = try FileLock.take(folder.appending("lock")) else {
            throw SystemError("flock", on: folder.string, errno: .wouldBlock)
        }
        _ = consume gate
        return Workspace(folder: folder, lock: lock)
    }

    /// What running builds use: layers by their digits, and the folders of mounts.
    static func pins(in root: StateRoot) throws -> Set<String> {
        let all = root.run.appending("builds")
        guard Folder.hasEntry(all) else { return [] }
        var pins: Set<String> = []
        for name in try Folder.names(in: all) {
            let folder = all.appending(name)
            let lock = folder.appending("lock")
            guard try FileLock.isHeld(lock), let lines = try? WholeFile.read(lock) else { continue }
            pins.formUnion(lines.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) })
        }
        return pins
    }

    /// Notes that the build uses something, which nobody removes then as long as it lives.
    func pin(_ name: String) throws {
        try lock.append(Array("\(name)\n".utf8))
    }

    private static func sweep(_ all: FilePath, undo: (String) throws -> Void) throws {
        for name in try Folder.names(in: all) {
            let folder = all.appending(name)
            guard try !FileLock.isHeld(folder.appending("lock")) else { continue }
            let commands = folder.appending("commands")
            if Folder.hasEntry(commands) { for id in try Folder.names(in: commands) { try undo(id) } }
            try Removal.tree(folder)
        }
    }

    /// Notes that a command is about to run, and takes the note back afterwards.
    func whileNoted<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        let commands = folder.appending("commands")
        try Folder.makeAll(commands)
        let note = commands.appending(id)
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

    /// A socket at which an agent answers.
    func serve(_ source: AgentSource, owner: Owner, mode: UInt32) throws -> AgentServer {
        try AgentServer(source, in: folder, owner: owner, mode: mode)
    }

    /// Takes it all away.
    func remove() {
        try? Removal.tree(folder)
    }
}
