/// The inside of a JSON string, spelled as Docker's logs spell it.
enum JSONText {
    /// Whether a byte stands for itself. `<`, `>` and `&` do not, so that a log can be pasted into a web page.
    private static let isPlain: [Bool] = (0..<256).map { byte in
        byte >= 0x20 && byte < 0x80 && !#""\<>&"#.utf8.contains(UInt8(byte))
    }
    private static let hexadecimal = Array("0123456789abcdef".utf8)
    private static let replacement = Array("\\ufffd".utf8)

    /// Appends bytes that should be UTF-8; U+FFFD stands for those that are not.
    static func append(_ bytes: [UInt8], _ range: Range<Int>, to text: inout [UInt8]) {
        let isPlain = isPlain
        let input = bytes.span
        var done = range.lowerBound
        var place = done
        while place < range.upperBound {
            let byte = input[place]
            guard !isPlain[Int(byte)] else {
                place += 1
                continue
            }
            text += bytes[done..<place]
            place += appendSpecial(byte, bytes, place..<range.upperBound, to: &text)
            done = place
        }
        text += bytes[done..<place]
    }

    /// Appends what begins with a byte that does not stand for itself; gives how many bytes that were.
    private static func appendSpecial(
        _ byte: UInt8,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        to text: inout [UInt8]
    ) -> Int {
        guard byte < 0x80 else {
            let length = UTF8Scan.length(bytes, range)
            guard length > 0 else {
                text += replacement
                return 1
            }
            let character = bytes[range.lowerBound..<(range.lowerBound + length)]
            // U+2028 and U+2029 end lines in JavaScript.
            let isSeparator = length == 3 && byte == 0xe2 && character.dropFirst().first == 0x80
            if isSeparator, let last = character.last, last == 0xa8 || last == 0xa9 {
                text += "\\u202\(last - 0xa0)".utf8
            } else {
                text += character
            }
            return length
        }
        text.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(byte)
        case UInt8(ascii: "\n"): text.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): text.append(UInt8(ascii: "r"))
        default:
            text += [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")]
            text.append(hexadecimal[Int(byte >> 4)])
            text.append(hexadecimal[Int(byte & 15)])
        }
        return 1
    }
}

/// What UTF-8 is and what is not (RFC 3629, section 4).
enum UTF8Scan {
    /// How many bytes the character at the range's start has; 0 if no character begins there, or not a whole one.
    static func length(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        let start = range.lowerBound
        let length = expectedLength(bytes[start])
        guard length > 1, range.count >= length else { return length == 1 ? 1 : 0 }
        guard secondByte(after: bytes[start]).contains(bytes[start + 1]) else { return 0 }
        for place in (start + 2)..<(start + length) where bytes[place] & 0xc0 != 0x80 { return 0 }
        return length
    }

    /// The end of the last whole character, where the bytes end within one; otherwise their end.
    static func lastBoundary(of bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xc0 == 0x80 { continue }
            return expectedLength(byte) > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }

    private static func expectedLength(_ first: UInt8) -> Int {
        switch first {
        case 0..<0x80: 1
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 0
        }
    }

    /// Which second bytes a first one allows: no longer spelling than needed, no surrogate, nothing past U+10FFFF.
    private static func secondByte(after first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xe0: 0xa0...0xbf
        case 0xed: 0x80...0x9f
        case 0xf0: 0x90...0xbf
        case 0xf4: 0x80...0x8f
        default: 0x80...0xbf
        }
    }
}
