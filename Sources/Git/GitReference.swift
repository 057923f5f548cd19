/// A place in a git repository: `https://host/team/shop.git#main:deploy`.
///
/// The part behind `#` names a branch, a tag or a commit, and behind a colon a folder. Which texts are references at
/// all is the rule of BuildKit's contexts: a scheme of git's own, `git@host:`, `github.com/`, or an HTTP address that
/// ends in `.git`.
public struct GitReference: Hashable, Sendable {
    /// What git is asked for.
    public var repository: String
    /// The branch, tag or commit; nil is the repository's default branch.
    public var revision: String?
    /// The path within, clean; empty is the top.
    public var path: String

    /// The reference that a text is; nil when it is something else.
    ///
    /// A revision that git would take for an option and a path that leads out of the repository make it none.
    public init?(_ text: String) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let repository = Self.repository(parts[0]) else { return nil }
        self.repository = repository
        let fragment = (parts.count > 1 ? parts[1] : "")
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        revision = fragment.first.flatMap { $0.isEmpty ? nil : String($0) }
        guard let path = Self.clean(fragment.count > 1 ? String(fragment[1]) : "") else { return nil }
        self.path = path
        if let revision, revision.hasPrefix("-") || revision.contains(where: \.isWhitespace) { return nil }
    }

    /// Whether the revision is a whole commit, which never comes to mean something else.
    public var isPinned: Bool { revision.map(Self.isCommit) ?? false }

    /// The last part of the repository's address, without `.git`.
    public var name: String {
        let last = repository.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// Whether a text is a whole object name, of SHA-1 or SHA-256.
    static func isCommit(_ text: String) -> Bool {
        [40, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func repository(_ text: String) -> String? {
        if text.hasPrefix("github.com/") { return "https://" + text }
        if text.hasPrefix("git://") || text.hasPrefix("ssh://") { return text }
        if text.hasPrefix("git@"), text.contains(":") { return text }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), text.hasSuffix(".git") else { return nil }
        return text
    }

    private static func clean(_ path: String) -> String? {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { return nil }
        return parts.joined(separator: "/")
    }
}

extension GitReference: CustomStringConvertible {
    /// The reference as it would be written.
    public var description: String {
        let fragment = (revision ?? "") + (path.isEmpty ? "" : ":" + path)
        return repository + (fragment.isEmpty ? "" : "#" + fragment)
    }
}
