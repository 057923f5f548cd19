import YAML

extension ShortForm {
    /// `["K=v", "B"]` → `{K: v, B: null}`; values of a mapping become strings.
    func variables(emptyForNone: Bool) throws(LoadError) -> Node {
        var variables = Mapping()
        switch node.value {
        case .sequence(let items):
            for item in items {
                guard let text = item.string else { continue }
                let (name, value) = Self.split(text)
                guard name.last != " " else {
                    throw LoadError(.malformed(name, expected: "a name: it ends with a space"), at: path, of: item)
                }
                let scalar: Node.Value = value.map { .string($0) } ?? (emptyForNone ? .string("") : .null)
                variables.set(Node(scalar, at: item.mark), for: Mapping.Key(name, at: item.mark))
            }
        case .mapping(let mapping):
            for entry in mapping.entries {
                variables.set(Self.text(entry.value, emptyForNone: emptyForNone), for: entry.key)
            }
        default: return node
        }
        return with(.mapping(variables))
    }

    /// `{K: v, B: null}` → `["K=v", "B"]`
    var lines: Node {
        guard let mapping = node.mapping else { return node }
        return with(
            .sequence(
                mapping.entries.map { entry in
                    let value = entry.value.isNull ? "" : "=\(entry.value.scalarText ?? "")"
                    return Node(.string(entry.key.text + value), at: entry.value.mark)
                }
            )
        )
    }

    private static func split(_ text: String) -> (name: String, value: String?) {
        guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (text, nil) }
        return (String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
    }

    private static func text(_ node: Node, emptyForNone: Bool) -> Node {
        if node.isNull, !emptyForNone { return node }
        guard let text = node.scalarText else { return node }
        return Node(.string(text), tag: node.tag, at: node.mark)
    }

    /// `{a: 1.2.3.4, b: [1.1.1.1, ::1]}` or `["a:1.2.3.4"]` → `["a=1.2.3.4", …]`
    var hosts: Node {
        switch node.value {
        case .sequence(let items):
            return with(
                .sequence(items.map { Node(.string(Self.host($0.string ?? "")), at: $0.mark) })
            )
        case .mapping(let mapping):
            let lines = mapping.entries.flatMap { entry in
                (entry.value.sequence ?? [entry.value]).map { address in
                    let text = "\(entry.key.text)=\(Self.withoutBrackets(address.scalarText ?? ""))"
                    return Node(.string(text), at: address.mark)
                }
            }
            return with(.sequence(lines.sorted { ($0.string ?? "") < ($1.string ?? "") }))
        default: return node
        }
    }

    private static func host(_ line: String) -> String {
        guard let sign = line.firstIndex(of: "=") ?? line.firstIndex(of: ":") else { return line }
        return "\(line[..<sign])=\(withoutBrackets(String(line[line.index(after: sign)...])))"
    }

    private static func withoutBrackets(_ address: String) -> String {
        address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
    }
}
