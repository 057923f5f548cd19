/// Replaces variables in a word, and takes quotes and escapes away, as a shell would.
public struct WordExpander: Sendable {
    /// What the variables stand for; one that is missing is unset.
    public var variables: [String: String]
    fileprivate let escape: UInt8

    /// An expander over these variables.
    public init(variables: [String: String], escape: Character = "\\") {
        self.variables = variables
        self.escape = escape == "`" ? ASCII.backtick : ASCII.backslash
    }

    /// The word with everything replaced.
    public func expand(_ text: String) throws(DockerfileProblem) -> String {
        guard needsWork(text) else { return text }
        var expansion = Expansion(text, expander: self)
        return try expansion.run()
    }

    /// The same, cut at the blanks that the variables brought in.
    public func words(_ text: String) throws(DockerfileProblem) -> [String] {
        let blanks: (UInt8) -> Bool = ASCII.isBlank
        return try expand(text).utf8.split(whereSeparator: blanks).map { String(decoding: Array($0), as: UTF8.self) }
    }

    /// The body of a heredoc: quotes are ordinary, and `\` escapes only `$` and itself.
    public func expandBody(_ text: String) throws(DockerfileProblem) -> String {
        var expansion = Expansion(text, expander: self)
        return try expansion.runBody()
    }

    /// Which variables the word looks up: those that have a value, and those that have none.
    func lookups(in text: String) throws(DockerfileProblem) -> (found: Set<String>, missing: Set<String>) {
        var expansion = Expansion(text, expander: self)
        _ = try expansion.run()
        return (expansion.found, expansion.missing)
    }

    /// The variables without a value that the body of a heredoc looks up.
    func missing(inBody text: String) throws(DockerfileProblem) -> Set<String> {
        var expansion = Expansion(text, expander: self)
        _ = try expansion.runBody()
        return expansion.missing
    }

    private func needsWork(_ text: String) -> Bool {
        text.utf8.contains {
            $0 == ASCII.dollar || $0 == escape || $0 == ASCII.singleQuote || $0 == ASCII.doubleQuote
        }
    }

    /// One pass over one text.
    fileprivate struct Expansion {
        let expander: WordExpander
        let bytes: [UInt8]
        var index = 0
        var depth = 0
        var budget = DockerfileLimits.patternSteps
        var found: Set<String> = []
        var missing: Set<String> = []

        init(_ text: String, expander: WordExpander) {
            bytes = Array(text.utf8)
            self.expander = expander
        }
    }
}

extension WordExpander.Expansion {
    mutating func run() throws(DockerfileProblem) -> String {
        String(decoding: try text(until: nil), as: UTF8.self)
    }

    mutating func runBody() throws(DockerfileProblem) -> String {
        var output: [UInt8] = []
        while let byte = take() {
            if byte == expander.escape, peek == ASCII.dollar || peek == expander.escape, let escaped = take() {
                output.append(escaped)
            } else if byte == ASCII.dollar {
                output += try variable()
            } else {
                output.append(byte)
            }
            try check(output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take() -> UInt8? {
        guard index < bytes.count else { return nil }
        defer { index += 1 }
        return bytes[index]
    }

    private func check(_ output: [UInt8]) throws(DockerfileProblem) {
        guard output.count <= DockerfileLimits.expansion else { throw .expansionTooLarge }
    }

    private var source: String { String(decoding: bytes.prefix(200), as: UTF8.self) }

    /// Up to the stop character, which is taken, or to the end where there is none.
    private mutating func text(until stop: UInt8?) throws(DockerfileProblem) -> [UInt8] {
        var output: [UInt8] = []
        while let byte = take() {
            if byte == stop { return output }
            switch byte {
            case ASCII.singleQuote: output += try singleQuoted()
            case ASCII.doubleQuote: output += try doubleQuoted()
            case ASCII.dollar: output += try variable()
            case expander.escape:
                if let escaped = take() { output.append(escaped) }
            default: output.append(byte)
            }
            try check(output)
        }
        guard stop == nil else { throw .badSubstitution(source) }
        return output
    }

    private mutating func singleQuoted() throws(DockerfileProblem) -> [UInt8] {
        let start = index
        while let byte = take() {
            if byte == ASCII.singleQuote { return Array(bytes[start..<(index - 1)]) }
        }
        throw .badValue(source, expected: "a word whose quotes are closed")
    }

    private mutating func doubleQuoted() throws(DockerfileProblem) -> [UInt8] {
        var output: [UInt8] = []
        while let byte = take() {
            switch byte {
            case ASCII.doubleQuote: return output
            case ASCII.dollar: output += try variable()
            case expander.escape:
                guard let next = peek else { break }
                if next != ASCII.doubleQuote, next != ASCII.dollar, next != expander.escape { output.append(byte) }
                output.append(next)
                index += 1
            default: output.append(byte)
            }
            try check(output)
        }
        throw .badValue(source, expected: "a word whose quotes are closed")
    }

    /// What follows a `$`.
    private mutating func variable() throws(DockerfileProblem) -> [UInt8] {
        guard peek == ASCII.openBrace else {
            let name = self.name()
            guard !name.isEmpty else { return [ASCII.dollar] }
            return Array((value(of: name) ?? "").utf8)
        }
        index += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= DockerfileLimits.nesting else { throw .nestingTooDeep }
        let name = self.name()
        guard !name.isEmpty, let next = take() else { throw .badSubstitution(source) }
        let value = value(of: name)
        switch next {
        case ASCII.closeBrace: return Array((value ?? "").utf8)
        case ASCII.colon:
            guard let modifier = take() else { throw .badSubstitution(source) }
            return try conditional(modifier, name: name, value: value?.isEmpty == true ? nil : value, alsoEmpty: true)
        case ASCII.dash, 0x2B, 0x3F:
            return try conditional(next, name: name, value: value, alsoEmpty: false)
        case ASCII.hash, 0x25:
            return try trimmed(next, value: value ?? "")
        case ASCII.slash:
            return try replaced(value: value ?? "")
        default: throw .badSubstitution(source)
        }
    }

    private mutating func value(of name: String) -> String? {
        let value = expander.variables[name]
        if value == nil { missing.insert(name) } else { found.insert(name) }
        return value
    }

    /// A name, or one of the shell's special parameters.
    private mutating func name() -> String {
        let start = index
        if let first = peek, ASCII.isNameStart(first) {
            while let byte = peek, ASCII.isName(byte) { index += 1 }
        } else if let first = peek, ASCII.isDigit(first) {
            while let byte = peek, ASCII.isDigit(byte) { index += 1 }
        } else if let first = peek, "@*#?-$!".utf8.contains(first) {
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// `-`, `+` and `?`, with a value that is nil where the modifier sees none.
    private mutating func conditional(
        _ modifier: UInt8,
        name: String,
        value: String?,
        alsoEmpty: Bool
    ) throws(DockerfileProblem) -> [UInt8] {
        let word = try text(until: ASCII.closeBrace)
        switch modifier {
        case ASCII.dash: return value.map { Array($0.utf8) } ?? word
        case 0x2B: return value == nil ? [] : word
        case 0x3F:
            if let value { return Array(value.utf8) }
            let absence = alsoEmpty ? "not set or empty" : "not set"
            let message = word.isEmpty ? absence : String(decoding: word, as: UTF8.self)
            throw .requiredVariable(name, message: message)
        default: throw .badSubstitution(source)
        }
    }

    /// `#`, `##`, `%` and `%%`.
    private mutating func trimmed(_ mark: UInt8, value: String) throws(DockerfileProblem) -> [UInt8] {
        let isLongest = peek == mark
        if isLongest { index += 1 }
        var tokens = try pattern(until: ASCII.closeBrace).tokens
        var scalars = Array(value.unicodeScalars)
        let isSuffix = mark == 0x25
        if isSuffix {
            tokens.reverse()
            scalars.reverse()
        }
        let pattern = Pattern(tokens: tokens, crossesSlashes: true)
        let ends = try pattern.ends(in: scalars, from: 0, budget: &budget)
        scalars.removeFirst((isLongest ? ends.last : ends.first) ?? 0)
        if isSuffix { scalars.reverse() }
        return utf8(scalars)
    }

    /// `/` and `//`.
    private mutating func replaced(value: String) throws(DockerfileProblem) -> [UInt8] {
        let isGlobal = peek == ASCII.slash
        if isGlobal { index += 1 }
        let pattern = try pattern(until: ASCII.slash)
        let replacement = try text(until: ASCII.closeBrace)
        let scalars = Array(value.unicodeScalars)
        var output: [UInt8] = []
        var place = 0
        var isDone = false
        while place < scalars.count {
            let end = isDone ? nil : try pattern.ends(in: scalars, from: place, budget: &budget).last
            if let end, end > place {
                output += replacement
                place = end
                isDone = !isGlobal
            } else {
                output += Array(String(scalars[place]).utf8)
                place += 1
            }
            try check(output)
        }
        return output
    }

    /// A pattern up to the stop character. Escapes are the pattern's; variables in it are replaced.
    private mutating func pattern(until stop: UInt8) throws(DockerfileProblem) -> Pattern {
        var output: [UInt8] = []
        while let byte = take() {
            if byte == stop {
                return try Pattern(String(decoding: output, as: UTF8.self), dialect: .parameter)
            }
            switch byte {
            case ASCII.dollar: output += try variable()
            case ASCII.singleQuote: output += try singleQuoted()
            case ASCII.doubleQuote: output += try doubleQuoted()
            default:
                output.append(byte)
                if byte == ASCII.backslash, let escaped = take() { output.append(escaped) }
            }
            try check(output)
        }
        throw .badSubstitution(source)
    }

    private func utf8(_ scalars: [Unicode.Scalar]) -> [UInt8] {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return Array(String(view).utf8)
    }
}
