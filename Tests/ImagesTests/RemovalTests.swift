import Compression
import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite struct Removals {
    private func store(_ folder: FilePath) -> ImageStore { ImageStore(root: StateRoot(under: folder)) }

    @Test func `take names first, then the image and its layers`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let id = try commitPair(to: store, as: "pair:1")
            try store.tag(id, as: ImageReference(parsing: "pair:2"))
            let layers = try #require(try store.find("pair:1")).layers
            let first = try store.remove("pair:1") { _ in [] }
            #expect(first.map(\.description) == ["Untagged: pair:1"])
            let second = try store.remove("pair:2") { _ in [] }
            let expected = ["Untagged: pair:2", "Deleted: \(id)"] + layers.reversed().map { "Deleted: \($0)" }
            #expect(second.map(\.description) == expected)
            #expect(try store.list() == [])
            #expect(try store.layers.list() == [])
            #expect(try store.blobs.list() == [])
            #expect(throws: ImageError.notFound("pair")) { try store.remove("pair") { _ in [] } }
        }
    }

    @Test func `keep layers that another image has`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let id = try commitPair(to: store, as: "pair")
            var other = try #require(try store.find("pair")).configuration
            other.config.cmd = ["/two"]
            let kept = try store.commit(other, as: [ImageReference(parsing: "other")])
            #expect(
                try store.remove("pair") { _ in [] }.map(\.description) == ["Untagged: pair:latest", "Deleted: \(id)"]
            )
            #expect(try store.contains(kept))
        }
    }

    @Test func `are refused while a container needs the image`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let id = try commitPair(to: store, as: "pair")
            let running = ImageUser(name: "web-1", isRunning: true, layers: [])
            let stopped = ImageUser(name: "web-2", isRunning: false, layers: [])
            let short = id.short
            let named = #expect(throws: ImageError.self) { try store.remove("pair") { _ in [running] } }
            let using = "(must be forced) - container web-1 is using its referenced image \(short)"
            #expect(named?.description == "conflict: unable to remove repository reference \"pair\" \(using)")
            let hard = #expect(throws: ImageError.self) { try store.remove(short, force: true) { _ in [running] } }
            #expect(hard?.description.hasSuffix("image is being used by running container web-1") == true)
            let untagged = try store.remove("pair", force: true) { _ in [running] }
            #expect(untagged.map(\.description) == ["Untagged: pair:latest"])
            #expect(try store.find(short)?.isDangling == true)
            try store.tag(id, as: ImageReference(parsing: "pair"))
            let soft = #expect(throws: ImageError.self) { try store.remove(short) { _ in [stopped] } }
            let expected =
                "conflict: unable to delete \(short) (must be forced) - image is being used by stopped container web-2"
            #expect(soft?.description == expected)
            #expect(try store.remove("pair", force: true) { _ in [stopped] }.count == 4)
        }
    }

    @Test func `by id are refused when names are in several repositories`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let id = try commitPair(to: store, as: "pair")
            try store.tag(id, as: ImageReference(parsing: "other"))
            let error = #expect(throws: ImageError.self) { try store.remove(id.short) { _ in [] } }
            #expect(error?.description.hasSuffix("image is referenced in multiple repositories") == true)
            #expect(try store.remove(id.hex, force: true) { _ in [] }.count == 5)
        }
    }

    @Test func `take names by digest with the last tag of their repository`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let id = try commitPair(to: store, as: "127.0.0.1:5000/one:1")
            let repository = UploadRepository()
            let server = try ScriptedServer { repository.answer($0) }
            let place = try ImageReference(parsing: "\(server.host)/test/two:1")
            try store.tag(id, as: place)
            let digest = try store.push(place, access: .plain()).digest
            let pinned = "\(server.host)/test/two@\(digest)"
            #expect(try store.find(pinned)?.id == id)
            #expect(
                try store.remove(place.familiar) { _ in [] }.map(\.description) == [
                    "Untagged: \(place.familiar)", "Untagged: \(pinned)",
                ]
            )
            #expect(try store.find(pinned) == nil)
            try store.tag(id, as: place)
            _ = try store.push(place, access: .plain())
            #expect(try store.remove(pinned) { _ in [] }.map(\.description) == ["Untagged: \(pinned)"])
            #expect(try store.find(place)?.repositoryDigests == [])
        }
    }

    @Test func `of what dangles leave the rest`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder)
            let named = try commitPair(to: store, as: "pair")
            var other = try #require(try store.find("pair")).configuration
            other.author = "nobody"
            let dangling = try store.commit(other)
            let pruned = try store.prune { _ in [] }
            #expect(pruned.removals == [.deleted(dangling)])
            #expect(pruned.reclaimed == 0)
            #expect(try store.list().map(\.id) == [named])
            #expect(try store.prune(includesNamed: true) { _ in [] }.reclaimed == 6)
        }
    }
}

@Suite struct Archives {
    /// What `save` writes, packed as asked.
    private func saved(_ names: [String], _ store: ImageStore, _ format: CompressionFormat) throws -> ByteSource {
        var bytes: [UInt8] = []
        try store.save(names) { bytes += $0 }
        return ByteSource(bytes).compressed(as: format)
    }

    @Test(arguments: [CompressionFormat.none, .gzip, .zstd])
    func `bring images from one store to another`(format: CompressionFormat) throws {
        try withTemporaryFolder { folder in
            let one = ImageStore(root: StateRoot(under: folder.appending("one")))
            let two = ImageStore(root: StateRoot(under: folder.appending("two")))
            let id = try commitPair(to: one, as: "pair:1")
            let loaded = try two.load(try saved(["pair:1"], one, format))
            #expect(loaded.map(\.description) == ["Loaded image: pair:1"])
            #expect(try two.find("pair:1")?.id == id)
            #expect(
                try two.history(of: #require(try two.find("pair:1"))).map(\.createdBy) == ["COPY two /", "COPY one /"]
            )
            let byID = try two.load(try saved([id.hex], one, .none))
            #expect(byID.map(\.description) == ["Loaded image ID: \(id)"])
            #expect(try Folder.names(in: folder.appending("two/images/ingest")) == [])
        }
    }

    @Test func `hold what came from elsewhere as it came, also below what was built on it`() throws {
        try withTemporaryFolder { folder in
            let one = ImageStore(root: StateRoot(under: folder.appending("one")))
            let two = ImageStore(root: StateRoot(under: folder.appending("two")))
            // Not as we would pack it: no folder for the file.
            _ = try one.importTree(Self.archive([("bin/sh", "#!")]), as: [ImageReference(parsing: "base")])
            var built = try #require(try one.find("base")).configuration
            built.config.cmd = ["/bin/sh"]
            let id = try one.commit(built, as: [ImageReference(parsing: "built")])
            _ = try one.remove("base") { _ in [] }
            #expect(try two.load(saved(["built"], one, .none)).map(\.id) == [id])
        }
    }

    @Test func `are refused when they hold no image, or name what is not in them`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            #expect(throws: ImageError.noImage) { try store.load(Self.archive([])) }
            let manifest = #"[{"Config":"../../etc/passwd","RepoTags":["x:1"],"Layers":[]}]"#
            let missing = StorageError.badArchive(entry: "../../etc/passwd", reason: "it is named, but not there")
            #expect(throws: missing) { try store.load(Self.archive([("manifest.json", manifest)])) }
        }
    }

    @Test func `of a tree become images of one layer`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let tree = try Self.archive([("bin/sh", "#!")])
            let id = try store.importTree(tree.compressed(as: .gzip), as: [ImageReference(parsing: "tree")]) {
                $0.config.cmd = ["/bin/sh"]
            }
            let image = try #require(try store.find("tree"))
            #expect(image.id == id)
            #expect(image.configuration.config.cmd == ["/bin/sh"])
            let file = try store.layers.contents(of: image.layers[0]).appending("bin/sh")
            #expect(try WholeFile.read(file) == Array("#!".utf8))
        }
    }

    private static func archive(_ files: [(name: String, text: String)]) throws -> ByteSource {
        var bytes: [UInt8] = []
        let writer = TarWriter { bytes += $0 }
        for file in files {
            let entry = TarEntry(.file, path: Array(file.name.utf8), mode: 0o644)
            try writer.add(entry, contents: Array(file.text.utf8))
        }
        try writer.finish()
        return ByteSource(bytes)
    }
}
