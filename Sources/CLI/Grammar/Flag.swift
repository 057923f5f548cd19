import Units

/// A flag as a command declares it: its names, what it takes, and what comes of that.
///
/// Declared once as a constant, it is also the key by which its value is read: `arguments[Self.detach]`.
struct Flag<Value: Sendable>: FlagDeclaration {
    let names: FlagNames
    /// What help calls the value, such as `string`; nil for a flag that is on or off.
    let placeholder: String?
    let help: String
    /// The default as help shows it, if it shows one.
    let shownDefault: String?
    /// The value where the flag is not given.
    let fallback: Value
    var aliases: [String] = []
    var isHidden = false
    /// Makes the value of the texts given, in order; there is at least one.
    let read: @Sendable ([String]) throws(FlagProblem) -> Value

    func parse(_ texts: [String]) throws(FlagProblem) -> any Sendable { try read(texts) }

    /// The same flag, left out of help.
    var hidden: Flag {
        var copy = self
        copy.isHidden = true
        return copy
    }

    /// The same flag, known by further long names that help does not show.
    func named(also aliases: String...) -> Flag {
        var copy = self
        copy.aliases += aliases
        return copy
    }
}

/// A flag whatever its value is.
protocol FlagDeclaration: Sendable {
    var names: FlagNames { get }
    var placeholder: String? { get }
    var help: String { get }
    var shownDefault: String? { get }
    var aliases: [String] { get }
    var isHidden: Bool { get }
    func parse(_ texts: [String]) throws(FlagProblem) -> any Sendable
}

extension FlagDeclaration {
    var long: String { names.long }
    var short: Character? { names.short }

    /// Whether a value follows; one that is on or off takes it only after `=`.
    var takesValue: Bool { placeholder != nil }

    /// The flag as messages name it, such as `-t, --timeout`.
    var spelling: String { short.map { "-\($0), --\(long)" } ?? "--\(long)" }
}

/// A text that a flag does not take, and why.
struct FlagProblem: Error, Hashable {
    let text: String
    let reason: String
}

extension Flag where Value == Bool {
    /// On or off.
    static func toggle(_ names: FlagNames, _ help: String, default: Bool = false) -> Flag {
        Flag(
            names: names,
            placeholder: nil,
            help: help,
            shownDefault: `default` ? "true" : nil,
            fallback: `default`,
            read: { texts throws(FlagProblem) in try truth(texts[texts.count - 1]) }
        )
    }

    private static func truth(_ text: String) throws(FlagProblem) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw FlagProblem(text: text, reason: "strconv.ParseBool: parsing \"\(text)\": invalid syntax")
        }
    }
}

extension Flag where Value == String? {
    /// One text; the last one given counts.
    static func text(
        _ names: FlagNames,
        _ help: String,
        placeholder: String = "string",
        shownDefault: String? = nil
    ) -> Flag {
        Flag(
            names: names,
            placeholder: placeholder,
            help: help,
            shownDefault: shownDefault.map { "\"\($0)\"" },
            fallback: nil,
            read: { $0.last }
        )
    }
}

extension Flag where Value == String {
    /// One text that has a default.
    static func text(
        _ names: FlagNames,
        _ help: String,
        default: String,
        placeholder: String = "string"
    ) -> Flag {
        Flag(
            names: names,
            placeholder: placeholder,
            help: help,
            shownDefault: `default`.isEmpty ? nil : "\"\(`default`)\"",
            fallback: `default`,
            read: { $0[$0.count - 1] }
        )
    }
}

extension Flag where Value == [String] {
    /// Any number of texts, each given with the flag again.
    static func list(
        _ names: FlagNames,
        _ help: String,
        placeholder: String = "stringArray"
    ) -> Flag {
        Flag(
            names: names,
            placeholder: placeholder,
            help: help,
            shownDefault: nil,
            fallback: [],
            read: { $0 }
        )
    }
}

extension Flag where Value == Int? {
    /// A whole number.
    static func number(
        _ names: FlagNames,
        _ help: String,
        shownDefault: Int? = nil
    ) -> Flag {
        Flag(
            names: names,
            placeholder: "int",
            help: help,
            shownDefault: shownDefault.map(String.init),
            fallback: nil,
            read: { texts throws(FlagProblem) in
                let text = texts[texts.count - 1]
                guard let number = Int(text) else {
                    throw FlagProblem(text: text, reason: "strconv.ParseInt: parsing \"\(text)\": invalid syntax")
                }
                return number
            }
        )
    }
}

extension Flag where Value == Int64? {
    /// An amount of bytes, with or without a unit: `512m`, `2g`, `1.5GiB`.
    static func bytes(_ names: FlagNames, _ help: String) -> Flag {
        Flag(
            names: names,
            placeholder: "bytes",
            help: help,
            shownDefault: nil,
            fallback: nil,
            read: { texts throws(FlagProblem) in
                let text = texts[texts.count - 1]
                if text == "-1" { return -1 }
                guard let size = ByteSize(parsing: text) else {
                    throw FlagProblem(text: text, reason: "invalid size: '\(text)'")
                }
                return size.bytes
            }
        )
    }

    /// A duration such as `1m30s`, in nanoseconds.
    static func duration(_ names: FlagNames, _ help: String) -> Flag {
        Flag(
            names: names,
            placeholder: "duration",
            help: help,
            shownDefault: nil,
            fallback: nil,
            read: { texts throws(FlagProblem) in
                let text = texts[texts.count - 1]
                guard let nanoseconds = DurationText.nanoseconds(text) else {
                    throw FlagProblem(text: text, reason: "time: invalid duration \"\(text)\"")
                }
                return Int64(nanoseconds)
            }
        )
    }
}

/// What a flag is called, written as help shows it: `-d, --detach` or `--name`.
struct FlagNames: ExpressibleByStringLiteral, Sendable {
    let long: String
    let short: Character?

    init(stringLiteral text: String) {
        let hasShort = !text.hasPrefix("--")
        short = hasShort ? text.dropFirst().first : nil
        long = String(text.dropFirst(hasShort ? "-x, --".count : "--".count))
    }
}
