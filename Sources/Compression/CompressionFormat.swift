import CUnpack
import Gzip

/// How a stream of bytes is packed.
public enum CompressionFormat: String, Hashable, Sendable {
    case none, gzip, zstd
}

/// How a stream was packed that is to be read: more ways than we pack in.
private enum Packing {
    case none, gzip, zstd, xz, bzip2

    /// What the first bytes of files of each kind are.
    private static let signatures: [(bytes: [UInt8], packing: Packing)] = [
        ([0x1f, 0x8b], .gzip), ([0x28, 0xb5, 0x2f, 0xfd], .zstd), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], .xz),
        ([0x42, 0x5a, 0x68], .bzip2),
    ]

    /// Looks at the first bytes of a stream.
    init(startingWith start: [UInt8]) {
        self = Self.signatures.first { start.starts(with: $0.bytes) }?.packing ?? .none
    }
}

extension ByteSource {
    /// The bytes as they were before they were packed, whatever way that was: the stream's first bytes tell.
    ///
    /// The result can be any number of times longer; `limited(to:)` bounds it.
    public func decompressed() -> ByteSource {
        var unpacked: ByteSource?
        return ByteSource {
            if let unpacked { return try unpacked.next() }
            let (start, whole) = try self.peek(6)
            let chosen = try whole.unpacked(from: Packing(startingWith: start))
            unpacked = chosen
            return try chosen.next()
        }
    }

    /// The first bytes, and a source that still has them.
    private func peek(_ count: Int) throws -> (start: [UInt8], whole: ByteSource) {
        var start: [UInt8] = []
        while start.count < count, let piece = try next() { start += piece }
        var first: [UInt8]? = start.isEmpty ? nil : start
        let whole = ByteSource {
            guard let piece = first else { return try self.next() }
            first = nil
            return piece
        }
        return (start, whole)
    }

    private func unpacked(from packing: Packing) throws -> ByteSource {
        switch packing {
        case .none: return self
        case .gzip:
            let inflation = try Inflation(self)
            return ByteSource { try inflation.next() }
        case .zstd:
            let reader = ZstandardReader(self)
            return ByteSource { try reader.next() }
        case .xz:
            let reader = try ArchiveReader(self, tutti_packing_xz, named: "xz")
            return ByteSource { try reader.next() }
        case .bzip2:
            let reader = try ArchiveReader(self, tutti_packing_bzip2, named: "bzip2")
            return ByteSource { try reader.next() }
        }
    }

    private func packedAsGzip(level: Int) -> ByteSource {
        var packer: GzipPacker?
        var isDone = false
        return ByteSource {
            let own = try packer ?? GzipPacker(level: level)
            packer = own
            while !isDone {
                let piece = try next()
                isDone = piece == nil
                let packed = piece.map(own.pack) ?? own.finish()
                if !packed.isEmpty { return packed }
            }
            return nil
        }
    }

    /// The bytes packed. Levels are the library's own: 1 to 12 for gzip, 1 to 22 for zstd.
    public func compressed(as format: CompressionFormat, level: Int? = nil) -> ByteSource {
        switch format {
        case .none: return self
        case .gzip:
            return packedAsGzip(level: level ?? GzipPacker.usualLevel)
        case .zstd:
            let writer = ZstandardWriter(self, level: level ?? 3)
            return ByteSource { try writer.next() }
        }
    }
}
