import YAML

extension Node {
    /// Changes the entries, if this is a mapping.
    mutating func edit<Failure: Error>(_ body: (inout Mapping) throws(Failure) -> Void) throws(Failure) {
        guard var mapping else { return }
        try body(&mapping)
        value = .mapping(mapping)
    }

    /// The entries, or none.
    var entries: [Mapping.Entry] { mapping?.entries ?? [] }

    /// The items, or none.
    var items: [Node] { sequence ?? [] }

    /// The items, or the single value that stands for a list of one.
    var list: [Node] { sequence ?? (string == nil ? [] : [self]) }
}

extension Mapping {
    /// Changes the value under a key, if there is one.
    mutating func edit<Failure: Error>(_ key: String, _ body: (inout Node) throws(Failure) -> Void) throws(Failure) {
        guard var node = self[key] else { return }
        try body(&node)
        self[key] = node
    }

    /// Changes every value.
    mutating func editAll<Failure: Error>(
        _ body: (String, inout Node) throws(Failure) -> Void
    ) throws(Failure) {
        try transformValues { key, value throws(Failure) in
            var value = value
            try body(key.text, &value)
            return value
        }
    }

    /// Puts a value where there is none.
    mutating func setDefault(_ key: String, _ value: Node.Value, at mark: Mark) {
        guard self[key] == nil else { return }
        self[key] = Node(value, at: mark)
    }
}
