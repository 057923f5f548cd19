/// What a scalar's text means.
enum ScalarResolution {
    private static let words: [String: Node.Value] = [
        "": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null,
        "true": .bool(true), "True": .bool(true), "TRUE": .bool(true),
        "false": .bool(false), "False": .bool(false), "FALSE": .bool(false),
        ".nan": .float(.nan), ".NaN": .float(.nan), ".NAN": .float(.nan),
        ".inf": .float(.infinity), ".Inf": .float(.infinity), ".INF": .float(.infinity),
        "+.inf": .float(.infinity), "+.Inf": .float(.infinity), "+.INF": .float(.infinity),
        "-.inf": .float(-.infinity), "-.Inf": .float(-.infinity), "-.INF": .float(-.infinity),
    ]

    /// The value; nil when the text is none of the tag's type.
    static func value(of text: String, isPlain: Bool, tag: Tag) -> Node.Value? {
        switch tag {
        case .none: isPlain ? plain(text) : .string(text)
        case .other: isPlain && text.isEmpty ? .null : plainUnlessQuoted(text, isPlain)
        case .nonSpecific, .standard("str"): .string(text)
        case .standard(let name): tagged(text, name)
        }
    }

    /// What an untagged plain scalar is.
    static func plain(_ text: String) -> Node.Value {
        if let word = words[text] { return word }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return .string(text) }
        if let time = Timestamp(text) { return .timestamp(time.description) }
        return number(text) ?? .string(text)
    }

    private static func plainUnlessQuoted(_ text: String, _ isPlain: Bool) -> Node.Value {
        isPlain ? plain(text) : .string(text)
    }

    private static func tagged(_ text: String, _ name: String) -> Node.Value? {
        let value = plain(text)
        switch (name, value) {
        case ("int", .integer), ("int", .unsigned), ("float", .float), ("bool", .bool), ("null", .null),
            ("timestamp", .timestamp):
            return value
        case ("float", .integer(let number)): return .float(Double(number))
        case ("binary", _): return Base64.decode(text).map { .string(String(decoding: $0, as: UTF8.self)) }
        case ("int", _), ("float", _), ("bool", _), ("null", _), ("timestamp", _): return nil
        default: return .string(text)
        }
    }

    private static func number(_ text: String) -> Node.Value? {
        let digits = text.filter { $0 != "_" }
        if digits == "-0" { return .float(-0.0) }
        if let integer = integer(digits) { return integer }
        return isDecimal(digits) ? Double(digits).map { .float($0) } : nil
    }

    /// Decimal, or with one of the prefixes `0x`, `0b`, `0o` or `0` (octal), signed or not.
    private static func integer(_ text: String) -> Node.Value? {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits.removeFirst() }
        let radix = takeRadix(from: &digits)
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        guard let magnitude = UInt64(digits, radix: radix) else { return nil }
        guard isNegative else {
            return Int(exactly: magnitude).map { .integer($0) } ?? .unsigned(magnitude)
        }
        guard magnitude <= Int.min.magnitude else { return nil }
        return .integer(Int(truncatingIfNeeded: 0 &- magnitude))
    }

    private static func takeRadix(from digits: inout Substring) -> Int {
        let prefixes: [(String, Int)] = [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        for (prefix, radix) in prefixes where digits.hasPrefix(prefix) {
            digits.removeFirst(2)
            return radix
        }
        return digits.count > 1 && digits.first == "0" ? 8 : 10
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        let whole = takeDigits(from: &rest)
        var fraction = 0
        if rest.first == "." {
            rest.removeFirst()
            fraction = takeDigits(from: &rest)
        }
        guard whole + fraction > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark == "e" || mark == "E" else { return false }
        rest.removeFirst()
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        return takeDigits(from: &rest) > 0 && rest.isEmpty
    }

    private static func takeDigits(from text: inout Substring) -> Int {
        let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
        text = text.dropFirst(digits)
        return digits
    }
}
