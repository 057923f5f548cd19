import JSON

/// A text with fields to fill in, `{{.Names}}\t{{.Status}}`: the part of Go's template language that `--format` is used with.
///
/// Fields, pipelines, `if`, `range`, `with`, `$`, and the functions of ``TemplateFunction``.
struct Template: Sendable {
    indirect enum Node: Sendable {
        case text(String)
        case output(TemplateExpression)
        case condition(TemplateExpression, then: [Node], otherwise: [Node])
        case scope(TemplateExpression, then: [Node], otherwise: [Node])
        case loop(TemplateExpression, body: [Node], otherwise: [Node])
    }

    private let nodes: [Node]

    /// `\t` and `\n` in the text stand for what they stand for in Go.
    init(parsing text: String) throws(TemplateError) {
        var parser = TemplateParser(try TemplateLexer.tokens(of: Self.unescaped(text)))
        nodes = try parser.document()
    }

    /// The text with the value's fields in their places.
    func render(_ value: JSONValue) throws(TemplateError) -> String {
        try Self.render(nodes, TemplateScope(root: value, dot: value))
    }

    private static func render(_ nodes: [Node], _ scope: TemplateScope) throws(TemplateError) -> String {
        var text = ""
        for node in nodes { text += try render(node, scope) }
        return text
    }

    private static func render(_ node: Node, _ scope: TemplateScope) throws(TemplateError) -> String {
        switch node {
        case .text(let text): return text
        case .output(let expression): return try scope.value(of: expression).templateText
        case .condition(let expression, let then, let otherwise):
            return try render(scope.value(of: expression).isTrue ? then : otherwise, scope)
        case .scope(let expression, let then, let otherwise):
            let value = try scope.value(of: expression)
            guard value.isTrue else { return try render(otherwise, scope) }
            return try render(then, scope.entering(expression, value))
        case .loop(let expression, let body, let otherwise):
            let elements = try scope.value(of: expression).elements
            guard !elements.isEmpty else { return try render(otherwise, scope) }
            var text = ""
            for element in elements { text += try render(body, TemplateScope(root: scope.root, dot: element)) }
            return text
        }
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            guard isEscaped else {
                if character == "\\" { isEscaped = true } else { result.append(character) }
                continue
            }
            isEscaped = false
            switch character {
            case "t": result.append("\t")
            case "n": result.append("\n")
            default: result += "\\\(character)"
            }
        }
        return isEscaped ? result + "\\" : result
    }
}

/// Why a template cannot be read or filled in.
enum TemplateError: Error, Hashable {
    case unclosedAction
    case unexpected(String)
    case unknownFunction(String)
    case noSuchField(String)
    case wrongArguments(function: String)
}

extension TemplateError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unclosedAction: "template: an action is not closed"
        case .unexpected(let token): "template: unexpected \(token)"
        case .unknownFunction(let name): "template: function \"\(name)\" not defined"
        case .noSuchField(let name): "template: can't evaluate field \(name)"
        case .wrongArguments(let function): "template: wrong arguments for \(function)"
        }
    }
}

extension JSONValue {
    /// Whether a condition takes the value as true.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .unsigned(let value): value != 0
        case .number(let value): value != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// What a loop goes over.
    var elements: [JSONValue] {
        switch self {
        case .array(let elements): elements
        case .object(let members): members.map(\.value)
        default: []
        }
    }

    /// The value as a template prints it: as Go prints its values.
    var templateText: String {
        switch self {
        case .null: "<no value>"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): text
        case .array(let elements): "[" + elements.map(\.templateText).joined(separator: " ") + "]"
        case .object(let members):
            "map[" + members.map { "\($0.name):\($0.value.templateText)" }.joined(separator: " ") + "]"
        }
    }
}
