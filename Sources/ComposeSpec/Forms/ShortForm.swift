import YAML

/// A value that may be spelled in short, and the place for messages about it.
struct ShortForm {
    let node: Node
    let path: NodePath

    /// The long spelling.
    func long(_ form: Form) throws(LoadError) -> Node {
        switch form {
        case .variables: try variables(emptyForNone: false)
        case .strings: try variables(emptyForNone: true)
        case .list, .listAlways: list
        case .text: text
        case .texts: texts
        case .listOfTexts: listOfTexts
        case .words: try words()
        case .healthTest: healthTest
        case .keys: keys { Node(.null, at: $0) }
        case .dependencies: keys(Self.startedDependency)
        case .build: wrapped(as: "context")
        case .extends: wrapped(as: "service")
        case .include: wrapped(as: "path")
        case .fileReference: wrapped(as: "source")
        case .ports: try ports()
        case .mount: try mount()
        case .environmentFiles: environmentFiles
        case .device: try device()
        case .hosts: hosts
        case .gpus: gpus
        case .sessions: sessions
        case .external: node
        case .pullPolicy: pullPolicy
        case .count: count
        }
    }

    func with(_ value: Node.Value) -> Node { Node(value, tag: node.tag, at: node.mark) }

    func malformed(_ text: String, _ expected: String) -> LoadError {
        LoadError(.malformed(text, expected: expected), at: path, of: node)
    }

    func wrapped(as key: String) -> Node {
        guard node.string != nil else { return node }
        var mapping = Mapping()
        mapping[key] = node
        return with(.mapping(mapping))
    }

    private var list: Node { node.string == nil ? node : with(.sequence([node])) }

    private var text: Node { node.isNull ? node : node.scalarText.map { with(.string($0)) } ?? node }

    private var texts: Node {
        guard let items = node.sequence else { return node }
        return with(.sequence(items.map { Node(.string($0.scalarText ?? ""), at: $0.mark) }))
    }

    private var listOfTexts: Node {
        ShortForm(node: node.sequence == nil ? with(.sequence([node])) : node, path: path).texts
    }

    private func words() throws(LoadError) -> Node {
        guard let text = node.string else { return node }
        guard let words = ShellWords.split(text) else { throw malformed(text, "a command: a quote is not closed") }
        return with(.sequence(words.map { Node(.string($0), at: node.mark) }))
    }

    private var healthTest: Node {
        guard let text = node.string else { return node }
        return with(.sequence(["CMD-SHELL", text].map { Node(.string($0), at: node.mark) }))
    }

    private func keys(_ value: (Mark) -> Node) -> Node {
        guard let items = node.sequence else { return node }
        var mapping = Mapping()
        for item in items {
            guard let text = item.string else { continue }
            mapping.set(value(item.mark), for: Mapping.Key(text, at: item.mark))
        }
        return with(.mapping(mapping))
    }

    private static func startedDependency(at mark: Mark) -> Node {
        var mapping = Mapping()
        mapping["condition"] = Node(.string(Service.Condition.started.rawValue), at: mark)
        mapping["required"] = Node(.bool(true), at: mark)
        return Node(.mapping(mapping), at: mark)
    }

    private var environmentFiles: Node {
        let items = node.sequence ?? [node]
        return with(
            .sequence(
                items.map { item in
                    var file = ShortForm(node: item, path: path).wrapped(as: "path")
                    file.edit { $0.setDefault("required", .bool(true), at: item.mark) }
                    return file
                }
            )
        )
    }

    private var gpus: Node {
        let requests = node.sequence ?? [with(.mapping(Mapping()))]
        return with(
            .sequence(
                requests.map { request in
                    guard request["device_ids"] == nil else { return request }
                    var request = request
                    let mark = request.mark
                    request.edit { $0.setDefault("count", .string("all"), at: mark) }
                    return request
                }
            )
        )
    }

    private var count: Node {
        guard let text = node.string else { return node }
        return text == "all" ? with(.integer(-1)) : Int(text).map { with(.integer($0)) } ?? node
    }

    private var pullPolicy: Node { node.string == "if_not_present" ? with(.string("missing")) : node }

    private var sessions: Node {
        guard let mapping = node.mapping else { return node }
        return with(
            .sequence(
                mapping.entries.map { entry in
                    let path = entry.value.scalarText ?? ""
                    return Node(
                        .string(path.isEmpty ? entry.key.text : "\(entry.key.text)=\(path)"),
                        at: entry.key.mark
                    )
                }
            )
        )
    }
}
