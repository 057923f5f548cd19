import Dockerfile
import Linux
import SystemPackage

/// A cache that outlives builds, claimed as its sharing mode says.
final class CacheFolder: Sendable {
    let path: FilePath
    private let lock: FileLock?

    private init(path: FilePath, lock: consuming FileLock?) {
        self.path = path
        self.lock = lock
    }

    /// What the folder of a mount is called.
    ///
    /// - Parameters:
    ///   - space: `BUILDKIT_CACHE_MOUNT_NS`: caches of the same name in other spaces are others.
    ///   - origin: Stands for what it begins with; caches that begin otherwise are others too.
    static func key(of mount: RunMount, target: String, space: String?, origin: String?) -> String {
        var key = CacheKey("cache")
        if let space, !space.isEmpty { key.add("space", space) }
        key.add("id", mount.id ?? target)
        if let origin { key.add("origin", origin) }
        return key.text
    }

    /// Claims the cache of that key.
    ///
    /// - Parameter fill: Gives a new cache what it begins with, in an empty folder.
    static func claim(
        _ key: String,
        _ mount: RunMount,
        on shelf: LayerShelf,
        fill: (FilePath) throws -> Void
    ) throws -> CacheFolder {
        try Folder.makeAll(shelf.cache.mounts, mode: 0o700)
        let claimed = try claim(shelf.cache.mounts.appending(key), mount.sharing)
        // Who comes second waits until it is filled: a folder in use must not be replaced, and a rename would.
        let birth = try FileLock.await(FilePath("\(claimed.path).birth"))
        guard !Folder.hasEntry(claimed.path) else { return claimed }
        let draft = try shelf.store.makeDraft()
        try fill(draft.contents)
        guard let status = try FileStatus.of(draft.contents) else { return claimed }
        try FileOwner.set(
            uid: mount.uid ?? status.uid,
            gid: mount.gid ?? status.gid,
            mode: mount.mode ?? status.mode,
            of: draft.contents
        )
        try NameLink.rename(draft.contents, to: claimed.path)
        _ = consume birth
        return claimed
    }

    private static func claim(_ base: FilePath, _ sharing: RunMount.Sharing) throws -> CacheFolder {
        switch sharing {
        case .shared: return CacheFolder(path: base, lock: nil)
        case .locked: return CacheFolder(path: base, lock: try FileLock.await(FilePath("\(base).lock")))
        case .private: break
        }
        var number = 0
        while true {
            let path = number == 0 ? base : FilePath("\(base)-\(number)")
            if let lock = try FileLock.take(FilePath("\(path).lock")) { return CacheFolder(path: path, lock: lock) }
            number += 1
        }
    }
}
