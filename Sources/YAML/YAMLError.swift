/// Why a text is not the YAML that was expected.
public struct YAMLError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// The text breaks YAML's grammar, in libyaml's words, and what was being read then.
        case syntax(String, while: String?)
        /// The bytes are no text.
        case encoding(String)
        /// The text is longer than this many bytes.
        case tooLong(limit: Int)
        /// Collections lie within each other deeper than this.
        case tooDeep(limit: Int)
        /// Aliases stand for more nodes than this.
        case tooManyAliases(limit: Int)
        /// The key stands at that line already.
        case duplicateKey(String, firstLine: Int)
        /// A collection as a key.
        case collectionAsKey
        /// An alias to an anchor that is not there.
        case unknownAnchor(String)
        /// An alias inside of what it stands for.
        case anchorCycle(String)
        /// `<<` with something else than mappings.
        case mergeOfNoMapping
        /// A tag whose value is not of its type.
        case invalidValue(String, tag: String)
    }

    /// Where.
    public let mark: Mark
    /// What.
    public let problem: Problem

    /// An error.
    public init(_ problem: Problem, at mark: Mark) {
        self.mark = mark
        self.problem = problem
    }
}

extension YAMLError: CustomStringConvertible {
    /// `file:line:column: problem`.
    public var description: String { "\(mark): \(problem)" }
}

extension YAMLError.Problem: CustomStringConvertible {
    /// The problem in words.
    public var description: String {
        switch self {
        case .syntax(let problem, let context?): "yaml: \(problem) \(context)"
        case .syntax(let problem, nil): "yaml: \(problem)"
        case .encoding(let problem): "yaml: not UTF-8 text: \(problem)"
        case .tooLong(let limit): "yaml: longer than \(limit) bytes"
        case .tooDeep(let limit): "yaml: nested deeper than \(limit) levels"
        case .tooManyAliases(let limit): "yaml: aliases expand to more than \(limit) nodes"
        case .duplicateKey(let key, let line): "yaml: key \"\(key)\" is already defined at line \(line)"
        case .collectionAsKey: "yaml: a mapping key must be a scalar"
        case .unknownAnchor(let name): "yaml: no anchor \"\(name)\" precedes this alias"
        case .anchorCycle(let name): "yaml: anchor \"\(name)\" contains an alias to itself"
        case .mergeOfNoMapping: "yaml: \"<<\" takes a mapping or a list of mappings"
        case .invalidValue(let text, let tag): "yaml: \"\(text)\" is not a value of \(tag)"
        }
    }
}
