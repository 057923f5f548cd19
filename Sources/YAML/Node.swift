/// A piece of a YAML document, with the place it came from.
///
/// Aliases are expanded and merge keys applied; plain scalars are resolved to what go-yaml (YAML 1.2 with a few
/// customs of 1.1) makes of them, because that is what Compose files are written for.
public struct Node: Sendable {
    /// What a node can be.
    public indirect enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case integer(Int)
        /// An integer beyond `Int`.
        case unsigned(UInt64)
        case float(Double)
        /// A point in time, spelled `2024-01-01 00:00:00 +0000 UTC`; `internetTime` is the other spelling.
        case timestamp(String)
        case string(String)
        case sequence([Node])
        case mapping(Mapping)
    }

    /// The content.
    public var value: Value
    /// A tag of the document's own, such as `!reset`; nil for none and for YAML's standard ones.
    public var tag: String?
    /// Where it begins.
    public var mark: Mark

    /// A node.
    public init(_ value: Value, tag: String? = nil, at mark: Mark) {
        self.value = value
        self.tag = tag
        self.mark = mark
    }
}

/// Nodes are equal when their content is, wherever it stands.
extension Node: Hashable {
    /// Compares content, not places.
    public static func == (one: Node, other: Node) -> Bool { one.value == other.value }

    /// Hashes content, not places.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Node {
    /// The text of a string.
    public var string: String? {
        guard case .string(let text) = value else { return nil }
        return text
    }

    /// A whole number that fits.
    public var integer: Int? {
        guard case .integer(let number) = value else { return nil }
        return number
    }

    /// Yes or no.
    public var bool: Bool? {
        guard case .bool(let flag) = value else { return nil }
        return flag
    }

    /// The items of a sequence.
    public var sequence: [Node]? {
        guard case .sequence(let items) = value else { return nil }
        return items
    }

    /// The entries of a mapping.
    public var mapping: Mapping? {
        guard case .mapping(let mapping) = value else { return nil }
        return mapping
    }

    /// Whether there is nothing.
    public var isNull: Bool { value == .null }

    /// The value under a key, when this is a mapping that has it.
    public subscript(key: String) -> Node? { mapping?[key] }
}
