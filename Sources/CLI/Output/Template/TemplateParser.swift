import JSON

/// What an action of a template computes.
indirect enum TemplateExpression: Sendable {
    case literal(JSONValue)
    case field([String], arguments: [TemplateExpression])
    case root([String])
    case call(String, [TemplateExpression])
}

/// Makes nodes of tokens.
struct TemplateParser {
    private var rest: ArraySlice<TemplateToken>
    private var depth = 0

    init(_ tokens: [TemplateToken]) {
        rest = tokens[...]
    }

    mutating func document() throws(TemplateError) -> [Template.Node] {
        let nodes = try self.nodes()
        guard rest.isEmpty else { throw .unexpected("{{end}}") }
        return nodes
    }

    /// Nodes up to an `end` or `else`, which is left where it is.
    private mutating func nodes() throws(TemplateError) -> [Template.Node] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw .unexpected("nesting") }
        var nodes: [Template.Node] = []
        while let token = rest.first {
            if case .text(let text) = token {
                rest.removeFirst()
                nodes.append(.text(text))
                continue
            }
            guard let next = rest.dropFirst().first else { throw .unclosedAction }
            if next == .word("end") || next == .word("else") { return nodes }
            rest.removeFirst()
            nodes.append(try node(next))
        }
        return nodes
    }

    private mutating func node(_ first: TemplateToken) throws(TemplateError) -> Template.Node {
        switch first {
        case .word("if"):
            let (value, then, otherwise) = try block()
            return .condition(value, then: then, otherwise: otherwise)
        case .word("with"):
            let (value, then, otherwise) = try block()
            return .scope(value, then: then, otherwise: otherwise)
        case .word("range"):
            let (value, body, otherwise) = try block()
            return .loop(value, body: body, otherwise: otherwise)
        default:
            let value = try pipeline()
            try take(.close)
            return .output(value)
        }
    }

    private mutating func block() throws(TemplateError) -> (TemplateExpression, [Template.Node], [Template.Node]) {
        rest.removeFirst()
        let value = try pipeline()
        try take(.close)
        let then = try nodes()
        try take(.open)
        guard rest.first == .word("else") else {
            try closeBlock()
            return (value, then, [])
        }
        rest.removeFirst()
        if rest.first == .word("if") { return (value, then, [try node(.word("if"))]) }
        try take(.close)
        let otherwise = try nodes()
        try take(.open)
        try closeBlock()
        return (value, then, otherwise)
    }

    private mutating func closeBlock() throws(TemplateError) {
        try take(.word("end"))
        try take(.close)
    }

    private mutating func pipeline() throws(TemplateError) -> TemplateExpression {
        var value = try command(piped: nil)
        while rest.first == .pipe {
            rest.removeFirst()
            value = try command(piped: value)
        }
        return value
    }

    private mutating func command(piped: TemplateExpression?) throws(TemplateError) -> TemplateExpression {
        let first = try operand()
        var arguments: [TemplateExpression] = []
        while let token = rest.first, token != .close, token != .pipe, token != .right {
            arguments.append(try operand())
        }
        if let piped { arguments.append(piped) }
        switch first {
        case .call(let name, _): return .call(name, arguments)
        case .field(let path, _) where !arguments.isEmpty: return .field(path, arguments: arguments)
        default:
            guard arguments.isEmpty else { throw .unexpected("argument") }
            return first
        }
    }

    private mutating func operand() throws(TemplateError) -> TemplateExpression {
        guard let token = rest.popFirst() else { throw .unclosedAction }
        switch token {
        case .field(let path): return .field(path, arguments: [])
        case .root(let path): return .root(path)
        case .literal(let text): return .literal(.string(text))
        case .number(let number): return .literal(.integer(number))
        case .word("true"): return .literal(true)
        case .word("false"): return .literal(false)
        case .word("nil"): return .literal(.null)
        case .word(let name): return .call(name, [])
        case .left:
            depth += 1
            defer { depth -= 1 }
            guard depth < 100 else { throw .unexpected("nesting") }
            let value = try pipeline()
            try take(.right)
            return value
        default: throw .unexpected("\(token)")
        }
    }

    private mutating func take(_ token: TemplateToken) throws(TemplateError) {
        guard let next = rest.popFirst() else { throw .unclosedAction }
        guard next == token else { throw .unexpected("\(next)") }
    }
}
