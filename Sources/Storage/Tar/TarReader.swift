public import Compression
import Linux

/// Reads the members of a tar archive one after the other: ustar, PAX and GNU long names.
///
/// It takes nothing on trust: sums are checked, sizes bounded, and what it does not understand is refused, never guessed.
public final class TarReader {
    /// As much as the extra headers of one member may have, together.
    private static let maximumHeader = 1 << 20

    private let source: ByteSource
    private var piece: [UInt8] = []
    private var place = 0
    /// What is left of the member's contents, and of the padding behind them.
    private var left: Int64 = 0
    private var padding = 0
    private var isDone = false

    /// Reads from a source, which is not packed.
    public init(_ source: ByteSource) {
        self.source = source
    }

    /// The next member; nil at the archive's end. Contents that were not read are passed over.
    public func next() throws -> TarEntry? {
        guard !isDone else { return nil }
        try skipContents()
        var extra = TarExtras()
        while let header = try header() {
            let size = try self.size(of: header, extra)
            switch header.type {
            case UInt8(ascii: "x"): try extra.read(pax: metadata(size, extra))
            case UInt8(ascii: "g"): _ = try metadata(size, extra)
            case UInt8(ascii: "L"): extra.path = try text(metadata(size, extra))
            case UInt8(ascii: "K"): extra.link = try text(metadata(size, extra))
            case UInt8(ascii: "V"):
                try startContents(size)
                try skipContents()
            default: return try begin(header, extra, size)
            }
            extra.headers += 1
            guard extra.headers <= 64 else { throw StorageError.badArchive(entry: nil, reason: "headers without end") }
        }
        isDone = true
        return nil
    }

    /// Gives the contents of the member that was read last, in pieces.
    public func readContents(_ body: ([UInt8], Range<Int>) throws -> Void) throws {
        while left > 0 {
            try fill()
            let count = Int(min(left, Int64(piece.count - place)))
            try body(piece, place..<place + count)
            place += count
            left -= Int64(count)
        }
    }

    /// The contents of the member that was read last, at most `limit` bytes.
    public func contents(limit: Int) throws -> [UInt8] {
        guard left <= Int64(limit) else {
            throw StorageError.badArchive(entry: nil, reason: "a member of \(left) bytes where \(limit) may be")
        }
        var bytes: [UInt8] = []
        try readContents { piece, range in bytes += piece[range] }
        return bytes
    }

    /// The contents of the member that was read last as a source, to be read before the next member.
    public func contentsSource() -> ByteSource {
        ByteSource { [self] in
            guard left > 0 else { return nil }
            try fill()
            let count = Int(min(left, Int64(piece.count - place)))
            defer {
                place += count
                left -= Int64(count)
            }
            return place == 0 && count == piece.count ? piece : Array(piece[place..<place + count])
        }
    }

    /// Reads on to the end of the source, past the end of the archive: what follows belongs to its digest too.
    public func drain() throws {
        while try source.next() != nil {}
    }

    // MARK: Headers

    private func header() throws -> TarHeader? {
        var block = try takeBlock()
        while let bytes = block, bytes.allSatisfy({ $0 == 0 }) {
            block = try takeBlock()
            guard let second = block, second.allSatisfy({ $0 == 0 }) else { continue }
            return nil
        }
        guard let bytes = block else { return nil }
        let header = TarHeader(bytes: bytes)
        guard header.isIntact else { throw StorageError.badArchive(entry: nil, reason: "not a tar header") }
        return header
    }

    private func size(of header: TarHeader, _ extra: TarExtras) throws -> Int64 {
        let isExtra = "xgLKV".utf8.contains(header.type)
        let stated = isExtra ? nil : extra.size
        guard let size = stated ?? header.number(TarHeader.Field.size), (0...(1 << 60)).contains(size) else {
            throw StorageError.badArchive(entry: nil, reason: "a size that is none")
        }
        return size
    }

    private func begin(_ header: TarHeader, _ extra: TarExtras, _ size: Int64) throws -> TarEntry {
        var entry = try extra.entry(header)
        entry.size = entry.kind == .file ? size : 0
        try startContents(size)
        if entry.kind != .file { try skipContents() }
        return entry
    }

    private func metadata(_ size: Int64, _ extra: TarExtras) throws -> [UInt8] {
        guard size <= Self.maximumHeader else {
            throw StorageError.badArchive(entry: nil, reason: "a header of \(size) bytes")
        }
        try startContents(size)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        try readContents { piece, range in bytes += piece[range] }
        try skipContents()
        return bytes
    }

    /// GNU's long names end with NUL.
    private func text(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(bytes.prefix { $0 != 0 })
    }

    // MARK: Bytes

    private func startContents(_ size: Int64) throws {
        left = size
        padding = Int((512 - size % 512) % 512)
    }

    private func skipContents() throws {
        try readContents { _, _ in }
        while padding > 0 {
            try fill()
            let count = min(padding, piece.count - place)
            place += count
            padding -= count
        }
    }

    /// Makes sure that there is something to read.
    private func fill() throws {
        guard place == piece.count else { return }
        guard let next = try source.next() else {
            throw StorageError.badArchive(entry: nil, reason: "it ends too early")
        }
        piece = next
        place = 0
    }

    /// The next block; nil at the end of the source.
    private func takeBlock() throws -> [UInt8]? {
        if piece.count - place >= TarHeader.blockSize {
            defer { place += TarHeader.blockSize }
            return Array(piece[place..<place + TarHeader.blockSize])
        }
        var block = Array(piece[place...])
        place = piece.count
        while block.count < TarHeader.blockSize {
            guard let next = try source.next() else {
                guard block.isEmpty else { throw StorageError.badArchive(entry: nil, reason: "it ends too early") }
                return nil
            }
            let missing = min(TarHeader.blockSize - block.count, next.count)
            block += next[..<missing]
            piece = next
            place = missing
        }
        return block
    }
}
