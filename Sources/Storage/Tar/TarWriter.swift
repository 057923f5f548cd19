public import Linux

/// Where bytes go to, in pieces, in order.
public typealias ByteSink = ([UInt8]) throws -> Void

/// Writes a tar archive: ustar, with PAX headers where that is too narrow. The same entries always give the same bytes.
///
/// Times are cut to seconds, as Docker does, so that a file system's precision changes no digest.
public final class TarWriter {
    private static let pieceSize = 1 << 18

    private let sink: ByteSink
    private var buffer: [UInt8] = []
    /// What the member that was begun last still lacks.
    private var left: Int64 = 0
    private var padding = 0

    /// Writes to a sink.
    public init(_ sink: @escaping ByteSink) {
        self.sink = sink
        buffer.reserveCapacity(Self.pieceSize + 4096)
    }

    /// Begins a member. Its contents, `entry.size` bytes, are to follow before the next.
    public func begin(_ entry: TarEntry) throws {
        try completeMember()
        let extra = Self.extra(for: entry)
        if !extra.isEmpty {
            var header = TarEntry(.file, path: Array("PaxHeaders/entry".utf8), mode: 0o644)
            header.size = Int64(extra.count)
            try append(Self.block(header, type: UInt8(ascii: "x")))
            try append(extra + [UInt8](repeating: 0, count: Self.padding(header.size)))
        }
        try append(Self.block(entry, type: Self.types[entry.kind] ?? UInt8(ascii: "0")))
        left = entry.kind == .file ? entry.size : 0
        padding = Self.padding(left)
    }

    /// Adds to the contents of the member that was begun last.
    ///
    /// - Throws: When that is more than was announced.
    public func write(_ bytes: [UInt8], _ range: Range<Int>) throws {
        guard Int64(range.count) <= left else {
            throw StorageError.badArchive(entry: nil, reason: "a member grew while it was packed")
        }
        left -= Int64(range.count)
        if range.count >= Self.pieceSize, range.count == bytes.count {
            try flush()
            return try sink(bytes)
        }
        buffer += bytes[range]
        if buffer.count >= Self.pieceSize { try flush() }
    }

    /// Adds what a file holds to the contents of the member that was begun last.
    public func write(contentsOf file: borrowing OwnedDescriptor, size: Int64) throws {
        var left = size
        while left > 0 {
            let piece = try file.read(Int(min(left, Int64(Self.pieceSize))))
            guard !piece.isEmpty else { break }
            try write(piece, 0..<piece.count)
            left -= Int64(piece.count)
        }
    }

    /// A member and its contents.
    public func add(_ entry: TarEntry, contents: [UInt8] = []) throws {
        var entry = entry
        entry.size = Int64(contents.count)
        try begin(entry)
        try write(contents, 0..<contents.count)
    }

    /// Ends the archive.
    public func finish() throws {
        try completeMember()
        try append([UInt8](repeating: 0, count: 1024))
        try flush()
    }

    private func completeMember() throws {
        guard left == 0 else {
            throw StorageError.badArchive(entry: nil, reason: "a member shrank while it was packed")
        }
        if padding > 0 { try append([UInt8](repeating: 0, count: padding)) }
        padding = 0
    }

    private func append(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= Self.pieceSize { try flush() }
    }

    private func flush() throws {
        guard !buffer.isEmpty else { return }
        let piece = buffer
        buffer.removeAll(keepingCapacity: true)
        try sink(piece)
    }

    private static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }
}

// MARK: Headers

extension TarWriter {
    private static let types: [TarEntry.Kind: UInt8] = [
        .file: UInt8(ascii: "0"), .hardLink: UInt8(ascii: "1"), .symbolicLink: UInt8(ascii: "2"),
        .characterDevice: UInt8(ascii: "3"), .blockDevice: UInt8(ascii: "4"), .folder: UInt8(ascii: "5"),
        .pipe: UInt8(ascii: "6"),
    ]

    private static func fits(_ number: Int64, digits: Int) -> Bool { number >= 0 && number < 1 << (3 * digits) }

    private static func fits(_ text: [UInt8]) -> Bool { text.count <= 100 && text.allSatisfy { $0 < 0x80 } }

    /// The PAX records for what an ustar header cannot hold, sorted by their keys.
    private static func extra(for entry: TarEntry) -> [UInt8] {
        var records: [(key: String, value: [UInt8])] = []
        let seconds = seconds(entry.modifiedAt)
        if !fits(entry.path) { records.append(("path", entry.path)) }
        if !fits(entry.linkTarget) { records.append(("linkpath", entry.linkTarget)) }
        if !fits(entry.size, digits: 11) { records.append(("size", Array("\(entry.size)".utf8))) }
        if !fits(Int64(entry.uid), digits: 7) { records.append(("uid", Array("\(entry.uid)".utf8))) }
        if !fits(Int64(entry.gid), digits: 7) { records.append(("gid", Array("\(entry.gid)".utf8))) }
        if !fits(seconds, digits: 11) { records.append(("mtime", Array("\(seconds)".utf8))) }
        for (key, value) in entry.attributes { records.append(("SCHILY.xattr." + key, value)) }
        guard !records.isEmpty else { return [] }
        return records.sorted { $0.key < $1.key }.flatMap { record($0.key, $0.value) }
    }

    /// `length key=value\n`, where the length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array("\(length)".utf8) + rest
    }

    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }

    private static func block(_ entry: TarEntry, type: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
        func put(_ text: some Collection<UInt8>, _ field: Range<Int>) {
            for (place, byte) in zip(field, text) { block[place] = byte }
        }
        func put(_ number: Int64, _ field: Range<Int>) {
            let digits = field.count - 1
            let octal = String(fits(number, digits: digits) ? number : 0, radix: 8)
            put(Array((String(repeating: "0", count: digits - octal.utf8.count) + octal).utf8), field)
        }
        typealias Field = TarHeader.Field
        put(entry.path, Field.name)
        put(Int64(entry.mode), Field.mode)
        put(Int64(entry.uid), Field.uid)
        put(Int64(entry.gid), Field.gid)
        put(entry.size, Field.size)
        put(seconds(entry.modifiedAt), Field.time)
        put(entry.linkTarget, Field.link)
        put(Array("ustar\u{0}00".utf8), Field.magic.lowerBound..<265)
        put(Int64(entry.device.major), Field.major)
        put(Int64(entry.device.minor), Field.minor)
        block[Field.type] = type
        put(Array("        ".utf8), Field.sum)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(Array((String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0} ").utf8), Field.sum)
        return block
    }
}
