import YAML

/// Tells of each value of a tree where it is from.
struct Explainer {
    let provenance: Provenance

    /// The explanations, in the tree's order.
    func explanations(of tree: Node) -> [Explanation] {
        var all: [Explanation] = []
        collect(from: tree, written: provenance.written, path: .root, into: &all)
        return all + provenance.resets.filter { reset in !all.contains { $0.path == reset.path } }.map(takenAway)
    }

    private func collect(from node: Node, written: Node?, path: NodePath, into all: inout [Explanation]) {
        switch node.value {
        case .mapping(let mapping) where !mapping.isEmpty:
            addReplaced(node, path: path, into: &all)
            for entry in mapping.entries {
                let key = entry.key.text
                collect(from: entry.value, written: written?[key], path: path / key, into: &all)
            }
        case .sequence(let items) where !items.isEmpty:
            addReplaced(node, path: path, into: &all)
            for (index, item) in items.enumerated() {
                let counterpart = written?.items.first { $0.mark == item.mark && $0.mark != written?.mark }
                let before = counterpart ?? written?.items.dropFirst(index).first
                collect(from: item, written: before, path: path[index], into: &all)
            }
        default: all.append(leaf(node, isWritten: written != nil, path: path))
        }
    }

    private func leaf(_ node: Node, isWritten: Bool, path: NodePath) -> Explanation {
        let text = path.description
        let substitution = provenance.substitution(at: node.mark)
        var explanation = Explanation(path: text, value: node.flowText, origin: .written, place: node.mark)
        if !isWritten, !provenance.isReadFromFile(text) { explanation.origin = .implied }
        explanation.text = substitution?.text
        explanation.variables = substitution?.variables ?? []
        explanation.overridden = overridden(at: text, against: node.mark)
        if case .index(let list, _) = path { explanation.overridden += overridden(in: list, against: node.mark) }
        return explanation
    }

    /// A collection is told of by its items; only what a tag took away as a whole is told of the collection.
    private func addReplaced(_ node: Node, path: NodePath, into all: inout [Explanation]) {
        let list = path.listAbove.map { overridden(in: $0, against: node.mark) } ?? []
        let losers = overridden(at: path.description, against: node.mark) + list
        guard !losers.isEmpty else { return }
        var explanation = Explanation(path: path.description, value: node.flowText, origin: .written, place: node.mark)
        explanation.overridden = losers
        all.append(explanation)
    }

    private func overridden(in list: NodePath, against place: Mark) -> [Explanation.Overridden] {
        provenance.losses(at: list.description + "[]", against: place).map(Self.overridden)
    }

    private func overridden(at path: String, against place: Mark) -> [Explanation.Overridden] {
        provenance.losses(at: path, against: place).map(Self.overridden)
    }

    private static func overridden(_ node: Node) -> Explanation.Overridden {
        Explanation.Overridden(value: node.flowText, place: node.mark)
    }

    private func takenAway(_ reset: (path: String, place: Mark)) -> Explanation {
        var explanation = Explanation(path: reset.path, value: "", origin: .takenAway, place: reset.place)
        explanation.overridden = provenance.losses(at: reset.path, against: nil).map(Self.overridden)
        return explanation
    }
}

extension NodePath {
    /// The list that the path is an item of.
    fileprivate var listAbove: NodePath? {
        guard case .index(let list, _) = self else { return nil }
        return list
    }
}

extension Node {
    /// The node in one line, as YAML's flow style writes it.
    var flowText: String {
        switch value {
        case .mapping(let mapping):
            "{" + mapping.entries.map { "\($0.key.text): \($0.value.flowText)" }.joined(separator: ", ") + "}"
        case .sequence(let items): "[" + items.map(\.flowText).joined(separator: ", ") + "]"
        case .null: "null"
        case .string(let text): "\"" + text + "\""
        default: scalarText ?? ""
        }
    }
}
