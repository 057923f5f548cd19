import Dockerfile
import Linux
import SystemPackage

/// A cache that outlives builds, claimed as its sharing mode says.
final class CacheFolder: Sendable {
    /// Where it is; whoever claims it first makes it.
    let path: FilePath
    private let lock: FileLock?

    private init(path: FilePath, lock: consuming FileLock?) {
        self.path = path
        self.lock = lock
    }

    /// Claims the cache of that name.
    static func claim(_ key: String, _ sharing: RunMount.Sharing, in cache: BuildCache) throws -> CacheFolder {
        let base = cache.mounts.appending(key)
        try Folder.makeAll(cache.mounts, mode: 0o700)
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

    /// Makes it, empty.
    func make(mode: UInt32, uid: UInt32, gid: UInt32) throws {
        try Folder.makeAll(path, mode: 0o755)
        try FileOwner.set(uid: uid, gid: gid, mode: mode, of: path)
    }

    /// Makes it of a folder, which is its own from then on, unless somebody else has made it meanwhile.
    func take(_ folder: FilePath) throws {
        _ = try Folder.move(folder, to: path)
    }
}
