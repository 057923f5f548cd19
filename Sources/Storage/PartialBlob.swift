import Compression
import Linux
public import OCI
import Synchronization
import SystemPackage

/// A blob that comes piece by piece, over several lives of the program if need be: `downloads/<algorithm>-<hex>`.
///
/// Who writes it holds its lock, so that another who wants the same blob waits for it instead of fetching it too. What is
/// in the file was not verified: the digest is taken over all of it at the end.
public final class PartialBlob: Sendable {
    /// What it is to hash to.
    public let digest: Digest
    private let store: BlobStore
    private let path: FilePath
    private let file: OwnedDescriptor
    private let lock: FileLock
    private let contents: Mutex<Contents>

    private struct Contents {
        var size: Int64 = 0
        let sum: ContentSum

        mutating func add(_ piece: [UInt8]) {
            sum.update(piece)
            size += Int64(piece.count)
        }
    }

    /// How many bytes are there.
    public var size: Int64 { contents.withLock { $0.size } }

    /// Opens what is there of a blob, or begins it; nil if the blob is there as soon as nobody else works on it.
    ///
    /// What an earlier life left is read for its sum.
    public init?(_ digest: Digest, in store: BlobStore) throws {
        let path = store.downloads.appending("\(digest.algorithm)-\(digest.hex)")
        try Folder.makeAll(store.downloads, mode: 0o711)
        guard let lock = try Self.lock(path, unless: { store.contains(digest) }) else { return nil }
        let (descriptor, size) = try WholeFile.openForAppending(path, mode: 0o644)
        self.digest = digest
        self.store = store
        self.path = path
        self.lock = lock
        file = OwnedDescriptor(descriptor)
        var contents = Contents(sum: ContentSum(like: digest))
        if size > 0 {
            let source = try ByteSource(readingFile: path)
            while let piece = try source.next() { contents.add(piece) }
        }
        self.contents = Mutex(contents)
    }

    /// Waits for the lock on a file, which is made where it is missing.
    private static func lock(_ path: FilePath, unless isDone: () -> Bool) throws -> FileLock? {
        while let lock = try FileLock.await(path) {
            if isDone() {
                if try lock.isOf(path) { try Removal.file(path) }
                return nil
            }
            // Whoever held it before may have published or removed the file that we waited for.
            if try lock.isOf(path) { return lock }
        }
        return nil
    }

    /// Adds to the end.
    public func append(_ piece: [UInt8]) throws {
        try file.write(piece)
        contents.withLock { $0.add(piece) }
    }

    /// Checks that it is whole.
    ///
    /// - Throws: ``StorageError``; what is there is of no use then.
    public func verify(size expected: Int64) throws {
        guard size == expected else { throw StorageError.wrongSize(expected: expected, actual: size) }
        let actual = contents.withLock { $0.sum.digest }
        guard actual == digest else { throw StorageError.wrongDigest(expected: digest, actual: actual) }
    }

    /// Makes it a blob of the store, once it was verified.
    public func publish() throws {
        try file.setMode(0o644)
        try file.synchronize()
        try store.adopt(path, as: digest)
    }

    /// Removes what is there.
    public func discard() {
        try? Removal.file(path)
    }

    /// Bytes that are there, from an offset on; none at the end.
    public func reader() throws -> @Sendable (Int64) throws -> [UInt8] {
        let file = SharedFile(try ReadableFile(path))
        return { offset in try file.value.read(at: Int(offset), count: 1 << 18) }
    }

    private final class SharedFile: Sendable {
        let value: ReadableFile
        init(_ value: consuming ReadableFile) { self.value = value }
    }
}

extension BlobStore {
    /// Where what has not come whole lies.
    var downloads: FilePath { layout.appending("downloads") }

    /// Moves a file that was verified and synchronized to where blobs are.
    func adopt(_ file: FilePath, as digest: Digest) throws {
        let place = path(of: digest)
        try Folder.makeAll(place.removingLastComponent(), mode: 0o711)
        try WholeFile.move(file, to: place)
        try Folder.synchronize(place.removingLastComponent())
    }

    /// Removes what came in part and nobody is fetching any more.
    ///
    /// - Parameter date: Only what was not added to since then, in nanoseconds since 1970.
    /// - Returns: How many bytes that were.
    public func sweepDownloads(before date: Int64 = .max) throws -> Int64 {
        guard Folder.hasEntry(downloads) else { return 0 }
        var reclaimed: Int64 = 0
        for name in try Folder.names(in: downloads) {
            let path = downloads.appending(name)
            guard let status = try FileStatus.of(path), status.kind == .regular, status.modifiedAt < date,
                let lock = try? FileLock.take(path)
            else { continue }
            try Removal.file(path)
            _ = consume lock
            reclaimed += status.size
        }
        return reclaimed
    }
}
