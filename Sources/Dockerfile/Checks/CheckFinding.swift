/// Something in a Dockerfile that is likely not what its author meant.
public struct CheckFinding: Hashable, Sendable {
    /// Which check found it.
    public let rule: CheckRule
    /// What it found, in one line.
    public let detail: String
    /// The lines that it is about.
    public let range: SourceRange

    /// The finding in one line, as builds list it: `JSONArgsRecommended: … (line 2)`.
    public var summary: String { "\(rule.rawValue): \(detail) (line \(range.start.line))" }
}

/// Gathers findings, each once, unless the file says that it does not want to know.
struct CheckLog {
    let settings: CheckSettings
    private var seen: Set<CheckFinding> = []
    private(set) var findings: [CheckFinding] = []

    init(_ settings: CheckSettings) { self.settings = settings }

    mutating func note(_ rule: CheckRule, _ detail: String, at range: SourceRange, comments: [String] = []) {
        guard settings.allow(rule, comments: comments) else { return }
        let finding = CheckFinding(rule: rule, detail: detail, range: range)
        if seen.insert(finding).inserted { findings.append(finding) }
    }
}
