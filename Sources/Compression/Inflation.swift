import CZlib

/// Unpacks gzip (RFC 1952), members one after the other.
final class Inflation {
    private var stream = z_stream()
    private let source: ByteSource
    private var input: [UInt8] = []
    private var used = 0
    private var isInside = false
    /// Whether the library may have more to give without further input.
    private var hasMore = false
    private let isUsable: Bool

    init(_ source: ByteSource) {
        self.source = source
        // 15 bits of window, and 32 for the header of either gzip or zlib.
        isUsable = inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit { inflateEnd(&stream) }

    func next() throws -> [UInt8]? {
        guard isUsable else { throw CompressionError.corrupt(format: "gzip", reason: "no memory") }
        while try refill() {
            let output = try inflateOnce()
            if !output.isEmpty { return output }
        }
        return nil
    }

    /// Whether there is input left.
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
            inflateReset(&stream)
            isInside = true
        }
        var output = [UInt8](repeating: 0, count: 1 << 17)
        let result = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress?.advanced(by: used)
                stream.avail_in = UInt32(input.count - used)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_NO_FLUSH)
            }
        }
        used = input.count - Int(stream.avail_in)
        hasMore = stream.avail_out == 0 && result != Z_STREAM_END
        output.removeLast(Int(stream.avail_out))
        switch result {
        case Z_STREAM_END: isInside = false
        case Z_OK, Z_BUF_ERROR: break
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "error \(result)"
            throw CompressionError.corrupt(format: "gzip", reason: reason)
        }
        return output
    }
}

/// Packs as gzip.
final class Deflation {
    private var stream = z_stream()
    private let source: ByteSource
    private var isDone = false
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ source: ByteSource, level: Int) {
        self.source = source
        let size = Int32(MemoryLayout<z_stream>.size)
        // 15 bits of window, and 16 for gzip; 8 is zlib's own measure of memory.
        deflateInit2_(&stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    }

    deinit { deflateEnd(&stream) }

    func next() throws -> [UInt8]? {
        while !isDone {
            let piece = try source.next() ?? []
            isDone = piece.isEmpty
            let output = deflateAll(piece, flush: isDone ? Z_FINISH : Z_NO_FLUSH)
            if !output.isEmpty { return output }
        }
        return nil
    }

    private func deflateAll(_ piece: [UInt8], flush: Int32) -> [UInt8] {
        var piece = piece
        var packed: [UInt8] = []
        piece.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                buffer.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    _ = deflate(&stream, flush)
                }
                packed += buffer.dropLast(Int(stream.avail_out))
            } while stream.avail_out == 0
        }
        return packed
    }
}
