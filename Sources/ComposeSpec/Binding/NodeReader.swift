import Units
import YAML

/// Reads the attributes of a canonical mapping.
struct NodeReader {
    let node: Node
    let path: NodePath

    subscript(key: String) -> Node? {
        guard let value = node[key], !value.isNull else { return nil }
        return value
    }

    /// The mapping under a key.
    func section(_ key: String) -> NodeReader? { self[key].map { NodeReader(node: $0, path: path / key) } }

    /// The items of the list under a key.
    func sections(_ key: String) -> [NodeReader] {
        (self[key]?.items ?? []).enumerated().map { NodeReader(node: $1, path: (path / key)[$0]) }
    }

    /// A text; nil when it is empty or not there.
    func string(_ key: String) -> String? {
        guard let text = self[key]?.scalarText, !text.isEmpty else { return nil }
        return text
    }

    func flag(_ key: String) -> Bool { self[key]?.bool ?? false }

    func bool(_ key: String) -> Bool? { self[key]?.bool }

    func strings(_ key: String) -> [String] { self[key]?.items.compactMap(\.scalarText) ?? [] }

    /// A list that may be empty on purpose.
    func optionalStrings(_ key: String) -> [String]? { self[key].map { $0.items.compactMap(\.scalarText) } }

    func map(_ key: String) -> [String: String] {
        let entries = self[key]?.entries ?? []
        return Dictionary(entries.map { ($0.key.text, $0.value.scalarText ?? "") }) { $1 }
    }

    /// Names with values, or without.
    func variables(_ key: String) -> [String: String?] {
        let entries = self[key]?.entries ?? []
        return Dictionary(entries.map { ($0.key.text, $0.value.isNull ? nil : $0.value.scalarText) }) { $1 }
    }

    func integer(_ key: String) throws(LoadError) -> Int? {
        guard let node = self[key] else { return nil }
        switch node.value {
        case .integer(let number): return number
        case .float(let number): return Int(exactly: number.rounded(.towardZero))
        default:
            guard let text = node.scalarText, !text.isEmpty else { return nil }
            guard let number = Int(text) else { throw malformed(text, "a whole number", key) }
            return number
        }
    }

    func number(_ key: String) throws(LoadError) -> Double? {
        guard let node = self[key], let text = node.scalarText, !text.isEmpty else { return nil }
        guard let number = Double(text) else { throw malformed(text, "a number", key) }
        return number
    }

    /// Nanoseconds.
    func duration(_ key: String) throws(LoadError) -> Int? {
        guard let text = string(key) else { return nil }
        guard let nanoseconds = DurationText.nanoseconds(text, hasLongUnits: true) else {
            throw malformed(text, "a duration like 1m30s", key)
        }
        return nanoseconds
    }

    /// Bytes; nothing for 0.
    func bytes(_ key: String) throws(LoadError) -> Int? {
        guard let node = self[key] else { return nil }
        if let number = node.integer { return number == 0 ? nil : number }
        guard let text = node.string, !text.isEmpty else { return nil }
        guard let bytes = SizeText.bytes(text) else { throw malformed(text, "a size like 64m or 1.5g", key) }
        return bytes == 0 ? nil : bytes
    }

    /// Permission bits: a number, or octal digits in a string.
    func mode(_ key: String) throws(LoadError) -> Int? {
        guard let node = self[key] else { return nil }
        if let number = node.integer { return number }
        guard let text = node.scalarText, let mode = Int(text, radix: 8) else {
            throw malformed(node.scalarText ?? "", "an octal mode like 0440", key)
        }
        return mode
    }

    func malformed(_ text: String, _ expected: String, _ key: String) -> LoadError {
        LoadError(.malformed(text, expected: expected), at: path / key, of: self[key] ?? node)
    }
}
