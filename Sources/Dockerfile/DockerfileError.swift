/// A Dockerfile that cannot be read or carried out: where, and why.
public struct DockerfileError: Error, Hashable, Sendable {
    /// The file as the user named it.
    public let file: String
    /// The line and column.
    public let position: SourcePosition
    /// What is wrong there.
    public let problem: DockerfileProblem

    /// The value of these parts.
    public init(file: String, position: SourcePosition, problem: DockerfileProblem) {
        self.file = file
        self.position = position
        self.problem = problem
    }
}

extension DockerfileError: CustomStringConvertible {
    /// One line: `Dockerfile:7:1: unknown instruction "RUNN" (did you mean RUN?)`.
    public var description: String { "\(file):\(position.line):\(position.column): \(problem)" }
}

/// What may be wrong with a Dockerfile.
public enum DockerfileProblem: Error, Hashable, Sendable {
    case fileTooLarge
    case lineTooLong
    case tooMany(String, limit: Int)
    case noInstructions
    case unknownInstruction(String, suggestion: String?)
    case instructionBeforeFrom(String)
    case repeatedDirective(String)
    case badEscapeDirective(String)
    case unterminatedHeredoc(String)
    case unknownFlag(String, instruction: String, suggestion: String?)
    case repeatedFlag(String)
    case flagNeedsValue(String)
    case badFlagValue(String, value: String, expected: String)
    case wrongArguments(instruction: String, expected: String)
    case badPair(String)
    case emptyName(instruction: String)
    case jsonNotStrings
    case badStageName(String)
    case notAllowedInTrigger(String)
    case badValue(String, expected: String)
    case badSubstitution(String)
    case requiredVariable(String, message: String)
    case expansionTooLarge
    case nestingTooDeep
    case patternTooCostly
    case badPattern(String)
    case badCheckOption(String)
}

extension DockerfileProblem: CustomStringConvertible {
    /// What is wrong, without the place.
    public var description: String {
        switch self {
        case .fileTooLarge: "the file is larger than \(DockerfileLimits.file >> 20) MiB"
        case .lineTooLong: "the line is longer than \(DockerfileLimits.line >> 10) KiB"
        case .tooMany(let things, let limit): "more than \(limit) \(things)"
        case .noInstructions: "file with no instructions"
        case .unknownInstruction(let word, let suggestion): "unknown instruction \"\(word)\"\(hint(suggestion))"
        case .instructionBeforeFrom(let word): "\(word) before the first FROM: only ARG may stand there"
        case .repeatedDirective(let key): "the directive \"\(key)\" is given twice"
        case .badEscapeDirective(let value): "escape directive \"\(value)\": must be \\ or `"
        case .unterminatedHeredoc(let name): "heredoc \"\(name)\" has no end"
        case .jsonNotStrings: "a JSON array of strings is needed"
        case .badStageName(let name): "\"\(name)\" is not a stage name"
        case .notAllowedInTrigger(let word): "\(word) is not allowed as an ONBUILD trigger"
        default: detail
        }
    }

    private var detail: String {
        switch self {
        case .unknownFlag(let flag, let instruction, let suggestion):
            "\(instruction): unknown flag --\(flag)\(hint(suggestion.map { "--\($0)" }))"
        case .repeatedFlag(let flag): "flag --\(flag) is given twice"
        case .flagNeedsValue(let flag): "flag --\(flag) needs a value"
        case .badFlagValue(let flag, let value, let expected): "--\(flag)=\(value): must be \(expected)"
        case .wrongArguments(let instruction, let expected): "\(instruction) needs \(expected)"
        case .badPair(let word): "\"\(word)\" has no =: must be name=value"
        case .emptyName(let instruction): "\(instruction): a name is empty"
        case .badValue(let value, let expected): "\"\(value)\": must be \(expected)"
        case .badSubstitution(let text): "\"\(text)\": bad substitution"
        case .requiredVariable(let name, let message): "variable \(name): \(message)"
        case .expansionTooLarge: "an expanded word is larger than \(DockerfileLimits.expansion >> 20) MiB"
        case .nestingTooDeep: "substitutions nest more than \(DockerfileLimits.nesting) deep"
        case .patternTooCostly: "a pattern takes too long to match"
        case .badCheckOption(let option): "invalid check option \(quoted(option))"
        case .badPattern(let pattern): "\"\(pattern)\" is not a pattern"
        default: ""
        }
    }

    private func hint(_ suggestion: String?) -> String { suggestion.map { " (did you mean \($0)?)" } ?? "" }
}

/// A problem and its place, before the file's name is known.
struct DockerfileFailure: Error {
    let problem: DockerfileProblem
    let position: SourcePosition

    init(_ problem: DockerfileProblem, at position: SourcePosition) {
        self.problem = problem
        self.position = position
    }
}

/// The candidate that a misspelt word most likely stands for: at most two letters away, and fewer than half of them.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= 32 else { return nil }
    let scored = candidates.map { (candidate: $0, distance: editDistance(word, $0)) }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= 2 && best.distance * 2 < word.utf8.count + 1 ? best.candidate : nil
}

/// Levenshtein's distance, where letters in the wrong order count once.
private func editDistance(_ first: String, _ second: String) -> Int {
    if first != second, first.utf8.sorted() == second.utf8.sorted() { return 1 }
    let second = Array(second.utf8)
    var row = Array(0...second.count)
    for (index, byte) in first.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in second.indices {
            let substitution = diagonal + (byte == second[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
        }
    }
    return row[second.count]
}
