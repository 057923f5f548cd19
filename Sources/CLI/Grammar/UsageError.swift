/// Arguments that a command does not take.
enum UsageError: Error, Hashable {
    case unknownFlag(String)
    case unknownShorthand(Character, in: String)
    case missingValue(flag: String)
    case missingShorthandValue(Character, in: String)
    case invalidValue(text: String, flag: String, reason: String)
    case badSyntax(String)
    /// Flags that exclude each other, or the like: the sentence says which.
    case conflict(String)
    case arity(command: String, needs: String)
    /// The words say which, such as `docker command: "compose foo"`.
    case unknownCommand(String, suggestions: [String])
}

extension UsageError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unknownFlag(let name): return "unknown flag: --\(name)"
        case .unknownShorthand(let letter, let cluster): return "unknown shorthand flag: '\(letter)' in -\(cluster)"
        case .missingValue(let flag): return "flag needs an argument: --\(flag)"
        case .missingShorthandValue(let letter, let cluster):
            return "flag needs an argument: '\(letter)' in -\(cluster)"
        case .invalidValue(let text, let flag, let reason):
            return "invalid argument \"\(text)\" for \"\(flag)\" flag: \(reason)"
        case .badSyntax(let text): return "bad flag syntax: \(text)"
        case .conflict(let sentence): return sentence
        case .arity(let command, let needs): return "\"\(command)\" \(needs)"
        case .unknownCommand(let words, let suggestions):
            let unknown = "unknown \(words)"
            guard !suggestions.isEmpty else { return unknown }
            return unknown + "; did you mean \(suggestions.map { "\"\($0)\"" }.joined(separator: " or "))?"
        }
    }
}

extension UsageError {
    /// Whether the words after the command cannot be read at all.
    var isOfFlags: Bool {
        switch self {
        case .conflict, .arity, .unknownCommand: false
        default: true
        }
    }
}
