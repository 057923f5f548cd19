/// What a command was given: values by flag, and the rest in order.
struct Arguments: Sendable {
    /// What is no flag, in order.
    var positionals: [String] = []
    private var values: [String: any Sendable] = [:]

    /// The flag's value, its default where it was not given.
    subscript<Value>(flag: Flag<Value>) -> Value {
        values[flag.long] as? Value ?? flag.fallback
    }

    /// Whether the flag was given, whatever its value.
    func has(_ flag: any FlagDeclaration) -> Bool { values[flag.long] != nil }

    mutating func set(_ value: any Sendable, for flag: any FlagDeclaration) {
        values[flag.long] = value
    }

    /// The first positional and those after it.
    var head: (first: String, rest: [String])? {
        positionals.first.map { ($0, Array(positionals.dropFirst())) }
    }
}
