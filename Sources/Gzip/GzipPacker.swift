import CDeflate
public import SystemPackage

/// Packs as gzip what is given to it, piece by piece, while somebody waits for it.
///
/// It works on blocks, each of which becomes a member of its own (RFC 1952, 2.2): libdeflate packs what it sees as a whole
/// twice as fast as zlib, and as small. The same bytes give the same result on every machine.
public final class GzipPacker {
    private static let blockSize = 1 << 20
    /// Further levels save little and cost much.
    public static let usualLevel = 4

    private let compressor: OpaquePointer
    private var block: [UInt8] = []
    private var hasMember = false

    /// A packer of nothing yet.
    ///
    /// - Parameter level: 1 is the fastest and 12 gives the smallest result; what is beyond counts as the nearest.
    /// - Throws: `ENOMEM` where there is no memory for it.
    public init(level: Int = usualLevel) throws(Errno) {
        guard let compressor = libdeflate_alloc_compressor(Int32(max(1, min(level, 12)))) else {
            throw .noMemory
        }
        self.compressor = compressor
        block.reserveCapacity(Self.blockSize)
    }

    deinit { libdeflate_free_compressor(compressor) }

    /// Takes a piece in, and gives what has come out so far, which may be nothing.
    public func pack(_ piece: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = []
        var rest = piece[...]
        while block.count + rest.count >= Self.blockSize {
            let part = rest.prefix(Self.blockSize - block.count)
            block += part
            rest = rest.dropFirst(part.count)
            packed += packBlock()
        }
        block += rest
        return packed
    }

    /// What is left to come out at the end. Of nothing, a member with nothing in it.
    public func finish() -> [UInt8] {
        block.isEmpty && hasMember ? [] : packBlock()
    }

    private func packBlock() -> [UInt8] {
        hasMember = true
        defer { block.removeAll(keepingCapacity: true) }
        let space = libdeflate_gzip_compress_bound(compressor, block.count)
        return block.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: space) { buffer, count in
                count = libdeflate_gzip_compress(compressor, bytes.baseAddress, bytes.count, buffer.baseAddress, space)
            }
        }
    }
}
