import Compression
import Hashing
import JSON
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// What becomes of images when others remove something at the same time.
@Suite struct ImagesOfSeveralCommands {
    /// Adds an image while another one, who has the catalogue, takes something away in between.
    private func add(
        _ configuration: ImageConfiguration,
        to store: ImageStore,
        meanwhile remove: @escaping @Sendable (Digest) throws -> Void
    ) throws -> Digest {
        let bytes = try JSON.encode(configuration)
        let id = Digest(sha256: SHA256.sum(bytes))
        let isTaken = Atomic(false)
        let isOver = Atomic(false)
        let results = try Parallel.map([true, false], width: 2) { isRemover -> Result<Digest, any Error> in
            guard !isRemover else {
                return Result {
                    try store.change { _ in
                        isTaken.store(true, ordering: .releasing)
                        while !store.blobs.contains(id), !isOver.load(ordering: .acquiring) {}
                        try remove(id)
                    }
                    return id
                }
            }
            while !isTaken.load(ordering: .acquiring) {}
            defer { isOver.store(true, ordering: .releasing) }
            return Result { try store.add(bytes, as: [ImageReference(parsing: "new")]) }
        }
        for result in results { _ = try result.get() }
        return id
    }

    private func configuration(in store: ImageStore) throws -> ImageConfiguration {
        _ = try commitPair(to: store, as: "pair")
        var configuration = try #require(try store.find("pair")).configuration
        configuration.author = "somebody"
        return configuration
    }

    @Test func `one that is added keeps its configuration, whatever is removed meanwhile`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let id = try add(configuration(in: store), to: store) { try store.blobs.remove($0) }
            #expect(try ImageStore(root: StateRoot(under: folder)).find("new")?.configuration.author == "somebody")
            #expect(try store.blobs.read(store.manifest(of: id).digest).isEmpty == false)
        }
    }

    @Test func `one whose layer is removed meanwhile is not added`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let configuration = try configuration(in: store)
            let layer = configuration.rootfs.diffIDs[1]
            #expect(throws: StorageError.unknownLayer(layer)) {
                try add(configuration, to: store) { _ in try store.layers.remove(layer) }
            }
            #expect(try store.find("new") == nil)
        }
    }

    @Test func `an index is kept only with all that it leads to`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let id = try commitPair(to: store, as: "pair")
            let packer = try ImagePacker(store)
            let packed = try packer.image(store.blobs.read(id))
            let index = try packer.index([packed.manifest])
            try store.blobs.remove(packed.layers[0].digest)
            #expect(throws: StorageError.unknownBlob(packed.layers[0].digest)) { try store.keep([id], index: index) }
            #expect(try store.index(of: "\(index.digest)") == nil)
        }
    }

    @Test func `one whose configuration is gone is listed and removed, and hinders no other`() throws {
        try withTemporaryFolder { folder in
            let first = ImageStore(root: StateRoot(under: folder))
            let dangling = try first.commit(try configuration(in: first))
            let broken = try #require(try first.find("pair")).id
            try first.blobs.remove(broken)
            // Another command, which has read nothing yet.
            let store = ImageStore(root: StateRoot(under: folder))
            #expect(try Set(store.list().map(\.id)) == [broken, dangling])
            #expect(throws: StorageError.unknownBlob(broken)) { try store.find("pair") }
            #expect(try store.prune { _ in [] }.removals.first == .deleted(dangling))
            #expect(try store.remove("pair") { _ in [] }.contains(.deleted(broken)))
            #expect(try store.list() == [])
        }
    }

    @Test func `a load makes young what it finds`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder.appending("one")))
            var archive: [UInt8] = []
            _ = try commitPair(to: store, as: "pair:1")
            try store.save(["pair:1"]) { archive += $0 }
            let target = ImageStore(root: StateRoot(under: folder.appending("two")))
            _ = try target.load(ByteSource(archive))
            for blob in try target.blobs.list() { try FileTimes.set(target.blobs.path(of: blob), to: 1_000_000_000) }
            _ = try target.load(ByteSource(archive))
            let times = try target.blobs.list().map { try FileStatus.of(target.blobs.path(of: $0))?.modifiedAt ?? 0 }
            #expect(times.count == 4 && times.allSatisfy { $0 > 1_000_000_000 })
        }
    }
}
