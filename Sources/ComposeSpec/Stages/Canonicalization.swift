import YAML

/// Turns every short spelling into the long one, so that later stages know one form only.
struct Canonicalization {
    /// Whether variables are still in the text, so that what cannot be read stays as it is.
    var keepsUnreadable = false

    func apply(to node: Node, shape: Shape, at path: NodePath = .root) throws(LoadError) -> Node {
        guard !node.isNull else { return node }
        var node =
            try shape.form.map { form throws(LoadError) in
                try long(node, form, at: path)
            } ?? node
        switch node.value {
        case .mapping(var mapping):
            try mapping.transformValues { key, value throws(LoadError) in
                guard let child = shape.shape(of: key.text) else { return value }
                return try apply(to: value, shape: child, at: path / key.text)
            }
            if shape.attributes?["external"] != nil { mapping = Self.liftingExternalName(mapping) }
            node.value = .mapping(mapping)
        case .sequence(var items):
            guard let child = shape.items else { return node }
            for index in items.indices {
                items[index] = try apply(to: items[index], shape: child, at: path[index])
            }
            if case .unique(let identity) = shape.merge { items = identity.collapse(items) }
            if case .keyed = shape.merge { items = Shape.Identity.beforeEqualsSign.collapse(items) }
            node.value = .sequence(items)
        default: break
        }
        return node
    }

    private func long(_ node: Node, _ form: Form, at path: NodePath) throws(LoadError) -> Node {
        guard !keepsUnreadable || !form.isOptional else { return node }
        do throws(LoadError) {
            return try ShortForm(node: node, path: path).long(form)
        } catch {
            guard keepsUnreadable else { throw error }
            return node
        }
    }

    /// `external: {name: x}` is an old spelling of `external: true` beside `name: x`.
    private static func liftingExternalName(_ mapping: Mapping) -> Mapping {
        guard let name = mapping["external"]?["name"], let key = mapping.key("external") else { return mapping }
        var mapping = mapping
        mapping.set(Node(.bool(true), at: key.mark), for: key)
        if mapping["name"] == nil { mapping["name"] = name }
        return mapping
    }
}
