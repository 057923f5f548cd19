/// A glob, matched in time linear in text and pattern: no input makes it explode.
struct Pattern: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case literal(Unicode.Scalar)
        /// `?`
        case one
        /// `*`: any run within a path component, or within the whole text where there are no components.
        case run
        /// `**`: any run, slashes included.
        case deep
        /// The next token may be left out.
        case optionally
        /// Any run that ends in a slash; after `optionally` it is `**/`.
        case folders
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    /// What the characters mean.
    enum Dialect {
        /// Path components, and `**` for any depth.
        case ignoreFile
        /// Path components, without `**`.
        case path
        /// Shell parameter expansion: `*` and `?` alone, and slashes are ordinary.
        case parameter
    }

    let tokens: [Token]
    let crossesSlashes: Bool

    init(_ text: String, dialect: Dialect) throws(DockerfileProblem) {
        crossesSlashes = dialect == .parameter
        var reader = PatternReader(text, dialect: dialect)
        tokens = try reader.read()
    }

    init(tokens: [Token], crossesSlashes: Bool) {
        self.tokens = tokens
        self.crossesSlashes = crossesSlashes
    }

    /// The text that it matches, when there is only one.
    var literal: String? {
        var text = String.UnicodeScalarView()
        for token in tokens {
            guard case .literal(let scalar) = token else { return nil }
            text.append(scalar)
        }
        return String(text)
    }

    func matches(_ text: [Unicode.Scalar]) -> Bool {
        var budget = Int.max
        let ends = try? ends(in: text, from: 0, budget: &budget)
        return ends?.last == text.count
    }

    /// Every end of a match that begins at `start`, ascending.
    func ends(in text: [Unicode.Scalar], from start: Int, budget: inout Int) throws(DockerfileProblem) -> [Int] {
        var ends: [Int] = []
        var states = [Bool](repeating: false, count: tokens.count + 1)
        states[0] = true
        var index = start
        while true {
            skipOptional(&states)
            if states[tokens.count] { ends.append(index) }
            guard index < text.count, states.contains(true) else { return ends }
            budget -= tokens.count + 1
            guard budget > 0 else { throw .patternTooCostly }
            states = step(states, over: text[index])
            index += 1
        }
    }

    private func step(_ states: [Bool], over scalar: Unicode.Scalar) -> [Bool] {
        var next = [Bool](repeating: false, count: states.count)
        let isWithinComponent = scalar != "/" || crossesSlashes
        for (index, token) in tokens.enumerated() where states[index] {
            switch token {
            case .literal(let expected): next[index + 1] = next[index + 1] || scalar == expected
            case .one: next[index + 1] = next[index + 1] || isWithinComponent
            case .run: next[index] = next[index] || isWithinComponent
            case .deep: next[index] = true
            case .optionally: break
            case .folders:
                next[index] = true
                next[index + 1] = next[index + 1] || scalar == "/"
            case .set(let ranges, let isNegated):
                let isMember = ranges.contains { $0.contains(scalar) }
                next[index + 1] = next[index + 1] || (isWithinComponent && isMember != isNegated)
            }
        }
        return next
    }

    /// Adds the states that are reached without reading anything.
    private func skipOptional(_ states: inout [Bool]) {
        for (index, token) in tokens.enumerated() where states[index] {
            switch token {
            case .run, .deep: states[index + 1] = true
            case .optionally:
                states[index + 1] = true
                states[index + 2] = true
            default: break
            }
        }
    }
}

/// Reads the text of a pattern.
private struct PatternReader {
    private let scalars: [Unicode.Scalar]
    private let dialect: Pattern.Dialect
    private let text: String
    private var index = 0

    init(_ text: String, dialect: Pattern.Dialect) {
        self.text = text
        self.dialect = dialect
        scalars = Array(text.unicodeScalars)
    }

    mutating func read() throws(DockerfileProblem) -> [Pattern.Token] {
        var tokens: [Pattern.Token] = []
        while let scalar = take() {
            switch scalar {
            case "*": tokens += stars()
            case "?": tokens.append(.one)
            case "\\":
                guard let escaped = take() else { throw .badPattern(text) }
                tokens.append(.literal(escaped))
            case "[" where dialect != .parameter: tokens.append(try set())
            default: tokens.append(.literal(scalar))
            }
        }
        return tokens
    }

    private mutating func take() -> Unicode.Scalar? {
        guard index < scalars.count else { return nil }
        defer { index += 1 }
        return scalars[index]
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// What one or more asterisks mean here.
    private mutating func stars() -> [Pattern.Token] {
        guard dialect == .ignoreFile, peek == "*" else { return [.run] }
        while peek == "*" { index += 1 }
        guard peek == "/" else { return [.deep] }
        index += 1
        return [.optionally, .folders]
    }

    private mutating func set() throws(DockerfileProblem) -> Pattern.Token {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let isNegated = peek == "^" || peek == "!"
        if isNegated { index += 1 }
        while let low = try member(isFirst: ranges.isEmpty) {
            guard peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                ranges.append(low...low)
                continue
            }
            index += 1
            guard let high = try member(isFirst: false), low <= high else { throw .badPattern(text) }
            ranges.append(low...high)
        }
        return .set(ranges, isNegated: isNegated)
    }

    /// The next character of a set; nil at its end.
    private mutating func member(isFirst: Bool) throws(DockerfileProblem) -> Unicode.Scalar? {
        guard let scalar = take() else { throw .badPattern(text) }
        guard scalar != "]" || isFirst else { return nil }
        guard scalar == "\\" else { return scalar }
        guard let escaped = take() else { throw .badPattern(text) }
        return escaped
    }
}

/// A pattern for the path of a source, as `COPY` has them: `*`, `?`, `[set]` and `\`, none of which crosses a slash.
public struct PathPattern: Hashable, Sendable {
    private let pattern: Pattern

    /// Reads a pattern; throws where a set or an escape has no end.
    public init(_ text: String) throws(DockerfileProblem) {
        pattern = try Pattern(text, dialect: .path)
    }

    /// The path that it names, when it has no wildcard.
    public var literal: String? { pattern.literal }

    /// Whether it matches one path component.
    public func matches(_ component: String) -> Bool { pattern.matches(Array(component.unicodeScalars)) }
}
