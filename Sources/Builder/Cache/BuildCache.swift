import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// The results of steps and builds, by what they depend on.
///
/// A record names a result and does not hold it: whoever looks one up sees to it that the result is still there. What the
/// cache holds is noted apart, and when a note was touched last is when its thing was used last.
struct BuildCache: Sendable {
    /// The layer that a step came to.
    struct Step: Codable, Hashable, Sendable {
        var layer: Digest
        /// When it was made, in nanoseconds since 1970.
        var created: Int64
    }

    /// The image that a build came to.
    struct Image: Codable, Hashable, Sendable {
        var id: Digest
    }

    /// The layer that holds what was fetched from elsewhere.
    struct Source: Codable, Hashable, Sendable {
        var layer: Digest
        /// What is known of a file of the web.
        var version: WebFetch.Version?
        /// Stands for the files of a commit, whenever they were fetched.
        var identity: String?
    }

    /// What is known of a layer or a folder that the cache holds.
    struct Note: Codable, Hashable, Sendable {
        /// What it came from.
        var description: String
        /// What it is, if not what it is mostly.
        var kind: CacheItem.Kind?
        /// In nanoseconds since 1970.
        var created: Int64
        /// Of a folder, how large it was when it was looked at last; and when that was.
        var size: Int64?
        var measured: Int64?
    }

    let folder: FilePath
    /// Held by many while they begin to use something, and by one that removes things.
    let gate: FilePath

    init(_ root: StateRoot) throws(SystemError) {
        folder = root.build
        gate = root.run.appending("build-cache.lock")
        try Folder.makeAll(root.run)
        for name in ["steps", "images", "contexts", "layers", "sources"] {
            try Folder.makeAll(folder.appending(name), mode: 0o700)
        }
    }

    func step(_ key: String) -> Step? { read("steps", key) }
    func image(_ key: String) -> Image? { read("images", key) }
    func source(_ key: String) -> Source? { read("sources", key) }
    func save(_ step: Step, as key: String) throws { try write(step, "steps", key) }
    func save(_ image: Image, as key: String) throws { try write(image, "images", key) }
    func save(_ source: Source, as key: String) throws { try write(source, "sources", key) }

    /// Where the digests of a context's files are remembered.
    func memory(ofContext path: FilePath) -> FilePath {
        var key = CacheKey("context")
        key.add("path", path.string)
        return folder.appending("contexts").appending(key.text)
    }

    /// Where the folders of `RUN --mount=type=cache` are.
    var mounts: FilePath { folder.appending("mounts") }

    // MARK: Use

    /// Notes that a layer of the cache is used now.
    func noteUse(
        of layer: Digest,
        _ description: String,
        created: Int64,
        kind: CacheItem.Kind = .layer
    ) throws {
        let path = path("layers", layer.hex)
        guard Folder.hasEntry(path) else {
            return try write(Note(description: description, kind: kind, created: created), "layers", layer.hex)
        }
        try FileTimes.touch(path)
    }

    /// Notes that the folder of a mount is used now.
    ///
    /// - Parameter key: what the folder is called.
    func noteUse(ofMount key: String, _ description: String) throws {
        try Folder.makeAll(mounts, mode: 0o700)
        let path = path("mounts", key)
        guard Folder.hasEntry(path) else {
            return try write(Note(description: description, created: Timestamp.now()), "mounts", key)
        }
        try FileTimes.touch(path)
    }

    /// Calls the body while nobody removes anything.
    func whileKept<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try FileLock.share(gate)
        let result = try body()
        _ = consume lock
        return result
    }

    // MARK: Records

    func path(_ kind: String, _ key: String) -> FilePath { folder.appending(kind).appending("\(key).json") }

    /// A record that cannot be read is as good as none.
    func read<Record: Decodable>(_ kind: String, _ key: String) -> Record? {
        guard let bytes = try? WholeFile.read(path(kind, key)) else { return nil }
        return try? JSON.decode(Record.self, from: bytes)
    }

    /// A lost record costs a step, not a result, so nothing waits for the disk.
    func write(_ record: some Encodable, _ kind: String, _ key: String) throws {
        try WholeFile.replace(path(kind, key), with: JSON.encode(record), isDurable: false)
    }
}
