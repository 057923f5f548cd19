import Compression
import Testing

/// Members as `gzip` makes them: "hello, " with a file's name, and "world" with none. The times are 0.
private let hello: [UInt8] = [
    0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 0x61, 0x2e, 0x74, 0x78, 0x74, 0,
    0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0, 0, 0x99, 0x56, 0xea, 0x11, 7, 0, 0, 0,
]
private let world: [UInt8] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x2b, 0xcf, 0x2f, 0xca, 0x49, 1, 0, 0x43, 0x11, 0x77, 0x3a, 5, 0, 0, 0,
]

@Suite struct Gzip {
    private func text(_ bytes: [UInt8], inPiecesOf size: Int) throws -> String {
        String(decoding: try pieces(bytes, of: size).decompressed().readAll(limit: 1_000), as: UTF8.self)
    }

    @Test func `members follow each other, cut anywhere, with padding at the end`() throws {
        let stream = hello + world + hello + [UInt8](repeating: 0, count: 100)
        for size in 1...stream.count {
            #expect(try text(stream, inPiecesOf: size) == "hello, worldhello, ")
        }
    }

    @Test func `a stream that ends early is refused, wherever it ends`() throws {
        let stream = hello + world
        for end in 7..<stream.count where end != hello.count {
            for size in [3, 1_000] {
                #expect(throws: CompressionError.truncated(format: "gzip"), "\(end)") {
                    try text(Array(stream[..<end]), inPiecesOf: size)
                }
            }
        }
    }

    @Test func `a changed byte is refused, or changes nothing`() throws {
        for place in 2..<hello.count {
            var stream = hello
            stream[place] ^= 0x40
            if let text = try? text(stream, inPiecesOf: 5) { #expect(text == "hello, ", "\(place)") }
        }
    }

    @Test func `a sum that is not the data's is refused`() throws {
        var stream = hello
        stream[stream.count - 8] ^= 1
        #expect(throws: CompressionError.corrupt(format: "gzip", reason: "incorrect checksum")) {
            try text(stream, inPiecesOf: 1_000)
        }
    }

    @Test func `bytes of any kind and length come back`() throws {
        var seed: UInt64 = 1
        for count in [1, 300, 65_535, 65_536, 262_144, 262_145, 3_000_000] {
            let bytes = (0..<count).map { place -> UInt8 in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return place % 3 == 0 ? UInt8(truncatingIfNeeded: seed >> 56) : UInt8(truncatingIfNeeded: place >> 8)
            }
            for level in [1, 6, 12] {
                let packed = try pieces(bytes, of: 70_001).compressed(as: .gzip, level: level).readAll(limit: 1 << 23)
                #expect(try pieces(packed, of: 50_021).decompressed().readAll(limit: 1 << 23) == bytes)
            }
        }
    }
}
