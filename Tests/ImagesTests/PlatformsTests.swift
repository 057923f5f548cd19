import Compression
import JSON
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// Images for several platforms under one name.
@Suite struct SeveralPlatforms {
    @Test func `the one for this machine is meant, and each is found by its platform`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let store = pair.store
            #expect(try store.find("pair:1")?.id == pair.own)
            #expect(try store.find("\(pair.index.digest)")?.id == pair.own)
            #expect(try store.find("pair:1", platform: Platform(parsing: "linux/s390x"))?.id == pair.other)
            #expect(try store.find("pair:1", platform: Platform(parsing: "linux/riscv64")) == nil)
            #expect(try store.find("\(pair.other)")?.isOther == true)
            #expect(try store.list().filter(\.isDangling) == [])
        }
    }

    @Test func `go with their last name, and what only one of them had goes with it`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let store = pair.store
            try store.tag("pair:1", as: ImageReference(parsing: "pair:2"))
            #expect(try store.prune { _ in [] }.removals == [])
            #expect(try store.remove("pair:1") { _ in [] }.map(\.description) == ["Untagged: pair:1"])
            #expect(try store.members(of: "pair:2").map(\.id) == [pair.own, pair.other])
            let removals = try store.remove("pair:2") { _ in [] }
            #expect(removals.prefix(2) == [.untagged(try ImageReference(parsing: "pair:2")), .deleted(pair.own)])
            #expect(removals.count == 6 && removals.contains(.deleted(pair.other)))
            #expect(try store.layers.list() == [])
            #expect(try store.blobs.list() == [])
        }
    }

    @Test func `one that a container uses stays when its name goes`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let user = ImageUser(name: "web", isRunning: true, layers: [])
            _ = try pair.store.remove("pair:1") { $0 == pair.other ? [user] : [] }
            #expect(try pair.store.list().map(\.id) == [pair.other])
            #expect(try pair.store.contains(pair.other))
        }
    }

    @Test func `removing one leaves the name to the others, without the index`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            _ = try pair.store.remove("\(pair.other)") { _ in [] }
            #expect(try pair.store.members(of: "pair:1").map(\.id) == [pair.own])
            #expect(try pair.store.index(of: "pair:1") == nil)
        }
    }

    @Test func `are removed one by one for their platforms, the last with the name`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let (store, other) = (pair.store, try Platform(parsing: "linux/s390x"))
            try store.tag("pair:1", as: ImageReference(parsing: "pair:2"))
            let user = ImageUser(name: "web", isRunning: true, layers: [])
            #expect(throws: ImageError.self) { try store.remove("pair:1", platform: .host) { _ in [user] } }
            #expect(try store.remove("pair:1", platform: .host) { _ in [] }.first == .deleted(pair.own))
            for name in ["pair:1", "pair:2"] { #expect(try store.members(of: name).map(\.id) == [pair.other]) }
            #expect(throws: ImageError.otherPlatform(name: "pair:1", .host)) {
                try store.remove("pair:1", platform: .host) { _ in [] }
            }
            let removals = try store.remove("pair:2", platform: other) { _ in [] }.map(\.description)
            #expect(removals.prefix(3) == ["Untagged: pair:1", "Untagged: pair:2", "Deleted: \(pair.other)"])
            #expect(try store.list() == [] && store.blobs.list() == [] && store.layers.list() == [])
        }
    }

    @Test func `are kept without a name by the digest of their index, until they are pruned`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: nil)
            let store = pair.store
            #expect(try store.find("\(pair.index.digest)")?.id == pair.own)
            #expect(try store.members(of: "\(pair.index.digest)").map(\.id) == [pair.own, pair.other])
            #expect(try store.list().filter(\.isDangling).map(\.id) == [pair.own])
            #expect(try store.prune { _ in [] }.removals.prefix(2) == [.deleted(pair.own), .deleted(pair.other)])
            #expect(try store.list() == [] && store.blobs.list() == [] && store.layers.list() == [])
        }
    }

    @Test func `go together or stay together when names are pruned too`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let store = pair.store
            let user = ImageUser(name: "web", isRunning: false, layers: [])
            for part in [pair.own, pair.other] {
                #expect(try store.prune(includesNamed: true) { $0 == part ? [user] : [] }.removals == [])
                #expect(try store.prune(includesNamed: true, where: { $0.id != part }) { _ in [] }.removals == [])
            }
            #expect(try store.index(of: "pair:1") == pair.index)
            // One of them has a name of its own, too, and goes last.
            try store.tag(pair.other, as: ImageReference(parsing: "other:1"))
            let removals = try store.prune(includesNamed: true) { _ in [] }.removals.map(\.description)
            #expect(removals.prefix(2) == ["Untagged: pair:1", "Deleted: \(pair.own)"])
            #expect(removals.dropFirst(3).prefix(2) == ["Untagged: other:1", "Deleted: \(pair.other)"])
            #expect(Set(removals).count == 7 && removals.count == 7)
            #expect(try store.list() == [] && store.blobs.list() == [] && store.layers.list() == [])
        }
    }

    @Test func `are saved and loaded together without a name, by the digest of their index`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder.appending("one"), as: nil)
            let name = "\(pair.index.digest)"
            var archive: [UInt8] = []
            try pair.store.save([name]) { archive += $0 }
            let target = ImageStore(root: StateRoot(under: folder.appending("two")))
            #expect(try target.load(ByteSource(archive)).map(\.description) == ["Loaded image ID: \(pair.own)"])
            #expect(try target.members(of: name).map(\.id) == [pair.own, pair.other])
            #expect(try target.index(of: name) == pair.index)
            var again: [UInt8] = []
            try target.save([name]) { again += $0 }
            #expect(again == archive)
        }
    }

    /// A pair of which the one for this machine does not come first by its id, both known by one digest.
    private func pinnedPair(_ folder: FilePath, as digest: String) throws -> PlatformPair {
        let pairs = try (0..<8).map { try PlatformPair(folder.appending("\($0)"), as: "pair:1", holding: "\($0)") }
        let pair = try #require(pairs.first { $0.other < $0.own })
        try pair.store.change { catalogue in
            for id in [pair.own, pair.other] { catalogue.images["\(id)"]?.digests = [digest] }
        }
        return pair
    }

    @Test func `under a digest are saved for this machine, or for the platform that is asked for`() throws {
        try withTemporaryFolder { folder in
            let digest = "example.test/pair@sha256:" + String(repeating: "a", count: 64)
            let pair = try pinnedPair(folder, as: digest)
            for (platform, id) in [(nil, pair.own), (try Platform(parsing: "linux/s390x"), pair.other)] {
                var archive: [UInt8] = []
                try pair.store.save([digest], platform: platform) { archive += $0 }
                let target = ImageStore(root: StateRoot(under: folder.appending("\(id.short)")))
                #expect(try target.load(ByteSource(archive)).map(\.id) == [id])
            }
            let missing = try Platform(parsing: "linux/riscv64")
            #expect(throws: ImageError.otherPlatform(name: "pair:1", missing)) {
                try pair.store.save(["pair:1"], platform: missing) { _ in }
            }
        }
    }

    @Test func `lose a digest all at once, and go with it if it was their last name`() throws {
        try withTemporaryFolder { folder in
            let digest = "example.test/pair@sha256:" + String(repeating: "a", count: 64)
            let pair = try pinnedPair(folder, as: digest)
            let store = pair.store
            #expect(try store.remove(digest) { _ in [] }.map(\.description) == ["Untagged: \(digest)"])
            #expect(try store.list().flatMap(\.repositoryDigests) == [])
            #expect(try store.members(of: "pair:1").map(\.id) == [pair.own, pair.other])
            try store.change { catalogue in
                catalogue.names = [:]
                for id in [pair.own, pair.other] { catalogue.images["\(id)"]?.digests = [digest] }
            }
            let removals = try store.remove(digest) { _ in [] }.map(\.description)
            #expect(removals.prefix(3) == ["Untagged: \(digest)", "Deleted: \(pair.own)", "Deleted: \(pair.other)"])
            #expect(try store.list() == [] && store.layers.list() == [])
        }
    }

    @Test func `keep their index when something that it leads to cannot be read`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder, as: "pair:1")
            let (store, packer) = (pair.store, try ImagePacker(pair.store))
            // What a manifest names is no document, whatever it is called.
            let said = try packer.document(["said": "so"], as: .index)
            let remark = try packer.document(ImageManifest(config: said, layers: []))
            let other = try packer.index([try store.manifest(of: pair.own), remark])
            try store.keep([pair.own], index: other)
            let index = try store.blobs.read(pair.index.digest)
            guard case .index(let document) = try ManifestDocument(parsing: index) else { return }
            try store.blobs.remove(#require(document.manifests.last).digest)
            _ = try commitPair(to: store, as: "further:1")
            for blob in try store.blobs.list() { try FileTimes.set(store.blobs.path(of: blob), to: 1) }
            _ = try store.remove("further:1") { _ in [] }
            #expect(store.blobs.contains(pair.index.digest))
            #expect([other, remark, said].allSatisfy { store.blobs.contains($0.digest) })
        }
    }

    @Test func `are saved and loaded together, or one alone`() throws {
        try withTemporaryFolder { folder in
            let pair = try PlatformPair(folder.appending("one"), as: "pair:1")
            var archive: [UInt8] = []
            try pair.store.save(["pair:1"]) { archive += $0 }
            let target = ImageStore(root: StateRoot(under: folder.appending("two")))
            let loaded = try target.load(ByteSource(archive))
            #expect(loaded.map(\.description) == ["Loaded image: pair:1"])
            #expect(try target.members(of: "pair:1").map(\.id) == [pair.own, pair.other])
            #expect(try target.index(of: "pair:1") == pair.index)
            var again: [UInt8] = []
            try target.save(["pair:1"]) { again += $0 }
            #expect(again == archive)

            let platform = try Platform(parsing: "linux/s390x")
            let third = ImageStore(root: StateRoot(under: folder.appending("three")))
            #expect(try third.load(ByteSource(archive), platform: platform).map(\.id) == [pair.other])
            var alone: [UInt8] = []
            try pair.store.save(["pair:1"], platform: platform) { alone += $0 }
            let fourth = ImageStore(root: StateRoot(under: folder.appending("four")))
            #expect(try fourth.load(ByteSource(alone)).map(\.id) == [pair.other])
            #expect(try fourth.members(of: "pair:1").map(\.id) == [pair.other])
        }
    }
}
