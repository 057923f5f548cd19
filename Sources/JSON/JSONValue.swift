/// A JSON document. RFC 8259
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A whole number that only fits without a sign.
    case unsigned(UInt64)
    /// A number that is no 64-bit integer.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// The members in the order in which they were written.
    case object([Member])

    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: JSONValue

        /// A value of these parts.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member of an object; the last one where a name comes twice.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// The document that stands for the literal.
    public init(stringLiteral value: String) { self = .string(value) }
    /// The document that stands for the literal.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// The document that stands for the literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral {
    /// The document that stands for the literal.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// The document that stands for the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    /// The document that stands for the literal.
    public init(nilLiteral: ()) { self = .null }
}

/// Why a text is not the JSON that was expected.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public let message: String
    /// Where in the text, in bytes from its start; nil when a value, not the text, is at fault.
    public let offset: Int?

    /// A value of these parts.
    public init(_ message: String, at offset: Int? = nil) {
        self.message = message
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// What went wrong, in one line.
    public var description: String {
        offset.map { "byte \($0): \(message)" } ?? message
    }
}
