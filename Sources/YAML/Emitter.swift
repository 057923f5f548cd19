/// Writes nodes as YAML: block style, two spaces a level, strings as plain as they can be.
public struct Emitter: Sendable {
    private var text = ""

    /// The text of a document, with a line feed at its end.
    public static func text(of node: Node) -> String {
        var emitter = Emitter()
        switch node.value {
        case .mapping(let mapping) where !mapping.isEmpty: emitter.write(mapping, indent: 0)
        case .sequence(let items) where !items.isEmpty: emitter.write(items, indent: 0)
        default: emitter.text += ScalarText.of(node, indent: 0) + "\n"
        }
        return emitter.text
    }

    private mutating func write(_ mapping: Mapping, indent: Int, startsOnLine: Bool = false) {
        for (index, entry) in mapping.entries.enumerated() {
            if index > 0 || !startsOnLine { pad(indent) }
            text += ScalarText.ofKey(entry.key.text) + ":"
            writeValue(entry.value, indent: indent)
        }
    }

    private mutating func writeValue(_ node: Node, indent: Int) {
        switch node.value {
        case .mapping(let mapping) where !mapping.isEmpty:
            text += "\n"
            write(mapping, indent: indent + 2)
        case .sequence(let items) where !items.isEmpty:
            text += "\n"
            write(items, indent: indent + 2)
        default: text += " " + ScalarText.of(node, indent: indent + 2) + "\n"
        }
    }

    private mutating func write(_ items: [Node], indent: Int, startsOnLine: Bool = false) {
        for (index, item) in items.enumerated() {
            if index > 0 || !startsOnLine { pad(indent) }
            text += "- "
            switch item.value {
            case .mapping(let mapping) where !mapping.isEmpty:
                write(mapping, indent: indent + 2, startsOnLine: true)
            case .sequence(let items) where !items.isEmpty:
                write(items, indent: indent + 2, startsOnLine: true)
            default: text += ScalarText.of(item, indent: indent + 2) + "\n"
            }
        }
    }

    private mutating func pad(_ count: Int) { text += String(repeating: " ", count: count) }
}
