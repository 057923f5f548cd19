/// A place in a text.
struct TextPosition: Hashable {
    /// From 1.
    var line: Int
    /// From 1, in characters.
    var column: Int
}

/// Tells places by their offsets. Asking for ascending offsets reads the text once.
struct TextPositions {
    private let text: [UInt8]
    private var line = 1
    private var lineStart = 0
    private var offset = 0

    /// The text must be UTF-8 for its columns to be characters.
    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The place of the byte at an offset.
    mutating func position(of offset: Int) -> TextPosition {
        if offset < self.offset { self = TextPositions(text) }
        while self.offset < offset {
            defer { self.offset += 1 }
            guard text[self.offset] == UInt8(ascii: "\n") else { continue }
            line += 1
            lineStart = self.offset + 1
        }
        // Bytes that go on with a character count for nothing.
        let column = text[lineStart..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return TextPosition(line: line, column: column)
    }
}
