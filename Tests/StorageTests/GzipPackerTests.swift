import Compression
import Gzip
import Testing

@Suite struct GzipPacking {
    @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
    func `gives what unpacks to the same, however it came`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) }
        func packed(inPiecesOf size: Int) throws -> [UInt8] {
            let packer = try GzipPacker()
            var result: [UInt8] = []
            for start in stride(from: 0, to: count, by: size) {
                result += packer.pack(Array(bytes[start..<min(start + size, count)]))
            }
            return result + packer.finish()
        }
        let small = try packed(inPiecesOf: 100_003)
        #expect(try ByteSource(small).decompressed().readAll(limit: 10_000_000) == bytes)
        #expect(try packed(inPiecesOf: 3_000_000) == small)
    }
}
