import Units
import YAML

/// What `config` prints of a complete tree: every value in one spelling, and nothing that says nothing.
struct CanonicalOutput {
    /// Whether `$` becomes `$$`, so that the output is a Compose file again.
    var escapesDollars = true

    /// The printed form; nil when there is nothing to print.
    func value(of node: Node, shape: Shape, isKept: Bool = false) -> Node? {
        guard shape.output != .never, shape.output != .falseOnly || node.bool == false else { return nil }
        let isKept = isKept || shape.output == .always || shape.output == .falseOnly
        var node = node
        switch node.value {
        case .mapping(let mapping): node.value = .mapping(entries(of: mapping, shape: shape))
        case .sequence(let items):
            guard let child = shape.items else { return node }
            node.value = .sequence(items.compactMap { value(of: $0, shape: child, isKept: true) })
        default: node.value = scalar(node, shape.output)
        }
        return isKept || !node.isZero ? node : nil
    }

    private func entries(of mapping: Mapping, shape: Shape) -> Mapping {
        var printed = Mapping()
        for entry in mapping.entries.sorted(by: { $0.key.text < $1.key.text }) {
            guard let child = shape.shape(of: entry.key.text) else {
                guard shape === Shape.project else { continue }
                printed.set(escaped(entry.value), for: entry.key)
                continue
            }
            guard let value = value(of: entry.value, shape: child, isKept: shape.values != nil) else { continue }
            var key = entry.key
            if shape.output == .capitalized { key.text = key.text.prefix(1).uppercased() + key.text.dropFirst() }
            printed.set(value, for: key)
        }
        return printed
    }

    private func scalar(_ node: Node, _ output: Shape.Output) -> Node.Value {
        switch output {
        case .duration, .durationAlways:
            guard let text = node.string, let span = DurationText.nanoseconds(text, hasLongUnits: true) else { break }
            return .string(DurationText.text(span))
        case .bytes:
            let bytes = node.integer ?? node.string.flatMap { SizeText.bytes($0) }
            guard let bytes else { break }
            return bytes == 0 ? .null : .string(String(bytes))
        case .mode:
            guard let mode = node.integer else { break }
            return .string("0" + String(mode, radix: 8))
        case .text: return .string(escaped(node.scalarText ?? ""))
        default: break
        }
        guard case .string(let text) = node.value else { return node.value }
        return .string(escaped(text))
    }

    private func escaped(_ text: String) -> String {
        guard escapesDollars, text.utf8.contains(UInt8(ascii: "$")) else { return text }
        return text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }

    private func escaped(_ node: Node) -> Node {
        var node = node
        switch node.value {
        case .string(let text): node.value = .string(escaped(text))
        case .sequence(let items): node.value = .sequence(items.map(escaped))
        case .mapping(var mapping):
            mapping.transformValues { escaped($1) }
            node.value = .mapping(mapping)
        default: break
        }
        return node
    }
}

extension Node {
    /// Whether the value says no more than its absence.
    fileprivate var isZero: Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .integer(let number): number == 0
        case .unsigned: false
        case .float(let number): number == 0
        case .timestamp: false
        case .string(let text): text.isEmpty
        case .sequence(let items): items.isEmpty
        case .mapping(let mapping): mapping.isEmpty
        }
    }
}
