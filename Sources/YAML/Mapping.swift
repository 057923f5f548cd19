/// Keys with values, in the order of the document.
public struct Mapping: Sendable {
    /// A key as the document has it.
    public struct Key: Sendable, Hashable {
        /// Its text.
        public var text: String
        /// False when it is something else than a string, such as `true` or `1`.
        public var isString: Bool
        /// Where it begins.
        public var mark: Mark

        /// A key.
        public init(_ text: String, isString: Bool = true, at mark: Mark) {
            self.text = text
            self.isString = isString
            self.mark = mark
        }
    }

    /// A key and its value.
    public struct Entry: Sendable {
        /// The key.
        public let key: Key
        /// The value.
        public var value: Node
    }

    /// The entries in order.
    public private(set) var entries: [Entry] = []
    /// Positions by key, kept once looking through all entries would take long.
    private var positions: [String: Int] = [:]
    private static let indexedFrom = 12

    /// An empty mapping.
    public init() {}

    /// How many entries there are.
    public var count: Int { entries.count }

    /// Whether there are none.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value under a key. Setting nil removes the entry; a new key gets the value's place.
    public subscript(key: String) -> Node? {
        get { position(of: key).map { entries[$0].value } }
        set {
            guard let newValue else { return remove(key) }
            set(newValue, for: Key(key, at: newValue.mark))
        }
    }

    /// The key as the document has it.
    public func key(_ text: String) -> Key? { position(of: text).map { entries[$0].key } }

    /// Puts a value under a key: in place of the present one, or at the end.
    public mutating func set(_ value: Node, for key: Key) {
        if let position = position(of: key.text) {
            entries[position].value = value
            return
        }
        entries.append(Entry(key: key, value: value))
        guard entries.count >= Self.indexedFrom else { return }
        if positions.isEmpty { reindex() } else { positions[key.text] = entries.count - 1 }
    }

    /// Replaces each value by what `transform` makes of it.
    public mutating func transformValues<Failure: Error>(
        _ transform: (Key, Node) throws(Failure) -> Node
    ) throws(Failure) {
        for position in entries.indices {
            entries[position].value = try transform(entries[position].key, entries[position].value)
        }
    }

    /// Keeps the entries that satisfy `condition`.
    public mutating func keep(where condition: (Entry) -> Bool) {
        entries.removeAll { !condition($0) }
        reindex()
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        entries.remove(at: position)
        reindex()
    }

    private func position(of key: String) -> Int? {
        guard positions.isEmpty else { return positions[key] }
        return entries.firstIndex { $0.key.text == key }
    }

    private mutating func reindex() {
        positions = [:]
        guard entries.count >= Self.indexedFrom else { return }
        for (position, entry) in entries.enumerated() { positions[entry.key.text] = position }
    }
}

/// Mappings are equal when they have the same keys with equal values, in whatever order.
extension Mapping: Hashable {
    /// Compares content, not order or places.
    public static func == (one: Mapping, other: Mapping) -> Bool {
        guard one.count == other.count else { return false }
        return one.entries.allSatisfy { other[$0.key.text] == $0.value }
    }

    /// Hashes the keys in any order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(Set(entries.map(\.key.text)))
    }
}
