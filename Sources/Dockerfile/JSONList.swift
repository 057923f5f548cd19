/// The exec form: an array of strings in JSON.
enum JSONList {
    /// The strings; nil when the text is not a well-formed array, which makes it text for the shell instead.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(DockerfileProblem) -> [String]? {
        var reader = Reader(rest: bytes.trimmed.dropFirst())
        guard let elements = reader.elements(), reader.rest.isEmpty else { return nil }
        var strings: [String] = []
        for element in elements {
            guard let element else { throw .jsonNotStrings }
            strings.append(element)
        }
        return strings
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// The elements up to the bracket; nil stands for one that is no string, and for malformed text as a whole.
        mutating func elements() -> [String?]? {
            var elements: [String?] = []
            rest = rest.trimmedLeft
            if take(0x5D) { return elements }
            while true {
                rest = rest.trimmedLeft
                if take(ASCII.doubleQuote) {
                    guard let string = string() else { return nil }
                    elements.append(string)
                } else {
                    guard takeOther() else { return nil }
                    elements.append(nil)
                }
                rest = rest.trimmedLeft
                if take(0x5D) { return elements }
                guard take(0x2C) else { return nil }
            }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        /// A number or one of the three words.
        private mutating func takeOther() -> Bool {
            let token = rest.prefix { ASCII.isName($0) || "+-.".utf8.contains($0) }
            rest = rest[token.endIndex...]
            return ["true", "false", "null"].contains(token.text) || Double(token.text) != nil
        }

        /// What follows an opening quote, up to the closing one.
        private mutating func string() -> String? {
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case ASCII.doubleQuote: return String(decoding: bytes, as: UTF8.self)
                case ASCII.backslash:
                    guard let escaped = escapedText() else { return nil }
                    bytes += escaped
                case 0..<0x20: return nil
                default: bytes.append(byte)
                }
            }
            return nil
        }

        private mutating func escapedText() -> [UInt8]? {
            guard let byte = rest.popFirst() else { return nil }
            guard byte == UInt8(ascii: "u") else { return Self.escapes[byte].map { [$0] } }
            guard var unit = unit() else { return nil }
            if (0xD800..<0xDC00).contains(unit), rest.starts(with: [ASCII.backslash, UInt8(ascii: "u")]) {
                rest = rest.dropFirst(2)
                guard let low = self.unit(), (0xDC00..<0xE000).contains(low) else { return nil }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            return Unicode.Scalar(unit).map { Array(String($0).utf8) }
        }

        private mutating func unit() -> UInt32? {
            let digits = rest.prefix(4)
            rest = rest.dropFirst(4)
            return digits.count == 4 ? UInt32(digits.text, radix: 16) : nil
        }

        private static let escapes: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        ]
    }
}
