/// Packs as gzip what is given to it, piece by piece.
public final class GzipPacker {
    private let deflation: Deflation

    /// - Parameter level: zlib's own; 6 is usual.
    public init(level: Int = 6) {
        deflation = Deflation(ByteSource([]), level: level)
    }

    /// Takes a piece in, and gives what has come out so far, which may be nothing.
    public func pack(_ piece: [UInt8]) -> [UInt8] {
        deflation.deflateAll(piece, isLast: false)
    }

    /// What is left to come out at the end.
    public func finish() -> [UInt8] {
        deflation.deflateAll([], isLast: true)
    }
}
