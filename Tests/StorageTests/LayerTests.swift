import Compression
import Glibc
import Hashing
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

/// One member of a layer in short.
private func member(
    _ kind: TarEntry.Kind,
    _ name: String,
    _ text: String = "",
    attributes: [String: [UInt8]] = [:],
    device: DeviceNumber = DeviceNumber(rawValue: 0)
) -> (entry: TarEntry, contents: String) {
    var entry = TarEntry(kind, path: path(name), mode: kind == .folder ? 0o755 : 0o644)
    if kind != .file { entry.linkTarget = path(text) }
    entry.attributes = attributes
    entry.device = device
    return (entry, kind == .file ? text : "")
}

@Suite(.tags(.root), .requiresRoot) struct Layers {
    /// Unpacks a layer next to a folder that nothing may touch, and says what the layer's folder holds.
    private func unpack(
        _ members: (FilePath) -> [(entry: TarEntry, contents: String)],
        _ look: (FilePath) throws -> Void = { _ in }
    ) throws {
        try withTemporaryFolder { folder in
            let canary = folder.appending("canary")
            try Folder.make(canary)
            try WholeFile.replace(canary.appending("secret"), with: Array("secret".utf8), isDurable: false)
            let before = try snapshot(canary)
            let store = LayerStore(StateRoot(under: folder.appending("root")))
            defer {
                #expect((try? snapshot(canary)) == before)
                #expect((try? Folder.names(in: folder)) == ["canary", "root"])
            }
            let record = try store.unpack(pieces(tar(members(canary))))
            try look(store.contents(of: record.diffID))
        }
    }

    private func snapshot(_ folder: FilePath) throws -> [FileStatus?] {
        try [FileStatus.of(folder)] + Folder.names(in: folder).map { try FileStatus.of(folder.appending($0)) }
    }

    @Test func `re-root what is absolute`() throws {
        try unpack { _ in
            [member(.file, "/etc/motd", "hello")]
        } _: { (layer) throws in
            #expect(try WholeFile.read(layer.appending("etc/motd")) == Array("hello".utf8))
        }
    }

    static let hostile: [(name: String, members: @Sendable (FilePath) -> [(entry: TarEntry, contents: String)])] = [
        ("a path upwards", { [member(.file, "../../../../..\($0)/x", "x")] }),
        ("a path upwards inside", { _ in [member(.file, "a/../../x", "x")] }),
        ("a file through an absolute link", { [member(.symbolicLink, "l", $0.string), member(.file, "l/x", "x")] }),
        (
            "a file through a relative link",
            { [member(.symbolicLink, "a/l", "../../../../..\($0)"), member(.file, "a/l/x", "x")] }
        ),
        ("a hard link upwards", { [member(.hardLink, "h", "../../../..\($0)/secret")] }),
        ("an absolute hard link", { [member(.hardLink, "h", "\($0)/secret")] }),
        (
            "a hard link through a link",
            { [member(.symbolicLink, "l", $0.string), member(.hardLink, "h", "l/secret"), member(.file, "h", "x")] }
        ),
        ("a hard link to a folder", { _ in [member(.folder, "d"), member(.hardLink, "h", "d")] }),
        ("a hard link to nothing", { _ in [member(.hardLink, "h", "gone")] }),
        ("a whiteout of ..", { _ in [member(.file, ".wh...")] }),
        ("a whiteout of .", { _ in [member(.file, "d/.wh..")] }),
        ("a whiteout of nothing", { _ in [member(.file, ".wh.")] }),
        ("a whiteout through a link", { [member(.symbolicLink, "l", $0.string), member(.file, "l/.wh.secret")] }),
        ("something below a whiteout", { _ in [member(.file, ".wh.a/b", "x")] }),
        ("a forged whiteout", { _ in [member(.characterDevice, "etc/passwd")] }),
        ("a root that is a link", { [member(.symbolicLink, "./", $0.string)] }),
        ("a root that is a file", { _ in [member(.file, "/", "x")] }),
        ("no name", { _ in [member(.file, "", "x")] }),
        ("a file below a file", { _ in [member(.file, "f", "x"), member(.file, "f/g", "x")] }),
        ("a name that is too long", { _ in [member(.file, String(repeating: "n", count: 256), "x")] }),
    ]

    @Test(arguments: hostile.indices)
    func `refuse`(index: Int) {
        let hostile = Self.hostile[index]
        #expect(throws: StorageError.self, "\(hostile.name)") { try unpack(hostile.members) }
    }

    @Test func `never write through a member that is a link`() throws {
        try unpack {
            [
                member(.symbolicLink, "etc/passwd", $0.appending("secret").string), member(.file, "etc/passwd", "new"),
                member(.symbolicLink, "dev", $0.string), member(.hardLink, "h", "dev"), member(.file, "h", "x"),
            ]
        } _: { (layer) throws in
            #expect(try WholeFile.read(layer.appending("etc/passwd")) == Array("new".utf8))
            #expect(try FileStatus.of(layer.appending("dev"))?.kind == .symbolicLink)
            #expect(try WholeFile.read(layer.appending("h")) == Array("x".utf8))
        }
    }

    @Test func `resolve links inside the layer`() throws {
        try unpack { _ in
            [member(.folder, "usr/lib"), member(.symbolicLink, "lib", "/usr/lib"), member(.file, "lib/x", "x")]
        } _: { (layer) throws in
            #expect(try WholeFile.read(layer.appending("usr/lib/x")) == Array("x".utf8))
        }
    }

    @Test func `turn whiteouts into what an overlay knows`() throws {
        try unpack { _ in
            [
                member(.file, ".wh.gone"), member(.file, "etc/.wh..wh..opq"), member(.file, ".wh..wh.plnk/1", "x"),
                member(.file, ".wh.back"), member(.file, "back/x", "x"), member(.file, "kept", "x"),
                member(.file, ".wh.kept"),
            ]
        } _: { (layer) throws in
            let folder = try OpenFolder(opening: layer)
            let opaque: [UInt8] = [UInt8(ascii: "y")]
            #expect(try FileStatus.of(layer.appending("gone"))?.isWhiteout == true)
            #expect(try folder.extendedAttribute("trusted.overlay.opaque", of: FileName("etc")) == opaque)
            #expect(try folder.extendedAttribute("trusted.overlay.opaque", of: FileName("back")) == opaque)
            #expect(try Folder.names(in: layer) == ["back", "etc", "gone", "kept"])
            #expect(try WholeFile.read(layer.appending("kept")) == [UInt8(ascii: "x")])
        }
    }

    @Test func `keep capabilities and strip what is the overlay's`() throws {
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)
        let attributes = [
            "security.capability": capability, "trusted.overlay.opaque": path("y"),
            "trusted.overlay.redirect": path("/etc"), "user.overlay.opaque": path("y"), "user.kept": path("1"),
        ]
        try unpack { _ in
            [member(.file, "f", "x", attributes: attributes), member(.folder, "d", attributes: attributes)]
        } _: { (layer) throws in
            let folder = try OpenFolder(opening: layer)
            let expected = ["security.capability": capability, "user.kept": path("1")]
            #expect(try folder.extendedAttributes(FileName("f")) == expected)
            #expect(try folder.extendedAttributes(FileName("d"))["trusted.overlay.opaque"] == nil)
        }
    }

    @Test func `replace what has the name, whatever it was`() throws {
        try unpack { _ in
            [
                member(.folder, "a/b"), member(.file, "a/b/c", "x"), member(.file, "a", "now a file"),
                member(.file, "d", "1"), member(.folder, "d"), member(.symbolicLink, "d", "/etc"),
            ]
        } _: { (layer) throws in
            #expect(try WholeFile.read(layer.appending("a")) == Array("now a file".utf8))
            #expect(try FileStatus.of(layer.appending("d"))?.kind == .symbolicLink)
        }
    }

    @Test func `unpack 1,500 levels and 5,000 links in no time`() throws {
        let deep = String(repeating: "d/", count: 1_500)
        let links = (0..<5_000).map { member(.hardLink, "l/\($0)", "d/g") }
        try withTemporaryFolder { folder in
            let store = LayerStore(StateRoot(under: folder))
            let start = ContinuousClock.now
            let record = try store.unpack(
                ByteSource(tar([member(.file, deep + "f", "x"), member(.file, "d/g", "x")] + links))
            )
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(try Folder.names(in: store.contents(of: record.diffID).appending("l")).count == 5_000)
            try store.remove(record.diffID)
            #expect(!store.contains(record.diffID))
        }
    }

    @Test func `are refused when they are not what they are called`() throws {
        try withTemporaryFolder { folder in
            let store = LayerStore(StateRoot(under: folder))
            let bytes = try tar([member(.file, "f", "x")])
            let actual = Digest(sha256: SHA256.sum(bytes))
            let wanted = Digest(sha256: SHA256.sum([]))
            #expect(throws: StorageError.wrongDigest(expected: wanted, actual: actual)) {
                try store.unpack(ByteSource(bytes), expecting: wanted)
            }
            #expect(try store.list() == [])
            #expect(try store.unpack(ByteSource(bytes), expecting: actual).diffID == actual)
            #expect(try Folder.names(in: folder.appending("layers/drafts")) == [])
        }
    }

    @Test func `are committed by moving, and give their tar again`() throws {
        try withTemporaryFolder { folder in
            let store = LayerStore(StateRoot(under: folder))
            let draft = try store.makeDraft()
            try WholeFile.replace(
                draft.contents.appending("file"),
                with: Array("text".utf8),
                isDurable: false,
                mode: 0o640
            )
            let upper = try OpenFolder(opening: draft.contents)
            try upper.makeLink(#require(FileName("link")), to: #require(FileName("file")), in: upper)
            try upper.makeWhiteout(#require(FileName("gone")))
            let opaque = try upper.makeFolder(#require(FileName("opaque")))
            try opaque.setExtendedAttribute("trusted.overlay.opaque", [UInt8(ascii: "y")])
            try opaque.setExtendedAttribute("trusted.overlay.origin", [1, 2, 3])
            let inode = try FileStatus.of(draft.contents.appending("file"))?.inode
            let record = try store.commit(draft)
            let contents = try store.contents(of: record.diffID)
            #expect(try FileStatus.of(contents.appending("file"))?.inode == inode)
            #expect(record.size == 4)

            var bytes: [UInt8] = []
            try store.writeTar(of: record.diffID) { bytes += $0 }
            #expect(Digest(sha256: SHA256.sum(bytes)) == record.diffID)
            #expect(Int64(bytes.count) == record.tarSize)
            let reader = TarReader(ByteSource(bytes))
            var names: [String] = []
            while let entry = try reader.next() { names.append(entry.name) }
            #expect(names == ["file", ".wh.gone", "link", "opaque/", "opaque/.wh..wh..opq"])

            let other = LayerStore(StateRoot(under: folder.appending("other")))
            #expect(try other.unpack(ByteSource(bytes)).diffID == record.diffID)
            var again: [UInt8] = []
            try other.writeTar(of: record.diffID) { again += $0 }
            #expect(again == bytes)
        }
    }
}

@Suite struct Blobs {
    @Test func `are visible only when they are what they should be`() throws {
        try withTemporaryFolder { folder in
            let store = BlobStore(folder)
            let digest = try store.write(Array("hello".utf8))
            #expect(digest.hex == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            #expect(try store.read(digest) == Array("hello".utf8))
            #expect(throws: StorageError.self) { try store.ingest(ByteSource([1, 2]), expecting: digest) }
            #expect(throws: StorageError.wrongSize(expected: 1, actual: 2)) {
                try store.ingest(ByteSource([1, 2]), size: 1)
            }
            #expect(try store.list() == [digest])
            try WholeFile.write("HELLO", to: store.path(of: digest))
            #expect(throws: StorageError.self) { try store.read(digest) }
        }
    }
}

@Suite struct ProjectLocks {
    @Test func `say who holds them`() throws {
        try withTemporaryFolder { folder in
            let root = StateRoot(under: folder)
            let lock = try ProjectLock.take("shop", in: root)
            #expect(throws: StorageError.locked("shop", holder: getpid())) {
                _ = try ProjectLock.take("shop", in: root) { throw StorageError.locked("shop", holder: $0) }
            }
            _ = consume lock
            _ = try ProjectLock.take("shop", in: root) { _ in Issue.record("nobody holds it") }
        }
    }
}
