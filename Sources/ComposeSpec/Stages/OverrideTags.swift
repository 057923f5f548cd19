import YAML

/// Takes `!reset` and `!override` out of a document, and remembers what they ask for.
///
/// Both remove what earlier documents say at their place; `!reset` has no value of its own.
struct OverrideTags {
    /// An earlier value that goes.
    struct Removal {
        /// Keys from the root.
        var path: [String]
        /// Where the tag stands.
        var place: Mark
        /// Whether nothing takes its place.
        var isReset: Bool
    }

    /// What goes.
    private(set) var removals: [Removal] = []

    /// The document without those tags.
    mutating func collect(from node: Node, at path: [String] = []) -> Node {
        var node = node
        switch node.value {
        case .mapping(var mapping):
            for entry in mapping.entries {
                let place = path + [entry.key.text]
                if entry.value.tag == "!reset" {
                    removals.append(Removal(path: place, place: entry.value.mark, isReset: true))
                    mapping[entry.key.text] = nil
                    continue
                }
                if entry.value.tag == "!override" {
                    removals.append(Removal(path: place, place: entry.value.mark, isReset: false))
                }
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
    ///
    /// The path is where the tree belongs; `provenance` hears of what goes.
    func apply(to node: Node, at path: NodePath = .root, provenance: Provenance? = nil) -> Node {
        removals.reduce(node) { node, removal in
            Self.removing(removal.path[...], from: node) { loser in
                provenance?.removed(loser, by: removal, at: removal.path.reduce(path) { $0 / $1 })
            }
        }
    }

    /// The removals below a key path, as seen from there.
    func below(_ path: [String]) -> OverrideTags {
        var tags = OverrideTags()
        tags.removals = removals.filter { $0.path.count > path.count && $0.path.starts(with: path) }
            .map { Removal(path: Array($0.path.dropFirst(path.count)), place: $0.place, isReset: $0.isReset) }
        return tags
    }

    private static func removing(
        _ path: ArraySlice<String>,
        from node: Node,
        report: (Node) -> Void
    ) -> Node {
        guard let key = path.first, var mapping = node.mapping, let value = mapping[key] else { return node }
        if path.count == 1 { report(value) }
        mapping[key] = path.count == 1 ? nil : removing(path.dropFirst(), from: value, report: report)
        var node = node
        node.value = .mapping(mapping)
        return node
    }
}
