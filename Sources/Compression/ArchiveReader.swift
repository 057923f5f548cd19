import CUnpack

/// Unpacks xz and bzip2: archives are packed so, layers are not. Streams may follow each other.
final class ArchiveReader {
    private static let pieceSize = 1 << 17
    /// What `xz -9` needs is a quarter of this.
    private static let memory: UInt64 = 256 << 20

    private let format: String
    private let source: ByteSource
    private let unpacker: UnsafeMutableRawPointer
    private var input: [UInt8] = []
    private var used = 0
    private var isInside = false
    /// Whether the library may have more to give without further input.
    private var hasMore = false

    init(_ source: ByteSource, _ packing: tutti_packing, named format: String) throws {
        guard let unpacker = tutti_unpack_open(packing, Self.memory) else {
            throw CompressionError.unsupported(format: format)
        }
        self.unpacker = unpacker
        self.source = source
        self.format = format
    }

    deinit { tutti_unpack_close(unpacker) }

    func next() throws -> [UInt8]? {
        while true {
            if used == input.count, !hasMore {
                guard let piece = try source.next() else {
                    guard !isInside else { throw CompressionError.truncated(format: format) }
                    return nil
                }
                input = piece
                used = 0
            }
            // Padding after the last stream is nothing to unpack.
            if !isInside { while used < input.count, input[used] == 0 { used += 1 } }
            guard isInside || used < input.count else { continue }
            let output = try unpackSome()
            if !output.isEmpty { return output }
        }
    }

    private func unpackSome() throws -> [UInt8] {
        var result = tutti_unpack_more
        var inputLeft = input.count - used
        let output = input.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { space, count in
                var left = space.count
                let start = bytes.baseAddress?.advanced(by: used)
                result = tutti_unpack_some(unpacker, start, &inputLeft, space.baseAddress, &left)
                count = space.count - left
            }
        }
        used = input.count - inputLeft
        switch result {
        case tutti_unpack_more: isInside = true
        case tutti_unpack_end: isInside = false
        case tutti_unpack_memory: throw corrupt("it needs more than \(Self.memory >> 20) MB of memory")
        case tutti_unpack_unsupported: throw corrupt("it is packed in an unknown way")
        default: throw corrupt("invalid data")
        }
        hasMore = isInside && output.count == Self.pieceSize
        return output
    }

    private func corrupt(_ reason: String) -> CompressionError { .corrupt(format: format, reason: reason) }
}
