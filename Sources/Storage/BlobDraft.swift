import Hashing
import Linux
public import OCI
import SystemPackage

/// A blob that is being written. It has no name yet, so what is broken off leaves nothing behind.
public final class BlobDraft {
    private let file: OwnedDescriptor
    private let hash = SHA256()
    /// How many bytes were written.
    public private(set) var size: Int64 = 0

    init(_ file: consuming OwnedDescriptor) {
        self.file = file
    }

    /// What was written so far hashes to this.
    public var digest: Digest { Digest(sha256: hash.sum()) }

    /// Adds to the contents.
    public func write(_ piece: [UInt8]) throws {
        hash.update(piece, 0..<piece.count)
        size += Int64(piece.count)
        try file.write(piece)
    }

    func publish(as path: FilePath) throws {
        try file.synchronize()
        _ = try file.publish(as: path)
    }
}
