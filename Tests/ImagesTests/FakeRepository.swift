import Compression
import Hashing
import JSON
import OCI
import Storage
import TestSupport

/// An image as a registry has it, made in memory, for servers that tell lies about it.
struct FakeRepository {
    let manifest: [UInt8]
    let blobs: [Digest: [UInt8]]
    let layers: [Descriptor]

    let digest: Digest

    /// An image with a layer for each text, which holds a file with it.
    ///
    /// - Parameter sum: By which sums everything is called.
    init(_ files: [[UInt8]], format: CompressionFormat = .gzip, sum: SHA2.Length = .sha256) throws {
        func digest(_ bytes: [UInt8]) -> Digest { Self.digest(bytes, sum) }
        var configuration = ImageConfiguration()
        var blobs: [Digest: [UInt8]] = [:]
        var layers: [Descriptor] = []
        for (number, file) in files.enumerated() {
            var tar: [UInt8] = []
            let writer = TarWriter { tar += $0 }
            let entry = TarEntry(.file, path: Array("file\(number)".utf8), mode: 0o644)
            try writer.add(entry, contents: file)
            try writer.finish()
            configuration.rootfs.diffIDs.append(digest(tar))
            let blob = try ByteSource(tar).compressed(as: format).readAll(limit: 1 << 30)
            let name = digest(blob)
            blobs[name] = blob
            let type: MediaType = [.gzip: .gzipLayer, .zstd: .zstdLayer][format] ?? .layer
            layers.append(Descriptor(mediaType: type, digest: name, size: Int64(blob.count)))
        }
        let config = try JSON.encode(configuration)
        let id = digest(config)
        blobs[id] = config
        manifest = try JSON.encode(
            ImageManifest(
                config: Descriptor(mediaType: .configuration, digest: id, size: Int64(config.count)),
                layers: layers
            )
        )
        self.blobs = blobs
        self.layers = layers
        self.digest = digest(manifest)
    }

    private static func digest(_ bytes: [UInt8], _ sum: SHA2.Length) -> Digest {
        let hash = SHA2(sum)
        hash.update(bytes)
        return sum == .sha256 ? Digest(sha256: hash.sum()) : Digest(sha512: hash.sum())
    }

    /// What an honest registry answers, ranges and all.
    func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        let name = String(request.path.split(separator: "/").last ?? "")
        if request.path.contains("/manifests/") {
            guard name == "1" || name == digest.description else { return Self.unknown }
            return .init(
                headers: [
                    ("Content-Type", MediaType.manifest.rawValue), ("Docker-Content-Digest", digest.description),
                ],
                body: manifest
            )
        }
        guard let digest = try? Digest(parsing: name), let blob = blobs[digest] else { return Self.unknown }
        let start = request.rangeStart
        guard start > 0 else { return .init(body: blob) }
        guard start < blob.count else { return .init(status: 416) }
        let range = ("Content-Range", "bytes \(start)-\(blob.count - 1)/\(blob.count)")
        return .init(status: 206, headers: [range], body: Array(blob[start...]))
    }

    private static let unknown = ScriptedServer.Answer.json(
        #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#,
        status: 404
    )
}

/// Bytes that do not compress, the same every time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
    }
    return bytes
}
