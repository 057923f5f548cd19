import YAML

/// Compares a tree with the shape that it must have.
///
/// A single file may be incomplete, because others complete it: only the merged whole must have all that is required
/// and nothing that is null where a value belongs.
struct Validation {
    /// Whether the tree is all there will be.
    var isComplete: Bool

    func check(_ node: Node, shape: Shape, at path: NodePath = .root) throws(LoadError) {
        switch node.value {
        case .null where !isComplete: return
        case .mapping(let mapping): try check(mapping, in: node, shape: shape, at: path)
        case .sequence(let items): try check(items, in: node, shape: shape, at: path)
        default: try checkScalar(node, shape: shape, at: path)
        }
    }

    private func check(_ mapping: Mapping, in node: Node, shape: Shape, at path: NodePath) throws(LoadError) {
        guard shape.attributes != nil || shape.values != nil else { throw wrongType(node, shape, path) }
        for entry in mapping.entries {
            let key = entry.key
            guard key.isString else {
                throw LoadError(.keyIsNoString(key.text), path: path.description, at: key.mark)
            }
            guard let child = shape.shape(of: key.text) else {
                if shape.allowsExtensions, key.text.hasPrefix("x-") { continue }
                throw unknown(key, shape, path)
            }
            if shape.keysAreNames, !ObjectName.isValid(key.text) {
                throw LoadError(.badName(key.text), path: path.description, at: key.mark)
            }
            try check(entry.value, shape: child, at: path / key.text)
        }
        guard isComplete, let missing = shape.required.first(where: { mapping[$0] == nil }) else { return }
        throw LoadError(.missingKey(missing), at: path, of: node)
    }

    private func check(_ items: [Node], in node: Node, shape: Shape, at path: NodePath) throws(LoadError) {
        guard let item = shape.items else { throw wrongType(node, shape, path) }
        for (index, value) in items.enumerated() {
            guard !value.isNull || item.scalars.contains(.null) else { throw wrongType(value, item, path[index]) }
            try check(value, shape: item, at: path[index])
        }
        guard shape.itemsAreUnique else { return }
        var first: [Node: Int] = [:]
        for (index, value) in items.enumerated() {
            if let other = first[value] { throw LoadError(.equalItems(other, index), at: path, of: value) }
            first[value] = index
        }
    }

    private func checkScalar(_ node: Node, shape: Shape, at path: NodePath) throws(LoadError) {
        guard shape.scalars.contains(node.scalarKind) else { throw wrongType(node, shape, path) }
        if case .float(let number) = node.value, !number.isFinite {
            throw LoadError(.outOfRange("finite"), at: path, of: node)
        }
        if let text = node.string, !shape.choices.isEmpty, !shape.choices.contains(text) {
            throw LoadError(.notOneOf(text, shape.choices), at: path, of: node)
        }
        guard let range = shape.range, let number = node.number else { return }
        guard number >= Double(range.lowerBound) else {
            throw LoadError(.outOfRange("greater than or equal to \(range.lowerBound)"), at: path, of: node)
        }
        guard number <= Double(range.upperBound) else {
            throw LoadError(.outOfRange("less than or equal to \(range.upperBound)"), at: path, of: node)
        }
    }

    private func wrongType(_ node: Node, _ shape: Shape, _ path: NodePath) -> LoadError {
        LoadError(.wrongType(expected: shape.kinds, found: node.kind), at: path, of: node)
    }

    private func unknown(_ key: Mapping.Key, _ shape: Shape, _ path: NodePath) -> LoadError {
        let nearest = Nearness.nearest(to: key.text, among: shape.attributes.map { Array($0.keys) } ?? [])
        return LoadError(.unknownKey(key.text, nearest: nearest), path: path.description, at: key.mark)
    }
}

extension Node {
    /// What the scalar is; nothing for a collection.
    fileprivate var scalarKind: Shape.Scalars {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .integer, .unsigned: .integer
        case .float(let number): number == number.rounded() && number.isFinite ? .integer : .fractional
        case .string, .timestamp: .string
        case .sequence, .mapping: []
        }
    }

    fileprivate var number: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }

    /// In words.
    var kind: String {
        switch value {
        case .null: "nothing"
        case .bool: "a boolean"
        case .integer, .unsigned, .float: "a number"
        case .string, .timestamp: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Shape {
    /// What may stand here, in words.
    fileprivate var kinds: String {
        var kinds: [String] = []
        if attributes != nil || values != nil { kinds.append("a mapping") }
        if items != nil { kinds.append("a list") }
        if scalars.contains(.string) { kinds.append(choices.count == 1 ? "\"\(choices[0])\"" : "a string") }
        if scalars.contains(.number) {
            kinds.append("a number")
        } else if scalars.contains(.integer) {
            kinds.append("a whole number")
        }
        if scalars.contains(.boolean) { kinds.append("a boolean") }
        if scalars.contains(.null) { kinds.append("null") }
        guard let last = kinds.popLast() else { return "a scalar" }
        return kinds.isEmpty ? last : kinds.joined(separator: ", ") + " or " + last
    }
}
