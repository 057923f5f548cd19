import CIsal

/// Unpacks gzip (RFC 1952), members one after the other.
///
/// ISA-L does the work, at more than twice zlib's speed: what a pull costs is mostly this.
final class Inflation {
    private static let pieceSize = 1 << 18

    private let isal: tutti_isal
    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    private let source: ByteSource
    private var input: [UInt8] = []
    private var used = 0
    private var isInside = false
    /// Whether the library may have more to give without further input.
    private var hasMore = false

    init(_ source: ByteSource) throws {
        guard let isal = tutti_isal()?.pointee else { throw CompressionError.unsupported(format: "gzip") }
        self.isal = isal
        self.source = source
        isal.inflate_init(state)
    }

    deinit { state.deallocate() }

    func next() throws -> [UInt8]? {
        while try refill() {
            let output = try inflateOnce()
            if !output.isEmpty { return output }
        }
        return nil
    }

    /// Whether there is something to work on.
    private func refill() throws -> Bool {
        guard used == input.count, !hasMore else { return true }
        guard let piece = try source.next() else {
            guard !isInside else { throw CompressionError.truncated(format: "gzip") }
            return false
        }
        input = piece
        used = 0
        return true
    }

    private func inflateOnce() throws -> [UInt8] {
        if !isInside {
            // Padding after the last member, as tape tools leave it, is nothing to unpack.
            while used < input.count, input[used] == 0 { used += 1 }
            guard used < input.count else { return [] }
            isal.inflate_reset(state)
            // The header is read, and the sum and the size after the data are compared.
            state.pointee.crc_flag = UInt32(ISAL_GZIP)
            isInside = true
        }
        var result: Int32 = 0
        let output = input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, count in
                state.pointee.next_in = input.baseAddress?.advanced(by: used)
                state.pointee.avail_in = UInt32(input.count - used)
                state.pointee.next_out = output.baseAddress
                state.pointee.avail_out = UInt32(output.count)
                result = isal.inflate(state)
                used = input.count - Int(state.pointee.avail_in)
                count = output.count - Int(state.pointee.avail_out)
            }
        }
        guard result >= 0, result != ISAL_NEED_DICT else {
            throw CompressionError.corrupt(format: "gzip", reason: Self.reason(result))
        }
        if state.pointee.block_state == ISAL_BLOCK_FINISH { isInside = false }
        hasMore = isInside && output.count == Self.pieceSize
        return output
    }

    private static func reason(_ result: Int32) -> String {
        switch result {
        case ISAL_INVALID_BLOCK: "invalid block"
        case ISAL_INVALID_SYMBOL: "invalid code"
        case ISAL_INVALID_LOOKBACK: "a distance that is too far back"
        case ISAL_INVALID_WRAPPER: "incorrect header"
        case ISAL_UNSUPPORTED_METHOD: "unknown compression method"
        case ISAL_INCORRECT_CHECKSUM: "incorrect checksum"
        default: "error \(result)"
        }
    }
}
