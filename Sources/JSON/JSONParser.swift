extension JSONValue {
    /// How deep arrays and objects may lie in each other.
    public static let maximumDepth = 512

    /// Reads one document and nothing else.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }
}

/// A parser by recursive descent, whose depth is bounded.
private struct JSONParser {
    let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipBlanks()
        guard place == bytes.count else { throw JSONError("text after the document", at: place) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipBlanks()
        guard place < bytes.count else { throw JSONError("a value is missing", at: place) }
        switch bytes[place] {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < JSONValue.maximumDepth else { throw JSONError("nested too deep", at: place) }
        depth += 1
        place += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        skipBlanks()
        guard !take("}") else { return .object(members) }
        while true {
            skipBlanks()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                throw JSONError("a member's name is missing", at: place)
            }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw JSONError("\":\" is missing", at: place) }
            members.append(JSONValue.Member(name, try value()))
            skipBlanks()
            guard !take("}") else { return .object(members) }
            guard take(",") else { throw JSONError("\",\" or \"}\" is missing", at: place) }
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        skipBlanks()
        guard !take("]") else { return .array(elements) }
        while true {
            elements.append(try value())
            skipBlanks()
            guard !take("]") else { return .array(elements) }
            guard take(",") else { throw JSONError("\",\" or \"]\" is missing", at: place) }
        }
    }

    // MARK: Scalars

    private mutating func string() throws(JSONError) -> String {
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\\") {
            guard bytes[place] >= 0x20 else { throw JSONError("a control character in a string", at: place) }
            place += 1
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            place += 1
            return String(decoding: bytes[start..<place - 1], as: UTF8.self)
        }
        return try escapedString(Array(bytes[start..<place]))
    }

    private mutating func escapedString(_ start: [UInt8]) throws(JSONError) -> String {
        var text = start
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw JSONError("a control character in a string", at: place - 1)
            default: text.append(byte)
            }
        }
        throw JSONError("a string does not end", at: place)
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    private mutating func escape() throws(JSONError) -> [UInt8] {
        guard place < bytes.count else { throw JSONError("a string does not end", at: place) }
        let letter = bytes[place]
        place += 1
        if let byte = Self.escapes[letter] { return [byte] }
        guard letter == UInt8(ascii: "u") else { throw JSONError("an unknown escape", at: place - 1) }
        var scalar = try hexadecimal()
        if (0xd800..<0xdc00).contains(scalar), bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            place += 2
            let low = try hexadecimal()
            scalar = (0xdc00..<0xe000).contains(low) ? 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00) : 0xfffd
        }
        return Array(String(Unicode.Scalar(scalar) ?? "\u{fffd}").utf8)
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw JSONError("four hexadecimal digits are missing", at: place) }
        place += 4
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = place
        let characters = "+-0123456789.eE".utf8
        while place < bytes.count, characters.contains(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        let hasLeadingZero = digits.count > 1 && digits.first == "0" && digits.dropFirst().first?.isNumber == true
        guard let first = digits.first, first.isNumber, !hasLeadingZero, !text.hasSuffix(".") else {
            throw JSONError("not a value", at: start)
        }
        if let integer = Int64(text) { return .integer(integer) }
        if let integer = UInt64(text) { return .unsigned(integer) }
        guard let number = Double(text) else { throw JSONError("not a number", at: start) }
        return .number(number)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[place...].starts(with: word.utf8) else { throw JSONError("not a value", at: place) }
        place += word.utf8.count
        return value
    }

    // MARK: Characters

    private mutating func skipBlanks() {
        while place < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }
}
