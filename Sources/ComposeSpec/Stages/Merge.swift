import YAML

/// Lays a later tree over an earlier one. Both are in canonical form.
struct Merge {
    /// Remembers what lost; nil when nobody will ask.
    var provenance: Provenance?
    /// Whether a service is laid over the one that it extends, as both are written.
    var isExtending = false

    func merged(
        _ base: Node,
        _ other: Node,
        shape: Shape?,
        at path: NodePath = .root
    ) throws(LoadError) -> Node {
        if other.isNull, !(shape?.isClearedByNull ?? false) { return base }
        if base.isNull { return other }
        if case .replace? = shape?.merge { return replacing(base, other, at: path) }
        let (base, other) = try Self.alike(base, other, shape: shape, at: path)
        switch (base.value, other.value) {
        case (.mapping(let one), .mapping(let two)):
            if case .logging? = shape?.merge, Self.haveDifferentDrivers(one, two) {
                return replacing(base, other, at: path)
            }
            var node = base
            node.value = .mapping(try merged(one, two, shape: shape, at: path))
            return node
        case (.sequence(let one), .sequence(let two)):
            var node = base
            node.value = .sequence(merged(one, two, rule: shape?.merge ?? .standard, at: path))
            return node
        case (.mapping, _), (.sequence, _), (_, .mapping), (_, .sequence):
            throw LoadError(.cannotOverride, at: path, of: other)
        default: return replacing(base, other, at: path)
        }
    }

    private func replacing(_ base: Node, _ other: Node, at path: NodePath) -> Node {
        provenance?.replaced(base, by: other, at: path)
        return other
    }

    private func merged(
        _ base: Mapping,
        _ other: Mapping,
        shape: Shape?,
        at path: NodePath
    ) throws(LoadError) -> Mapping {
        var mapping = base
        var isKeyed = false
        if case .keyed? = shape?.merge { isKeyed = true }
        for entry in other.entries {
            guard let present = base[entry.key.text] else {
                mapping.set(entry.value, for: entry.key)
                continue
            }
            guard !isKeyed else {
                mapping.set(replacing(present, entry.value, at: path / entry.key.text), for: entry.key)
                continue
            }
            let child = shape?.shape(of: entry.key.text)
            let value = try merged(present, entry.value, shape: child, at: path / entry.key.text)
            mapping.set(value, for: entry.key)
        }
        return mapping
    }

    private func merged(_ base: [Node], _ other: [Node], rule: Shape.MergeRule, at path: NodePath) -> [Node] {
        switch rule {
        case .unique(let identity):
            identity.collapse(base + other) { loser, winner in
                // Items have no place of their own in a list that goes on growing.
                provenance?.replaced(loser, by: winner, at: path.anyItem)
            }
        case .appendNew: base + other.filter { !base.contains($0) }
        case .keyed: Shape.Identity.beforeEqualsSign.collapse(base + other)
        case .requests where isExtending && Self.isAnyDevice(base): other
        case .pools: Self.mergedPools(base, other)
        default: base + other
        }
    }

    /// Both in one form: trees with variables in the text keep some short spellings.
    private static func alike(
        _ base: Node,
        _ other: Node,
        shape: Shape?,
        at path: NodePath
    ) throws(LoadError) -> (Node, Node) {
        guard let form = shape?.form, form.isOptional else { return (base, other) }
        let one = ShortForm(node: base, path: path)
        let two = ShortForm(node: other, path: path)
        switch form {
        case .texts: return (base, other)
        case .variables, .strings:
            return base.mapping != nil && other.mapping != nil ? (base, other) : (one.lines, two.lines)
        case .hosts: return try (Self.list(one, form), Self.list(two, form))
        default: return try (one.long(form), two.long(form))
        }
    }

    /// A list stays as it is spelled.
    private static func list(_ short: ShortForm, _ form: Form) throws(LoadError) -> Node {
        short.node.sequence == nil ? try short.long(form) : short.node
    }

    /// `all`, which asks for nothing in particular.
    private static func isAnyDevice(_ requests: [Node]) -> Bool {
        requests.count == 1 && requests[0].entries.map(\.key.text) == ["count"]
    }

    private static func haveDifferentDrivers(_ one: Mapping, _ other: Mapping) -> Bool {
        guard let driver = one["driver"], let otherDriver = other["driver"] else { return false }
        return driver != otherDriver
    }

    private static func mergedPools(_ base: [Node], _ other: [Node]) -> [Node] {
        other.map { pool in
            guard var earlier = base.first(where: { $0["subnet"] == pool["subnet"] }) else { return pool }
            earlier.edit { mapping in
                for entry in pool.entries { mapping.set(entry.value, for: entry.key) }
            }
            return earlier
        }
    }
}

extension Shape {
    /// Whether a later `null` takes an earlier value away: a command, which is the image's then.
    fileprivate var isClearedByNull: Bool {
        if case .replace = merge { return scalars.contains(.null) }
        return false
    }
}

extension Shape.Identity {
    /// Items that are the same thing become one: the last, in the place of the first.
    ///
    /// `report` hears of each item that goes, and of the one that takes its place.
    func collapse(_ items: [Node], report: (Node, Node) -> Void = { _, _ in }) -> [Node] {
        var positions: [String: Int] = [:]
        var kept: [Node] = []
        for item in items {
            guard let key = key(of: item) else {
                kept.append(item)
                continue
            }
            if let position = positions[key] {
                report(kept[position], item)
                kept[position] = item
            } else {
                positions[key] = kept.count
                kept.append(item)
            }
        }
        return kept
    }

    private func key(of item: Node) -> String? {
        switch self {
        case .value: item.scalarText
        case .path: item["path"]?.scalarText
        case .target: item["target"]?.scalarText ?? item.scalarText
        case .fileTarget: item["target"]?.scalarText ?? item["source"]?.scalarText
        case .beforeEqualsSign: item.scalarText.map { String($0.prefix { $0 != "=" }) }
        case .port: Self.portKey(item)
        }
    }

    private static func portKey(_ item: Node) -> String? {
        guard item.mapping != nil else { return item.scalarText }
        let parts = ["host_ip", "published", "target"].map { item[$0]?.scalarText ?? "" }
        return (parts + [item["protocol"]?.scalarText ?? "tcp"]).joined(separator: "|")
    }
}
