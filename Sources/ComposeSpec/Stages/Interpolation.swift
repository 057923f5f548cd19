import YAML

/// Puts the values of variables in place, then turns strings into what their attributes are.
struct Interpolation {
    /// Where variables come from.
    let environment: [String: String]
    /// What was noticed.
    private(set) var warnings: [LoadWarning] = []
    /// Hears which variables were put into a text, and where it is written.
    var report: ((_ names: [String], _ text: String, _ place: Mark) -> Void)?

    init(environment: [String: String]) {
        self.environment = environment
    }

    mutating func apply(to node: Node, shape: Shape?, at path: NodePath = .root) throws(LoadError) -> Node {
        var node = node
        switch node.value {
        case .string(let text):
            let replaced = Template.isNeeded(for: text) ? try replace(text, in: node, at: path) : text
            node.value =
                try shape?.cast.map { cast throws(LoadError) in
                    try value(of: replaced, as: cast, in: node, at: path)
                } ?? .string(replaced)
        case .sequence(var items):
            for index in items.indices {
                items[index] = try apply(to: items[index], shape: shape?.items, at: path[index])
            }
            node.value = .sequence(items)
        case .mapping(var mapping):
            try mapping.transformValues { key, value throws(LoadError) in
                try apply(to: value, shape: shape?.shape(of: key.text), at: path / key.text)
            }
            node.value = .mapping(mapping)
        default: break
        }
        return node
    }

    private mutating func replace(_ text: String, in node: Node, at path: NodePath) throws(LoadError) -> String {
        var unset: [String] = []
        var names: [String] = []
        do throws(Template.Failure) {
            let template = try Template(text)
            let isReported = report != nil
            let lookup = { (name: String) -> String? in
                if isReported { names.append(name) }
                return environment[name]
            }
            let replaced = try template.text(lookup: lookup, unset: { unset.append($0) })
            if !names.isEmpty { report?(names, text, node.mark) }
            warnings += unset.map { LoadWarning(.unsetVariable($0), path: path.description, at: node.mark) }
            return replaced
        } catch {
            throw LoadError(LoadProblem(error), at: path, of: node)
        }
    }

    private mutating func value(
        of text: String,
        as cast: Shape.Cast,
        in node: Node,
        at path: NodePath
    ) throws(LoadError) -> Node.Value {
        switch cast {
        case .boolean:
            guard let (value, isOld) = Boolean.value(text) else {
                throw LoadError(.malformed(text, expected: "a boolean"), at: path, of: node)
            }
            if isOld { warnings.append(LoadWarning(.oldBoolean(text), path: path.description, at: node.mark)) }
            return .bool(value)
        case .integer:
            guard let value = Int(text) else {
                throw LoadError(.malformed(text, expected: "a whole number"), at: path, of: node)
            }
            return .integer(value)
        case .number:
            if let value = Int(text) { return .integer(value) }
            guard let value = Double(text), value.isFinite else {
                throw LoadError(.malformed(text, expected: "a number"), at: path, of: node)
            }
            return .float(value)
        }
    }
}
