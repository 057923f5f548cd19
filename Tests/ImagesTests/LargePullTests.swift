import Compression
import Hashing
import Images
import JSON
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Images that are large, long, or called by other sums.
@Suite struct LargePulls {
    private func pull(_ name: String, into folder: FilePath, access: RegistryAccess? = nil) throws -> PulledImage {
        let reference = try ImageReference(parsing: name)
        return try store(folder).pull(reference, access: access ?? .plain())
    }

    private func store(_ folder: FilePath) -> ImageStore { ImageStore(root: StateRoot(under: folder)) }

    @Test func `go on where they broke beyond two gigabytes`() throws {
        try withTemporaryFolder { folder in
            let layer = try ZeroLayer(megabytes: 2100)
            let cut = 2060 << 20
            let server = try ScriptedServer { request in
                guard request.path.hasSuffix(layer.digest.description) else { return layer.repository(request) }
                return layer.answer(from: request.rangeStart, to: request.rangeStart == 0 ? cut : layer.size)
            }
            #expect(try pull("\(server.host)/test/image:1", into: folder).isNew)
            let blobs = server.requests.filter { $0.path.hasSuffix(layer.digest.description) }
            #expect(blobs.map(\.rangeStart) == [0, cut])
            let diff = folder.appending("layers").appending(layer.digest.hex).appending("diff/zeros")
            #expect(try FileStatus.of(diff)?.size == Int64(2100 << 20 - 1536))
            #expect(try store(folder).blobs.size(of: layer.digest) == 2100 << 20)
        }
    }

    @Test func `of more layers than a container can have are refused before any layer is asked for`() throws {
        try withTemporaryFolder { folder in
            let many = try FakeRepository((0..<10_000).map { Array("\($0)".utf8) }, format: .none)
            let server = try ScriptedServer { many.answer($0) }
            let error = #expect(throws: ImageError.self) { try pull("\(server.host)/test/image:1", into: folder) }
            #expect(error?.description == "10000 layers: an image has 200 at most")
            #expect(!server.requests.contains { $0.path.hasSuffix(many.layers[0].digest.description) })
            #expect(try store(folder).list() == [])
        }
    }

    @Test func `are verified by SHA-512 where they are called by it`() throws {
        try withTemporaryFolder { folder in
            let repository = try FakeRepository([noise(5000), noise(100, seed: 2)], sum: .sha512)
            let isHonest = Atomic(false)
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                let isLayer = request.path.hasSuffix(repository.layers[0].digest.description)
                if isLayer, !isHonest.load(ordering: .relaxed) { answer.body[100] ^= 1 }
                return answer
            }
            let name = "\(server.host)/test/image@\(repository.digest)"
            let error = #expect(throws: StorageError.self) { try pull(name, into: folder) }
            guard case .wrongDigest(repository.layers[0].digest, _)? = error else {
                return #expect(error == nil, "another error than that of the digest")
            }
            isHonest.store(true, ordering: .relaxed)
            #expect(try pull(name, into: folder).digest == repository.digest)
            let store = store(folder)
            let image = try #require(try store.list().first)
            #expect(image.layers.map(\.algorithm) == ["sha512", "sha512"])
            #expect(try store.layers.list().count == 2)
            var archive: [UInt8] = []
            try store.save([image.id.description]) { archive += $0 }
            let text = String(decoding: archive, as: UTF8.self)
            #expect(repository.layers.allSatisfy { text.contains("path=blobs/sha512/\($0.digest.hex)\n") })
            let other = ImageStore(root: StateRoot(under: folder.appending("other")))
            #expect(try other.load(ByteSource(archive)).map(\.id) == [image.id])
            _ = try store.remove(image.id.description, force: true, users: { _ in [] })
            #expect(try store.blobs.list() == [])
            #expect(try store.layers.list() == [])
        }
    }
}

/// A layer of one file of zeros in a plain tar, which nobody needs to have in memory.
private struct ZeroLayer {
    let size: Int
    let digest: Digest
    private let header: [UInt8]
    private let image: [Digest: [UInt8]]
    private let manifest: [UInt8]
    private static let piece = [UInt8](repeating: 0, count: 1 << 20)

    init(megabytes: Int) throws {
        size = megabytes << 20
        var pieces: [[UInt8]] = []
        let writer = TarWriter { pieces.append($0) }
        var entry = TarEntry(.file, path: Array("zeros".utf8), mode: 0o644)
        // Header, contents and the two blocks at the end are as long as was asked for.
        entry.size = Int64(size - 1536)
        try writer.begin(entry)
        try writer.write(Self.piece, 0..<Self.piece.count)
        header = try #require(pieces.first)
        let hash = SHA2()
        hash.update(header)
        hash.update(Self.piece, 0..<(Self.piece.count - header.count))
        for _ in 1..<megabytes { hash.update(Self.piece, 0..<Self.piece.count) }
        digest = Digest(sha256: hash.sum())
        var configuration = ImageConfiguration()
        configuration.rootfs.diffIDs = [digest]
        let bytes = try JSON.encode(configuration)
        let id = Digest(sha256: SHA256.sum(bytes))
        image = [id: bytes]
        manifest = try JSON.encode(
            ImageManifest(
                config: Descriptor(mediaType: .configuration, digest: id, size: Int64(bytes.count)),
                layers: [Descriptor(mediaType: .layer, digest: digest, size: Int64(size))]
            )
        )
    }

    /// The manifest and the configuration.
    func repository(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        let name = (request.path.split(separator: "/").last).flatMap { try? Digest(parsing: String($0)) }
        if let name, let bytes = image[name] { return .init(body: bytes) }
        return .init(headers: [("Content-Type", MediaType.manifest.rawValue)], body: manifest)
    }

    /// What lies between two places, announced as if it went to the end.
    func answer(from start: Int, to end: Int) -> ScriptedServer.Answer {
        let head = start == 0 ? header : []
        let count = end - start - head.count
        var answer = ScriptedServer.Answer(status: start == 0 ? 200 : 206)
        if start > 0 { answer.headers = [("Content-Range", "bytes \(start)-\(size - 1)/\(size)")] }
        answer.body = head + [UInt8](repeating: 0, count: count % Self.piece.count)
        answer.pieces = (count / Self.piece.count, Self.piece)
        answer.claimedLength = size - start
        return answer
    }
}
