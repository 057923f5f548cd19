/// How a scalar is spelled so that it reads back as what it is.
enum ScalarText {
    static func of(_ node: Node, indent: Int) -> String {
        switch node.value {
        case .mapping: "{}"
        case .sequence: "[]"
        case .null: "null"
        case .float(let number) where number.isNaN: ".nan"
        case .float(let number) where number.isInfinite: number < 0 ? "-.inf" : ".inf"
        case .string(let text): of(text, indent: indent)
        case .timestamp: node.internetTime ?? ""
        default: node.scalarText ?? ""
        }
    }

    static func ofKey(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "\n")) ? doubleQuoted(text) : of(text, indent: 0)
    }

    private static func of(_ text: String, indent: Int) -> String {
        guard isPrintable(text) else { return doubleQuoted(text) }
        if text.utf8.contains(UInt8(ascii: "\n")) { return literal(text, indent: indent) }
        if !readsBackAsString(text) { return "\"\(text)\"" }
        return mayBePlain(text) ? text : singleQuoted(text)
    }

    /// Whether a plain spelling is a string to readers of YAML 1.2, and to those of 1.1 with its many booleans.
    private static func readsBackAsString(_ text: String) -> Bool {
        guard case .string = ScalarResolution.plain(text) else { return false }
        return !oldBooleans.contains(text) && !isSexagesimal(text) && text != "<<"
    }

    private static let oldBooleans: Set<String> = [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
    ]

    /// `12:30`, which YAML 1.1 reads as a number of base sixty.
    private static func isSexagesimal(_ text: String) -> Bool {
        let unsigned = text.first.map { "+-".contains($0) } ?? false ? text.dropFirst() : Substring(text)
        let parts = unsigned.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts[0].utf8.first, first >= 0x31, first <= 0x39 else { return false }
        guard parts[0].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F }) else { return false }
        return parts.dropFirst().enumerated().allSatisfy { index, part in
            let digits = index == parts.count - 2 ? part.split(separator: ".").first ?? part : part
            guard let number = Int(digits), digits.utf8.count <= 2 else { return false }
            return (0..<60).contains(number)
        }
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
            default: false
            }
        }
    }

    private static func mayBePlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20 else { return false }
        guard !text.hasPrefix("---"), !text.hasPrefix("...") else { return false }
        if "#,[]{}&*!|>'\"%@`".utf8.contains(first) { return false }
        if "?:-".utf8.contains(first), bytes.count == 1 || bytes[1] == 0x20 { return false }
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ":"), index + 1 == bytes.count || bytes[index + 1] == 0x20 { return false }
            if byte == UInt8(ascii: "#"), index > 0, bytes[index - 1] == 0x20 { return false }
        }
        return true
    }

    private static func singleQuoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func literal(_ text: String, indent: Int) -> String {
        guard text.contains(where: { $0 != "\n" && $0 != " " }), !hasLineOfSpaces(text) else {
            return doubleQuoted(text)
        }
        let body = text.hasSuffix("\n") ? text.dropLast() : Substring(text)
        let chomping = !text.hasSuffix("\n") ? "-" : body.hasSuffix("\n") ? "+" : ""
        let hint = text.first == " " || text.first == "\n" ? "2" : ""
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        let padding = String(repeating: " ", count: indent)
        return "|\(hint)\(chomping)" + lines.map { $0.isEmpty ? "\n" : "\n\(padding)\($0)" }.joined()
    }

    private static func hasLineOfSpaces(_ text: String) -> Bool {
        text.split(separator: "\n").contains { $0.last == " " }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars { quoted += escaped(scalar) }
        return quoted + "\""
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\u{7}": "\\a",
        "\u{8}": "\\b", "\u{B}": "\\v", "\u{C}": "\\f", "\u{1B}": "\\e", "\u{85}": "\\N", "\u{FEFF}": "\\uFEFF",
        "\u{2028}": "\\L", "\u{2029}": "\\P",
    ]

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        if let escape = escapes[scalar] { return escape }
        guard scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) else { return String(scalar) }
        return "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
    }
}
