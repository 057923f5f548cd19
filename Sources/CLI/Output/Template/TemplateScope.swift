import JSON

/// The values that an expression can reach.
struct TemplateScope {
    /// `$`.
    let root: JSONValue
    /// `.`.
    let dot: JSONValue

    func value(of expression: TemplateExpression) throws(TemplateError) -> JSONValue {
        switch expression {
        case .literal(let value): return value
        case .root(let path): return try Self.follow(path, from: root)
        case .field(let path, let arguments):
            var value = try Self.follow(path, from: dot)
            // A field with arguments is a lookup, as in `.Label "name"`.
            for argument in arguments { value = value[try self.value(of: argument).templateText] ?? .string("") }
            return value
        case .call(let name, let arguments):
            guard let function = TemplateFunction.named[name] else { throw .unknownFunction(name) }
            var values: [JSONValue] = []
            for argument in arguments { values.append(try value(of: argument)) }
            guard let result = function(values) else { throw .wrongArguments(function: name) }
            return result
        }
    }

    /// A field of Go begins in upper case, whatever the document calls it.
    private static func follow(_ path: [String], from start: JSONValue) throws(TemplateError) -> JSONValue {
        var value = start
        for name in path {
            if case .null = value { return .null }
            guard let member = value[name] ?? value[name.prefix(1).lowercased() + name.dropFirst()] else {
                throw .noSuchField(name)
            }
            value = member
        }
        return value
    }
}
