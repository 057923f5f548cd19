import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// The results of steps and builds, by what they depend on.
///
/// A record names a result and does not hold it: whoever looks one up sees to it that the result is still there.
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

    private let folder: FilePath

    init(_ root: StateRoot) throws(SystemError) {
        folder = root.build
        for name in ["steps", "images", "contexts"] { try Folder.makeAll(folder.appending(name), mode: 0o700) }
    }

    func step(_ key: String) -> Step? { read("steps", key) }
    func image(_ key: String) -> Image? { read("images", key) }
    func save(_ step: Step, as key: String) throws { try write(step, "steps", key) }
    func save(_ image: Image, as key: String) throws { try write(image, "images", key) }

    /// Where the digests of a context's files are remembered.
    func memory(ofContext path: FilePath) -> FilePath {
        var key = CacheKey("context")
        key.add("path", path.string)
        return folder.appending("contexts").appending(key.text)
    }

    /// Where the folders of `RUN --mount=type=cache` are.
    var mounts: FilePath { folder.appending("mounts") }

    /// A record that cannot be read is as good as none.
    private func read<Record: Decodable>(_ kind: String, _ key: String) -> Record? {
        guard let bytes = try? WholeFile.read(folder.appending(kind).appending("\(key).json")) else { return nil }
        return try? JSON.decode(Record.self, from: bytes)
    }

    /// A lost record costs a step, not a result, so nothing waits for the disk.
    private func write(_ record: some Encodable, _ kind: String, _ key: String) throws {
        let path = folder.appending(kind).appending("\(key).json")
        try WholeFile.replace(path, with: JSON.encode(record), isDurable: false)
    }
}
