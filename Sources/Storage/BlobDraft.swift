import Linux
public import OCI
import SystemPackage

/// A blob that is being written. It has no name yet, so what is broken off leaves nothing behind.
public final class BlobDraft {
    private let file: OwnedDescriptor
    private let sum: ContentSum
    /// How many bytes were written.
    public private(set) var size: Int64 = 0

    init(_ file: consuming OwnedDescriptor, sum: ContentSum) {
        self.file = file
        self.sum = sum
    }

    /// What was written so far hashes to this.
    public var digest: Digest { sum.digest }

    /// Adds to the contents.
    public func write(_ piece: [UInt8]) throws {
        sum.update(piece)
        size += Int64(piece.count)
        try file.write(piece)
    }

    func publish(as path: FilePath) throws {
        try file.synchronize()
        _ = try file.publish(as: path)
    }
}
