import YAML

/// Takes `!reset` and `!override` out of a document, and remembers what they ask for.
///
/// Both remove what earlier documents say at their place; `!reset` has no value of its own.
struct OverrideTags {
    /// The places whose earlier values go, as keys from the root.
    private(set) var removals: [[String]] = []

    /// The document without those tags.
    mutating func collect(from node: Node, at path: [String] = []) -> Node {
        var node = node
        switch node.value {
        case .mapping(var mapping):
            for entry in mapping.entries {
                let place = path + [entry.key.text]
                if entry.value.tag == "!reset" {
                    removals.append(place)
                    mapping[entry.key.text] = nil
                    continue
                }
                if entry.value.tag == "!override" { removals.append(place) }
                mapping.set(collect(from: entry.value, at: place), for: entry.key)
            }
            node.value = .mapping(mapping)
        case .sequence(let items):
            var inner = OverrideTags()
            node.value = .sequence(items.filter { $0.tag != "!reset" }.map { inner.collect(from: $0) })
        default: break
        }
        if node.tag == "!override" { node.tag = nil }
        return node
    }

    /// The tree without what the document removes.
    func apply(to node: Node) -> Node {
        removals.reduce(node) { Self.removing($1[...], from: $0) }
    }

    /// The removals below a key path, as seen from there.
    func below(_ path: [String]) -> OverrideTags {
        var tags = OverrideTags()
        tags.removals = removals.filter { $0.count > path.count && $0.starts(with: path) }
            .map { Array($0.dropFirst(path.count)) }
        return tags
    }

    private static func removing(_ path: ArraySlice<String>, from node: Node) -> Node {
        guard let key = path.first, var mapping = node.mapping, let value = mapping[key] else { return node }
        mapping[key] = path.count == 1 ? nil : removing(path.dropFirst(), from: value)
        var node = node
        node.value = .mapping(mapping)
        return node
    }
}
