/// Which checks are made, and what becomes of what they find: `skip=A,B;error=true;experimental=all`.
public struct CheckSettings: Hashable, Sendable {
    private enum Selection: Hashable, Sendable {
        case all
        case named(Set<String>)

        init(_ text: String) {
            let names = text.split(separator: ",").map { Array($0.utf8)[...].trimmed.text }
            self = names == ["all"] ? .all : .named(Set(names))
        }

        func contains(_ rule: CheckRule) -> Bool {
            switch self {
            case .all: true
            case .named(let names): names.contains(rule.rawValue)
            }
        }
    }

    /// Whether a build with findings fails.
    public private(set) var areErrors = false
    private var skipped = Selection.named([])
    private var experimental = Selection.named([])

    /// Every check but the experimental ones; findings are warnings.
    public init() {}

    /// Reads the value of the `check` directive, or of `BUILDKIT_DOCKERFILE_CHECK`.
    public init(parsing text: String) throws(DockerfileProblem) {
        guard !Array(text.utf8)[...].trimmed.isEmpty else { return }
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw .badCheckOption(String(part)) }
            let key = Array(sides[0].utf8)[...].trimmed.text
            let value = Array(sides[1].utf8)[...].trimmed.text
            switch key {
            case "skip": skipped = Selection(value)
            case "experimental": experimental = Selection(value)
            case "error":
                guard let isError = InstructionText.booleans[ASCII.lowercased(value)] else {
                    throw .badCheckOption(String(part))
                }
                areErrors = isError
            default: throw .badCheckOption(key)
            }
        }
    }

    /// Whether the rule is looked at, given the comments right above an instruction: `# check=skip=A` says it for that
    /// instruction alone.
    func allow(_ rule: CheckRule, comments: [String] = []) -> Bool {
        let own = comments.lazy.compactMap(Self.init(comment:)).first
        let asked = [self, own].compactMap(\.self)
        guard rule.isExperimental else { return !asked.contains { $0.skipped.contains(rule) } }
        return asked.contains { $0.experimental.contains(rule) }
    }

    /// Reads a comment; what comes after a blank explains. Nil where it is about something else, or cannot be read.
    private init?(comment: String) {
        let sides = comment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, ASCII.lowercased(Array(sides[0].utf8)[...].trimmed.text) == "check" else { return nil }
        let value = Array(sides[1].utf8)[...].trimmedLeft.prefix { !ASCII.isBlank($0) }.text
        guard let settings = try? Self(parsing: value) else { return nil }
        self = settings
    }
}
