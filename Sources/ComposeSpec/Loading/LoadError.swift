public import YAML

/// Why there is no project: what is wrong, and where.
public struct LoadError: Error, Hashable, Sendable {
    /// The place in a file, where there is one.
    public let place: Mark?
    /// The attribute, such as `services.web.ports[0]`; empty where none is concerned.
    public let path: String
    /// What is wrong.
    public let problem: LoadProblem
    /// The line there, where there is one.
    public internal(set) var excerpt: Excerpt?

    /// An error.
    public init(_ problem: LoadProblem, path: String = "", at place: Mark? = nil) {
        self.place = place
        self.path = path
        self.problem = problem
    }

    init(_ problem: LoadProblem, at path: NodePath, of node: Node) {
        self.init(problem, path: path.description, at: node.mark)
    }
}

extension LoadError: CustomStringConvertible {
    /// `compose.yaml:12:9: services.web.ports[0]: "80800:80" is not a port mapping`
    public var description: String {
        let prefix = place.map { "\($0): " } ?? ""
        return prefix + (path.isEmpty ? "" : "\(path): ") + problem.description
    }
}

/// Something that loads, and that its author may not have meant.
public struct LoadWarning: Hashable, Sendable {
    /// What.
    public enum Kind: Hashable, Sendable {
        /// A variable without a value was used.
        case unsetVariable(String)
        /// The `version` attribute has no meaning any more.
        case obsoleteVersion
        /// Several files could be meant; this one is used.
        case severalFiles([String], used: String)
        /// An old spelling of a boolean.
        case oldBoolean(String)
        /// An old name of an attribute.
        case deprecated(String, instead: String)
    }

    /// The place in a file, where there is one.
    public let place: Mark?
    /// The attribute; empty where none is concerned.
    public let path: String
    /// What.
    public let kind: Kind
    /// The line there, where there is one.
    public internal(set) var excerpt: Excerpt?

    /// A warning.
    public init(_ kind: Kind, path: String = "", at place: Mark? = nil) {
        self.place = place
        self.path = path
        self.kind = kind
    }
}

extension LoadWarning: CustomStringConvertible {
    /// `compose.yaml:3:9: the "TAG" variable is not set, defaulting to a blank string`
    public var description: String { (place.map { "\($0): " } ?? "") + kind.description }
}

extension LoadWarning.Kind: CustomStringConvertible {
    /// The warning in words.
    public var description: String {
        switch self {
        case .unsetVariable(let name): "the \"\(name)\" variable is not set, defaulting to a blank string"
        case .obsoleteVersion: "the attribute `version` is obsolete, it is ignored"
        case .severalFiles(let files, let used): "found several files (\(files.joined(separator: ", "))), using \(used)"
        case .oldBoolean(let text): "\"\(text)\" is an old spelling of a boolean, write true or false"
        case .deprecated(let old, let new): "`\(old)` is deprecated, use `\(new)`"
        }
    }
}
