import Linux
public import SystemPackage

/// The right to change a project, held for as long as the value lives.
///
/// Who holds it writes their process identifier into the lock file, so that whoever has to wait can say for whom.
public struct ProjectLock: ~Copyable, Sendable {
    private let lock: FileLock
    /// The folder of the project whose lock this is.
    public let folder: FilePath

    /// Takes the lock of a project.
    ///
    /// - Parameter willWait: Called with the holder before waiting; throw to give up instead.
    public static func take(
        _ project: String,
        in root: StateRoot,
        willWait: (_ holder: Int32?) throws -> Void = { _ in }
    ) throws -> ProjectLock {
        guard let name = FileName(project) else {
            throw StorageError.unreadableRecord(path: project, reason: "not a project name")
        }
        let folder = root.projects.appending(name.description)
        try Folder.makeAll(folder, mode: 0o711)
        let path = folder.appending("lock")
        if let lock = try FileLock.take(path) { return try ProjectLock(lock, folder) }
        try willWait(holder(path))
        guard let lock = try FileLock.await(path) else { throw StorageError.locked(project, holder: holder(path)) }
        return try ProjectLock(lock, folder)
    }

    private init(_ lock: consuming FileLock, _ folder: FilePath) throws {
        try WholeFile.replace(
            folder.appending("holder"),
            with: Array("\(OwnProcess.identifier)".utf8),
            isDurable: false
        )
        self.lock = lock
        self.folder = folder
    }

    private static func holder(_ lock: FilePath) -> Int32? {
        let bytes = try? WholeFile.read(lock.removingLastComponent().appending("holder"), limit: 32)
        return bytes.flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }
}
