import Hashing
public import OCI

/// The digest of contents that come in pieces, by the algorithm that an expected digest names.
public final class ContentSum {
    private let hash: SHA2

    /// The sum of nothing yet.
    ///
    /// - Parameter expected: What it will be compared with; SHA-256 is taken where nothing is expected.
    public init(like expected: Digest? = nil) {
        hash = SHA2(expected?.algorithm == "sha512" ? .sha512 : .sha256)
    }

    /// Takes some of the bytes in.
    public func update(_ bytes: [UInt8], _ range: Range<Int>) { hash.update(bytes, range) }

    /// Takes a piece in.
    public func update(_ piece: [UInt8]) { hash.update(piece, 0..<piece.count) }

    /// The digest of what was taken in so far.
    public var digest: Digest {
        let sum = hash.sum()
        return sum.count == 64 ? Digest(sha512: sum) : Digest(sha256: sum)
    }

    /// The digest of bytes that are all there.
    public static func digest(of bytes: [UInt8], like expected: Digest? = nil) -> Digest {
        let sum = ContentSum(like: expected)
        sum.update(bytes)
        return sum.digest
    }

    /// Checks bytes that are all there.
    ///
    /// - Throws: ``StorageError/wrongDigest(expected:actual:)``
    public static func verify(_ bytes: [UInt8], against expected: Digest) throws(StorageError) {
        let actual = digest(of: bytes, like: expected)
        guard actual == expected else { throw .wrongDigest(expected: expected, actual: actual) }
    }
}
