extension Shape {
    static let any = Shape(.any, items: anything, values: anything)
    private static let anything = Shape(.any, items: deep, values: deep)
    /// What is not looked into any further.
    private static let deep = Shape(.any)

    static let string = Shape(.string)
    static let file = Shape(.string, path: .file)
    static let text = Shape([.string, .number], output: .text)
    static let boolean = Shape([.boolean, .string], cast: .boolean)
    /// A boolean that is printed even if false, because unset means something else.
    static let choice = Shape([.boolean, .string], cast: .boolean, output: .always)
    static let integer = Shape([.integer, .string], cast: .integer)
    static let number = Shape([.number, .string], cast: .number)
    static let bytes = Shape([.integer, .string], output: .bytes)
    static let duration = Shape(.string, output: .duration)

    static let strings = list(string)
    static let uniqueStrings = Shape(items: string, itemsAreUnique: true)
    /// Duplicates collapse.
    static let stringSet = Shape(items: string, merge: .unique(.value))
    static let stringOrStrings = Shape(.string, items: string, form: .listAlways)
    static let mapOfStrings = Shape(values: Shape(.any, output: .text), form: .strings)
    /// `KEY=value` lines or a mapping, whose keys may have no value.
    static let variables = Shape(
        items: string,
        itemsAreUnique: false,
        values: Shape(.any, output: .always),
        merge: .keyed,
        form: .variables
    )
    /// `KEY=value` lines or a mapping; no value is the empty one.
    static let labels = Shape(
        items: string,
        values: Shape(.any, output: .always),
        merge: .keyed,
        form: .strings
    )
    static let command = Shape([.null, .string], items: string, merge: .replace, form: .words, output: .always)
    static let hosts = Shape(
        items: string,
        itemsAreUnique: true,
        values: Shape(.string, items: string),
        merge: .appendNew,
        form: .hosts
    )

    static func list(_ items: Shape, merge: MergeRule = .standard) -> Shape { Shape(items: items, merge: merge) }

    static func word(_ choices: String...) -> Shape { Shape(.string, choices: choices) }

    static func object(_ attributes: [String: Shape], required: [String] = []) -> Shape {
        Shape(attributes: attributes, required: required)
    }

    static func integer(_ range: ClosedRange<Int>) -> Shape {
        Shape([.integer, .string], cast: .integer, range: range)
    }

    static func number(_ range: ClosedRange<Int>) -> Shape {
        Shape([.number, .string], cast: .number, range: range)
    }

    /// Named objects, such as the services.
    static func named(_ object: Shape, orNull: Bool = true) -> Shape {
        Shape(orNull ? .null : [], values: object, keysAreNames: true)
    }

    static let fileReferences = Shape(
        items: Shape(
            .string,
            attributes: [
                "source": string, "target": string, "uid": string, "gid": string,
                "mode": Shape([.number, .string], output: .mode),
            ],
            form: .fileReference
        ),
        merge: .unique(.fileTarget)
    )

    static let ulimits = Shape(
        values: Shape(
            [.integer, .string],
            attributes: ["soft": integerAlways, "hard": integerAlways],
            required: ["soft", "hard"],
            cast: .integer,
            merge: .replace,
            output: .always
        )
    )
    private static let integerAlways = Shape([.integer, .string], cast: .integer, output: .always)

    static let deviceRequest = object([
        "capabilities": strings,
        "count": Shape([.integer, .string], form: .count),
        "device_ids": strings,
        "driver": string,
        "options": labels,
    ])
}
