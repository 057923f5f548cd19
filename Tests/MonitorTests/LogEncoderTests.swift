import Testing

@testable import Monitor

@Suite struct LogLines {
    private let noon: Int64 = 1_795_435_200_000_000_000

    private func encoded(_ pieces: [[UInt8]], from stream: OutputStream = .output) -> String {
        var encoder = LogEncoder()
        for piece in pieces { encoder.append(piece, count: piece.count, from: stream, at: noon) }
        encoder.end(stream, at: noon)
        return String(decoding: encoder.encoded.bytes, as: UTF8.self)
    }

    @Test func `say what was written, where and when`() {
        let expected = #"{"log":"hello\n","stream":"stderr","time":"2026-11-23T12:00:00Z"}"# + "\n"
        #expect(encoded([Array("hello\n".utf8)], from: .error) == expected)
    }

    @Test func `join the pieces of a line, and keep a last line without an end`() {
        let expected = """
            {"log":"hello\\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}
            {"log":"\\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}
            {"log":"end","stream":"stdout","time":"2026-11-23T12:00:00Z"}

            """
        #expect(encoded(["hel", "lo\n\nen", "d"].map { Array($0.utf8) }) == expected)
    }

    @Test(arguments: [
        ("a\"b\\c", #"a\"b\\c"#),
        ("\u{1}\t\r", #"\u0001\u0009\r"#),
        ("<a&b>", #"\u003ca\u0026b\u003e"#),
        ("é€😀\u{2028}\u{2029}", #"é€😀\u2028\u2029"#),
        ("\u{7f}", "\u{7f}"),
    ])
    func `spell characters as Docker does`(text: String, spelled: String) {
        #expect(encoded([Array("\(text)\n".utf8)]).hasPrefix(#"{"log":"\#(spelled)\n","stream""#))
        #expect(encoded([Array(text.utf8)]).hasPrefix(#"{"log":"\#(spelled)","stream""#))
    }

    @Test(arguments: [
        ([0x61, 0xff, 0x62] as [UInt8], #"a\ufffdb"#),
        ([0xe2, 0x82], #"\ufffd\ufffd"#),
        ([0xc0, 0x80], #"\ufffd\ufffd"#),
        ([0xed, 0xa0, 0x80], #"\ufffd\ufffd\ufffd"#),
        ([0xf4, 0x90, 0x80, 0x80], #"\ufffd\ufffd\ufffd\ufffd"#),
    ])
    func `replace what is not UTF-8`(bytes: [UInt8], spelled: String) {
        #expect(encoded([bytes + [UInt8(ascii: "\n")]]).hasPrefix(#"{"log":"\#(spelled)\n","stream""#))
        #expect(encoded([bytes]).hasPrefix(#"{"log":"\#(spelled)","stream""#))
    }

    @Test func `spell a character wherever in a line it is`() {
        for before in 0..<40 {
            let x = String(repeating: "x", count: before)
            let text = "\(x)\"€\u{7}\(x)"
            let expected = #"{"log":"\#(x)\"€\u0007\#(x)\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}"# + "\n"
            #expect(encoded([Array("\(text)\n".utf8)]) == expected)
        }
    }

    @Test func `do not depend on how the bytes come`() {
        let text = (0..<400).map { "line \($0) \(String(repeating: "é<", count: $0 % 50))\n" }.joined()
        let whole = encoded([Array(text.utf8)])
        #expect(whole.split(separator: "\n").count == 400)
        for size in [1, 7, 100, 4096] {
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            #expect(encoded(pieces) == whole)
        }
    }

    @Test func `of nothing but their ends are lines too`() {
        let lines = encoded([[UInt8](repeating: UInt8(ascii: "\n"), count: 100_000)]).split(separator: "\n")
        #expect(lines.count == 100_000)
        #expect(Set(lines) == [#"{"log":"\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}"#])
    }

    @Test func `are split at 16 KiB`() {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 16384 + 3) + [UInt8(ascii: "\n")]
        let lines = encoded([line]).split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix(#"{"log":"xxx"#) == true)
        #expect(lines.first?.utf8.count == 16384 + 58)
        #expect(lines.last == #"{"log":"xxx\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}"#)
    }

    @Test func `are not split within a character`() {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 16383) + Array("é\n".utf8)
        let lines = encoded([line]).split(separator: "\n").map(String.init)
        #expect(lines.last == #"{"log":"é\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}"#)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_467_922_123_456_780, "2026-11-23T21:05:22.12345678Z"),
        (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
        (4_102_444_799_500_000_000, "2099-12-31T23:59:59.5Z"),
        (-1_000_000_000, "1969-12-31T23:59:59Z"),
    ])
    func `bear the time in UTC`(nanoseconds: Int64, text: String) {
        var timestamp = Timestamp()
        timestamp.set(nanoseconds)
        #expect(String(decoding: timestamp.text, as: UTF8.self) == text)
    }
}
