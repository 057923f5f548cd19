extension JSONValue {
    /// The document as text, on one line or with each level indented by `indentation` spaces.
    ///
    /// With `escapesHTML`, `<`, `>` and `&` are written as escapes, as Go's encoder does.
    public func bytes(indentation: Int? = nil, escapesHTML: Bool = false) -> [UInt8] {
        var printer = JSONPrinter(indentation: indentation, escapesHTML: escapesHTML)
        printer.print(self)
        return printer.bytes
    }
}

extension JSONValue: CustomStringConvertible {
    /// The document on one line.
    public var description: String { String(decoding: bytes(), as: UTF8.self) }
}

private struct JSONPrinter {
    let indentation: Int?
    let escapesHTML: Bool
    private(set) var bytes: [UInt8] = []
    private var level = 0

    init(indentation: Int?, escapesHTML: Bool) {
        self.indentation = indentation
        self.escapesHTML = escapesHTML
    }

    mutating func print(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .unsigned(let value): append(String(value))
        case .number(let value): append(Self.text(value))
        case .string(let text): string(text)
        case .array(let elements):
            list("[", "]", elements) { printer, element in printer.print(element) }
        case .object(let members):
            list("{", "}", members) { printer, member in
                printer.string(member.name)
                printer.append(printer.indentation == nil ? ":" : ": ")
                printer.print(member.value)
            }
        }
    }

    private static func text(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        guard number == number.rounded(), abs(number) < 1e15 else { return String(number) }
        return String(Int64(number))
    }

    private mutating func list<Element>(
        _ open: String,
        _ close: String,
        _ elements: [Element],
        _ body: (inout JSONPrinter, Element) -> Void
    ) {
        append(open)
        level += 1
        for (place, element) in elements.enumerated() {
            if place > 0 { append(",") }
            breakLine()
            body(&self, element)
        }
        level -= 1
        if !elements.isEmpty { breakLine() }
        append(close)
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * level))
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { character(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func character(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0a: append("\\n")
        case 0x0c: append("\\f")
        case 0x0d: append("\\r")
        case 0..<0x20: escape(byte)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if escapesHTML { escape(byte) } else { bytes.append(byte) }
        default: bytes.append(byte)
        }
    }

    private mutating func escape(_ byte: UInt8) {
        let digits = String(byte, radix: 16)
        append("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits)
    }
}
