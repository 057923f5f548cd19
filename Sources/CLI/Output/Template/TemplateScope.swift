import JSON

/// The values that an expression can reach.
struct TemplateScope {
    /// `$`.
    let root: JSONValue
    /// `.`.
    let dot: JSONValue
    /// The fields by which `.` was reached, as far as they are known: they tell what is a map of Go's, in which anything may be
    /// missing.
    var dotPath: [String] = []

    func value(of expression: TemplateExpression) throws(TemplateError) -> JSONValue {
        switch expression {
        case .literal(let value): return value
        case .root(let path): return try Self.follow(path, from: root)
        case .field(let path, let arguments):
            var value = try Self.follow(path, from: dot, at: dotPath)
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

    /// The scope in which `.` is what an expression came to.
    func entering(_ expression: TemplateExpression, _ value: JSONValue) -> TemplateScope {
        let path =
            switch expression {
            case .root(let path): path
            case .field(let path, let arguments): arguments.isEmpty ? dotPath + path : []
            default: [String]()
            }
        return TemplateScope(root: root, dot: value, dotPath: path)
    }

    /// A field of Go begins in upper case, whatever the document calls it.
    ///
    /// What a type of Go lacks is an error; what a map of Go lacks is no value.
    private static func follow(
        _ path: [String],
        from start: JSONValue,
        at startPath: [String] = []
    ) throws(TemplateError) -> JSONValue {
        var value = start
        for (place, name) in path.enumerated() {
            if case .null = value { return .null }
            guard let member = value[name] ?? value[name.prefix(1).lowercased() + name.dropFirst()] else {
                value = try absent(name, from: value, at: startPath + path.prefix(place))
                continue
            }
            value = member
        }
        return value
    }

    /// What stands for a member that a document lacks.
    private static func absent(
        _ name: String,
        from value: JSONValue,
        at path: [String]
    ) throws(TemplateError) -> JSONValue {
        guard case .object = value else { throw .noSuchField(name) }
        if isMap(path) { return .null }
        guard path.last == "Config", let empty = emptySettings[name] else { throw .noSuchField(name) }
        return empty
    }

    /// What an image's or a container's settings are where they are left out.
    private static let emptySettings: [String: JSONValue] = [
        "User": "", "WorkingDir": "", "StopSignal": "", "Env": [], "Cmd": [], "Entrypoint": [], "OnBuild": [],
        "Shell": [],
        "Labels": [:], "Volumes": [:], "ExposedPorts": [:], "Healthcheck": .null,
    ]

    /// The fields of Docker's types that are maps.
    private static let maps: Set = [
        "Attributes", "Labels", "Options", "Annotations", "Sysctls", "Tmpfs", "StorageOpt", "DriverOpts", "Networks",
        "Ports",
        "PortBindings", "ExposedPorts", "Volumes", "Containers", "Data", "Metadata",
    ]

    private static func isMap(_ path: [String]) -> Bool {
        path.last.map(maps.contains) ?? false || path.suffix(2).elementsEqual(["LogConfig", "Config"])
    }
}
