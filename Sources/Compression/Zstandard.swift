import CZstd

/// Unpacks Zstandard frames one after the other. RFC 8878
final class ZstandardReader {
    private let context: OpaquePointer?
    private let source: ByteSource
    private var input: [UInt8] = []
    private var used = 0
    private var isInside = false
    /// Whether the library may have more to give without further input.
    private var hasMore = false

    init(_ source: ByteSource) {
        self.source = source
        context = ZSTD_createDStream()
        // A window of 128 MiB at most: memory that a stranger's stream may ask for.
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    }

    deinit { ZSTD_freeDStream(context) }

    func next() throws -> [UInt8]? {
        while true {
            if used == input.count, !hasMore {
                guard let piece = try source.next() else {
                    guard !isInside else { throw CompressionError.truncated(format: "zstd") }
                    return nil
                }
                input = piece
                used = 0
            }
            let output = try decompressOnce()
            if !output.isEmpty { return output }
        }
    }

    private func decompressOnce() throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 1 << 17)
        var filled = 0
        let result = input.withUnsafeBytes { bytes in
            output.withUnsafeMutableBytes { space in
                var from = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: used)
                var to = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
                let result = ZSTD_decompressStream(context, &to, &from)
                used = from.pos
                filled = to.pos
                return result
            }
        }
        guard ZSTD_isError(result) == 0 else {
            throw CompressionError.corrupt(format: "zstd", reason: String(cString: ZSTD_getErrorName(result)))
        }
        isInside = result != 0
        hasMore = filled == output.count && isInside
        output.removeLast(output.count - filled)
        return output
    }
}

/// Packs as one Zstandard frame.
final class ZstandardWriter {
    private let context: OpaquePointer?
    private let source: ByteSource
    private var isDone = false

    init(_ source: ByteSource, level: Int) {
        self.source = source
        context = ZSTD_createCStream()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    }

    deinit { ZSTD_freeCStream(context) }

    func next() throws -> [UInt8]? {
        while !isDone {
            let piece = try source.next() ?? []
            isDone = piece.isEmpty
            let output = try compress(piece)
            if !output.isEmpty { return output }
        }
        return nil
    }

    private func compress(_ piece: [UInt8]) throws -> [UInt8] {
        var packed: [UInt8] = []
        var space = [UInt8](repeating: 0, count: 1 << 17)
        var used = 0
        var left = 0
        repeat {
            var filled = 0
            left = piece.withUnsafeBytes { bytes in
                space.withUnsafeMutableBytes { space in
                    var from = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: used)
                    var to = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
                    let left = ZSTD_compressStream2(context, &to, &from, isDone ? ZSTD_e_end : ZSTD_e_continue)
                    used = from.pos
                    filled = to.pos
                    return left
                }
            }
            guard ZSTD_isError(left) == 0 else {
                throw CompressionError.corrupt(format: "zstd", reason: String(cString: ZSTD_getErrorName(left)))
            }
            packed += space.prefix(filled)
        } while used < piece.count || isDone && left > 0
        return packed
    }
}
