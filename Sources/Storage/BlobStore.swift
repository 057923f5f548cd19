public import Compression
import Linux
public import OCI
public import SystemPackage

/// Contents by what they hash to, in an OCI image layout: `blobs/sha256/<hex>`.
///
/// A blob is written without a name, verified, synchronized and only then named, so one that can be seen is whole, and
/// one that was broken off leaves nothing behind.
public struct BlobStore: Sendable {
    /// The layout's folder.
    public let layout: FilePath

    /// The blobs of a layout, which need not exist yet.
    public init(_ layout: FilePath) {
        self.layout = layout
    }

    private func folder(_ algorithm: String = "sha256") -> FilePath {
        layout.appending("blobs").appending(algorithm)
    }

    /// Where a blob is, or would be.
    public func path(of digest: Digest) -> FilePath {
        folder(digest.algorithm).appending(digest.hex)
    }

    /// Whether a blob is there.
    public func contains(_ digest: Digest) -> Bool {
        Folder.hasEntry(path(of: digest))
    }

    /// Makes a blob young again, as a removal spares what was written a moment ago even if nothing names it yet.
    ///
    /// - Returns: Whether it is there; if not, it has to be written.
    public func renew(_ digest: Digest) throws -> Bool {
        try FileTimes.touch(path(of: digest))
        return contains(digest)
    }

    /// A small blob, verified.
    public func read(_ digest: Digest, limit: Int = 16 << 20) throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path(of: digest), limit: limit)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw StorageError.unknownBlob(digest)
        }
        try ContentSum.verify(bytes, against: digest)
        return bytes
    }

    /// A blob of any size in pieces, not verified: that was done when it was written.
    public func source(_ digest: Digest) throws -> ByteSource {
        guard contains(digest) else { throw StorageError.unknownBlob(digest) }
        return try ByteSource(readingFile: path(of: digest))
    }

    /// How many bytes a blob has; nil if it is not there.
    public func size(of digest: Digest) throws -> Int64? {
        try FileStatus.of(path(of: digest))?.size
    }

    /// Stores a small blob.
    public func write(_ bytes: [UInt8]) throws -> Digest {
        try ingest(ByteSource(bytes)).digest
    }

    /// Stores all that a source gives.
    ///
    /// - Throws: ``StorageError`` when it is not what was expected; nothing is stored then.
    public func ingest(
        _ source: ByteSource,
        expecting expected: Digest? = nil,
        size expectedSize: Int64? = nil
    ) throws -> (digest: Digest, size: Int64) {
        let draft = try makeDraft(expecting: expected)
        while let piece = try source.next() {
            if let expectedSize, draft.size + Int64(piece.count) > expectedSize {
                throw StorageError.wrongSize(expected: expectedSize, actual: draft.size + Int64(piece.count))
            }
            try draft.write(piece)
        }
        if let expectedSize, draft.size != expectedSize {
            throw StorageError.wrongSize(expected: expectedSize, actual: draft.size)
        }
        return (try commit(draft, expecting: expected), draft.size)
    }

    /// A blob to be filled piece by piece.
    ///
    /// - Parameter expected: What it is to be, where that is known: a blob is called by the sum of that kind.
    public func makeDraft(expecting expected: Digest? = nil) throws -> BlobDraft {
        let folder = folder(expected?.algorithm ?? "sha256")
        try Folder.makeAll(folder, mode: 0o711)
        return BlobDraft(try OwnedDescriptor.nameless(in: folder), sum: ContentSum(like: expected))
    }

    /// Makes what was written to a draft a blob.
    ///
    /// - Throws: ``StorageError/wrongDigest(expected:actual:)``; nothing is stored then.
    public func commit(_ draft: BlobDraft, expecting expected: Digest? = nil) throws -> Digest {
        let digest = draft.digest
        if let expected, expected != digest { throw StorageError.wrongDigest(expected: expected, actual: digest) }
        guard try !renew(digest) else { return digest }
        try draft.publish(as: path(of: digest))
        try Folder.synchronize(folder(digest.algorithm))
        return digest
    }

    /// Makes a file of this file system a blob, if the blob is not there yet. Its digest must have been computed.
    public func adopt(whole file: FilePath, as digest: Digest) throws {
        guard try !renew(digest) else { return }
        try WholeFile.synchronize(file)
        try adopt(file, as: digest)
    }

    /// Removes a blob; a missing one is fine.
    public func remove(_ digest: Digest) throws {
        try Removal.file(path(of: digest))
    }

    /// The digests of all blobs.
    public func list() throws -> [Digest] {
        try ["sha256", "sha512"].flatMap { algorithm in
            let folder = folder(algorithm)
            let names = Folder.hasEntry(folder) ? try Folder.names(in: folder) : []
            return names.compactMap { try? Digest(parsing: "\(algorithm):\($0)") }
        }
    }
}

extension ByteSource {
    /// What a file holds, read as it is asked for.
    public init(readingFile path: FilePath) throws {
        let file = FileReader(try OwnedDescriptor.reading(path))
        self.init { try file.next() }
    }

    /// What can be read from a descriptor, which stays the caller's.
    public init(reading descriptor: FileDescriptor) {
        self.init {
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            guard let count = try descriptor.readAvailable(into: &buffer), count > 0 else { return nil }
            buffer.removeLast(buffer.count - count)
            return buffer
        }
    }
}

/// An open file that a closure can hold.
final class FileReader {
    private let file: OwnedDescriptor

    init(_ file: consuming OwnedDescriptor) {
        self.file = file
    }

    func next() throws(SystemError) -> [UInt8]? {
        let piece = try file.read(1 << 18)
        return piece.isEmpty ? nil : piece
    }
}
