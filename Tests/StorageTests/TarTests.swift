import Compression
import Linux
import Storage
import SystemPackage
import TestSupport
import Testing

/// An archive of entries with their contents.
func tar(_ members: [(entry: TarEntry, contents: String)]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let writer = TarWriter { bytes += $0 }
    for (entry, contents) in members { try writer.add(entry, contents: Array(contents.utf8)) }
    try writer.finish()
    return bytes
}

/// A source that gives its bytes in pieces of an awkward size.
func pieces(_ bytes: [UInt8], of size: Int = 700) -> ByteSource {
    var rest = bytes[...]
    return ByteSource {
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }
}

func path(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct Tars {
    private func round(_ entry: TarEntry) throws -> TarEntry? {
        try TarReader(pieces(tar([(entry, "")]))).next()
    }

    @Test func `keep everything about a member`() throws {
        var entry = TarEntry(.file, path: path("usr/bin/ping"), mode: 0o4755)
        entry.uid = 3_000_000
        entry.gid = 5
        entry.modifiedAt = 1_767_323_045_000_000_000
        entry.attributes = ["security.capability": [1, 0, 10, 61, 0], "user.a": []]
        #expect(try round(entry) == entry)
    }

    @Test(arguments: [99, 100, 101, 155, 255, 5_000])
    func `keep names of any length`(length: Int) throws {
        let name = String(repeating: "d/", count: length / 2) + "f"
        var entry = TarEntry(.symbolicLink, path: path(name), mode: 0o777)
        entry.linkTarget = path(name)
        #expect(try round(entry) == entry)
    }

    @Test func `keep devices and times before 1970`() throws {
        var entry = TarEntry(.characterDevice, path: path("dev/null"), mode: 0o666)
        entry.device = DeviceNumber(major: 1, minor: 3)
        entry.modifiedAt = -1_000_000_000
        #expect(try round(entry) == entry)
    }

    @Test func `give contents in pieces and pass over what is not read`() throws {
        let text = String(repeating: "0123456789", count: 300)
        let bytes = try tar([
            (TarEntry(.file, path: path("a"), mode: 0o644), text),
            (TarEntry(.file, path: path("b"), mode: 0o644), text),
        ])
        let reader = TarReader(pieces(bytes))
        #expect(try reader.next()?.name == "a")
        #expect(try reader.next()?.name == "b")
        #expect(try reader.contents(limit: 3_000) == Array(text.utf8))
        #expect(try reader.next() == nil)
    }

    @Test func `are the same bytes each time`() throws {
        let entry = TarEntry(.folder, path: path("etc/"), mode: 0o755)
        #expect(try tar([(entry, "")]) == tar([(entry, "")]))
    }

    /// Changes one field of a header and puts the sum right again.
    private func patched(_ text: String, at place: Int) throws -> [UInt8] {
        var bytes = try tar([(TarEntry(.file, path: path("file"), mode: 0o644), "contents")])
        bytes.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        bytes.replaceSubrange(148..<156, with: "        ".utf8)
        let sum = String(bytes[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
        bytes.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - sum.utf8.count) + sum).utf8)
        return bytes
    }

    @Test(arguments: [
        ("-0000000001", 124, "archive: a size that is none"),
        ("S", 156, "archive: file: a member of type \"S\" is not supported"),
        ("99999999999", 124, "archive: a size that is none"), ("77777777777", 124, "archive: it ends too early"),
    ])
    func `are refused when a header lies`(text: String, place: Int, message: String) throws {
        let reader = TarReader(pieces(try patched(text, at: place)))
        let error = #expect(throws: StorageError.self) {
            while try reader.next() != nil {}
        }
        #expect(error?.description == message)
    }

    @Test func `are refused when they are cut off or no tars`() throws {
        let bytes = try tar([(TarEntry(.file, path: path("file"), mode: 0o644), String(repeating: "x", count: 2_000))])
        for cut in [100, 600, 1_500] {
            let reader = TarReader(ByteSource(Array(bytes[..<cut])))
            #expect(throws: StorageError.badArchive(entry: nil, reason: "it ends too early")) {
                while try reader.next() != nil {}
            }
        }
        #expect(throws: StorageError.badArchive(entry: nil, reason: "not a tar header")) {
            _ = try TarReader(ByteSource([UInt8](repeating: 7, count: 1_024))).next()
        }
    }
}

@Suite struct Compressed {
    @Test(arguments: [CompressionFormat.none, .gzip, .zstd])
    func `streams are recognized and come back whole`(format: CompressionFormat) throws {
        let bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let packed = try pieces(bytes, of: 30_000).compressed(as: format).readAll(limit: 1 << 20)
        #expect((packed.count < bytes.count / 10) == (format != .none))
        #expect(try pieces(packed, of: 999).decompressed().readAll(limit: 1 << 20) == bytes)
    }

    @Test(arguments: [CompressionFormat.gzip, .zstd])
    func `bombs stop at the limit`(format: CompressionFormat) throws {
        var left = 1 << 8
        let zeros = ByteSource {
            left -= 1
            return left < 0 ? nil : [UInt8](repeating: 0, count: 1 << 16)
        }
        let bomb = try zeros.compressed(as: format).readAll(limit: 1 << 20)
        #expect(throws: CompressionError.tooLarge(limit: 1 << 20)) {
            let bounded = ByteSource(bomb).decompressed().limited(to: 1 << 20)
            while try bounded.next() != nil {}
        }
    }

    @Test func `streams that are cut off or unknown are refused`() throws {
        let packed = try ByteSource(Array("hello, world".utf8)).compressed(as: .gzip).readAll(limit: 1_000)
        #expect(throws: CompressionError.truncated(format: "gzip")) {
            try ByteSource(Array(packed.dropLast(5))).decompressed().readAll(limit: 100)
        }
    }

    @Test(arguments: [("xz", "xz"), ("bzip2", "bzip2"), ("gzip", "gzip"), ("zstd", "zstd")])
    func `streams of other programs are unpacked, one after the other`(program: String, format: String) throws {
        try withTemporaryFolder { folder in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            try WholeFile.replace(folder.appending("plain"), with: bytes, isDurable: false)
            let packed = folder.appending("packed")
            #expect(try Program.succeeds([program, "-c", "\(folder)/plain"], output: packed))
            let once = try WholeFile.read(packed)
            #expect(once.count < bytes.count / 10)
            let twice = try pieces(once + once, of: 777).decompressed().readAll(limit: 1 << 20)
            #expect(twice == bytes + bytes)
            #expect(throws: CompressionError.truncated(format: format)) {
                try ByteSource(Array(once.dropLast(5))).decompressed().readAll(limit: 1 << 20)
            }
            #expect(throws: CompressionError.tooLarge(limit: 1_000)) {
                try ByteSource(once).decompressed().readAll(limit: 1_000)
            }
        }
    }

    @Test(arguments: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3, 4, 5, 6, 7], Array("BZh9nonsense".utf8)])
    func `streams that only begin like one are refused`(bytes: [UInt8]) {
        let format = bytes[0] == 0xfd ? "xz" : "bzip2"
        #expect(throws: CompressionError.corrupt(format: format, reason: "invalid data")) {
            try ByteSource(bytes).decompressed().readAll(limit: 100)
        }
    }
}
