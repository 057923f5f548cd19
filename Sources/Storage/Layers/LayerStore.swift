public import Compression
import JSON
import Linux
public import OCI
public import SystemPackage

/// Unpacked layers, each once, whoever uses them: `layers/<diff id>/diff`, ready to be an overlay's lower folder.
///
/// A layer is made in a draft and renamed when it is whole. Nothing is synchronized for each: `synchronize` makes all
/// layers that an image needs safe at once, and a layer that this never happened to is gone after a reboot rather than
/// broken.
public struct LayerStore: Sendable {
    private let folder: FilePath

    /// The layers of a root.
    public init(_ root: StateRoot) {
        folder = root.layers
    }

    private static let boot: String = {
        let bytes = (try? WholeFile.read("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
        return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    }()

    private func home(of diffID: Digest) -> FilePath { folder.appending(diffID.hex) }

    private func diff(of diffID: Digest) -> FilePath { home(of: diffID).appending("diff") }

    /// Whether the layer is there, whole.
    public func contains(_ diffID: Digest) -> Bool { (try? record(diffID)) != nil }

    /// What is known of a layer; nil if it is not there.
    public func record(_ diffID: Digest) throws -> LayerRecord? {
        let path = home(of: diffID).appending("record.json")
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path)
        } catch {
            guard error.errno != .noSuchFileOrDirectory else { return nil }
            throw error
        }
        let isSafe = Folder.hasEntry(home(of: diffID).appending("synchronized"))
        // A power cut may have left a record that was never written: as good as none.
        guard let record = try? JSON.decode(LayerRecord.self, from: bytes), isSafe || record.boot == Self.boot else {
            return nil
        }
        return record
    }

    /// The folder with the layer's files, an overlay's lower one.
    ///
    /// - Throws: ``StorageError/unknownLayer(_:)``
    public func contents(of diffID: Digest) throws -> FilePath {
        guard contains(diffID) else { throw StorageError.unknownLayer(diffID) }
        return diff(of: diffID)
    }

    /// All layers that are there.
    public func list() throws -> [LayerRecord] {
        try Folder.names(in: folder).compactMap { name in
            guard let diffID = Self.diffID(name) else { return nil }
            return try record(diffID)
        }
    }

    /// The digest whose digits a folder is called by.
    public static func diffID(_ name: String) -> Digest? {
        try? Digest(parsing: (name.utf8.count == 128 ? "sha512:" : "sha256:") + name)
    }

    // MARK: Making

    private var drafts: FilePath { folder.appending("drafts") }

    /// An empty layer to be filled.
    public func makeDraft() throws -> LayerDraft {
        try LayerDraft(DraftFolder(in: drafts))
    }

    /// Unpacks a layer's tar, packed or not.
    ///
    /// - Parameters:
    ///   - expected: What the tar must hash to, uncompressed.
    ///   - limit: How many bytes it may have, uncompressed.
    /// - Throws: ``StorageError`` for a tar that is not what it should be, or that is hostile; nothing is kept then.
    public func unpack(
        _ source: ByteSource,
        expecting expected: Digest? = nil,
        limit: Int = 1 << 40
    ) throws -> LayerRecord {
        let draft = try makeDraft()
        let sum = ContentSum(like: expected)
        var tarSize: Int64 = 0
        let tapped = source.decompressed().limited(to: limit).tapped { piece in
            sum.update(piece)
            tarSize += Int64(piece.count)
        }
        let tar = TarReader(tapped)
        var unpacker = LayerUnpacker(try OpenFolder(opening: draft.contents))
        try unpacker.unpack(tar)
        try tar.drain()
        let diffID = sum.digest
        if let expected, expected != diffID { throw StorageError.wrongDigest(expected: expected, actual: diffID) }
        return try keep(draft, diffID, size: unpacker.size, tarSize: tarSize)
    }

    /// Makes what is in a draft a layer. Its tar is only hashed; the files are moved, not copied.
    ///
    /// Nothing may be mounted on it any more. The draft is used up.
    public func commit(_ draft: LayerDraft) throws -> LayerRecord {
        let packed = try Self.measure(OpenFolder(opening: draft.contents))
        return try keep(draft, packed.diffID, size: packed.size, tarSize: packed.tarSize)
    }

    /// Makes the upper folder of an overlay a layer, by moving it; nothing is copied.
    ///
    /// Nothing may be mounted on it any more. Whoever made the folder finds it gone.
    public func commit(upper: FilePath) throws -> LayerRecord {
        let draft = try makeDraft()
        try Removal.folder(draft.contents)
        guard try Folder.move(upper, to: draft.contents) else {
            throw StorageError.badArchive(entry: nil, reason: "\(upper) cannot be moved")
        }
        return try commit(draft)
    }

    private static func measure(_ folder: OpenFolder) throws -> (diffID: Digest, size: Int64, tarSize: Int64) {
        let sum = ContentSum()
        var tarSize: Int64 = 0
        var packer = LayerPacker { piece in
            sum.update(piece)
            tarSize += Int64(piece.count)
        }
        try packer.pack(folder)
        return (sum.digest, packer.size, tarSize)
    }

    private func keep(
        _ draft: LayerDraft,
        _ diffID: Digest,
        size: Int64,
        tarSize: Int64
    ) throws -> LayerRecord {
        if let record = try record(diffID) { return record }
        let record = LayerRecord(
            diffID: diffID,
            size: size,
            tarSize: tarSize,
            createdAt: Timestamp.now(),
            boot: Self.boot
        )
        try WholeFile.replace(
            draft.folder.path.appending("record.json"),
            with: try JSON.encode(record),
            isDurable: false
        )
        try Removal.tree(draft.work)
        // What an unsynchronized layer of an earlier boot left is in the way.
        try Removal.tree(home(of: diffID))
        // False: another process was faster, with the same layer.
        _ = try Folder.move(draft.folder.path, to: home(of: diffID))
        try Removal.file(home(of: diffID).appending("lock"))
        return record
    }

    /// Makes layers outlive a power cut: one call to the kernel for all that lack it.
    public func synchronize(_ diffIDs: [Digest]) throws {
        let marks = diffIDs.map { home(of: $0).appending("synchronized") }.filter { !Folder.hasEntry($0) }
        guard !marks.isEmpty else { return }
        try Folder.synchronizeFileSystem(folder)
        for mark in marks { try WholeFile.replace(mark, with: [], isDurable: false) }
        // A second one for the marks: two for thousands of layers, not two for each.
        try Folder.synchronizeFileSystem(folder)
    }

    // MARK: Reading and removing

    /// Writes a layer's tar as its files give it, uncompressed.
    ///
    /// - Throws: ``StorageError/wrongDigest(expected:actual:)`` at the end for a layer that came as a tar of another
    ///   make: then only that tar, as it came, can be given again.
    public func writeTar(of diffID: Digest, to sink: @escaping ByteSink) throws {
        guard contains(diffID) else { throw StorageError.unknownLayer(diffID) }
        let sum = ContentSum(like: diffID)
        var packer = LayerPacker { piece in
            sum.update(piece)
            try sink(piece)
        }
        try packer.pack(OpenFolder(opening: diff(of: diffID)))
        let actual = sum.digest
        guard actual == diffID else { throw StorageError.wrongDigest(expected: diffID, actual: actual) }
    }

    /// Removes a layer: out of sight first, then for good.
    public func remove(_ diffID: Digest) throws {
        guard Folder.hasEntry(home(of: diffID)) else { return }
        let draft = try makeDraft()
        try Removal.tree(draft.contents)
        _ = try Folder.move(home(of: diffID), to: draft.contents)
    }

    /// Removes what was given up half made: drafts that nobody holds.
    public func sweep() throws {
        try DraftFolder.sweep(drafts)
    }
}
