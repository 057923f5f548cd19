/// Bytes that come in pieces, in order, once.
public struct ByteSource {
    private let take: () throws -> [UInt8]?

    /// - Parameter take: The next piece, not empty; nil at the end and ever after.
    public init(_ take: @escaping () throws -> [UInt8]?) {
        self.take = take
    }

    /// All of the bytes in one piece.
    public init(_ bytes: [UInt8]) {
        var rest: [UInt8]? = bytes.isEmpty ? nil : bytes
        take = {
            defer { rest = nil }
            return rest
        }
    }

    /// The next piece; nil at the end.
    public func next() throws -> [UInt8]? {
        try take()
    }

    /// The same bytes, each piece shown to `look` as it passes.
    public func tapped(_ look: @escaping ([UInt8]) throws -> Void) -> ByteSource {
        ByteSource {
            guard let piece = try take() else { return nil }
            try look(piece)
            return piece
        }
    }

    /// The same bytes, but an error after more than `limit` of them.
    public func limited(to limit: Int) -> ByteSource {
        var left = limit
        return tapped { piece in
            left -= piece.count
            guard left >= 0 else { throw CompressionError.tooLarge(limit: limit) }
        }
    }

    /// All that is left, at most `limit` bytes.
    public func readAll(limit: Int) throws -> [UInt8] {
        let bounded = limited(to: limit)
        var bytes: [UInt8] = []
        while let piece = try bounded.next() { bytes += piece }
        return bytes
    }
}

/// Why a compressed stream is refused.
public enum CompressionError: Error, Hashable, Sendable {
    /// The library's word for what is wrong.
    case corrupt(format: String, reason: String)
    case truncated(format: String)
    /// More bytes than whoever asked wants to take.
    case tooLarge(limit: Int)
    /// The library for it is not installed.
    case unsupported(format: String)
}

extension CompressionError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .corrupt(let format, let reason): "\(format): \(reason)"
        case .truncated(let format): "\(format): the stream ends too early"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .unsupported(let format): "\(format): the library for it cannot be loaded"
        }
    }
}
