import HTTP

/// A place in a git repository: `https://host/team/shop.git#main:deploy`.
///
/// The part behind `#` names a branch, a tag or a commit, and behind a colon a folder; a query says the same and more:
/// `?branch=main&subdir=deploy&checksum=…`. Which texts are references at all is the rule of BuildKit's contexts: a
/// scheme of git's own, `user@host:path`, `github.com/`, or an HTTP address whose path ends in `.git`.
public struct GitReference: Hashable, Sendable {
    /// What git is asked for.
    public var repository: String
    /// The branch, tag or commit; nil is the repository's default branch.
    public var revision: String?
    /// The path within, clean; empty is the top.
    public var path: String
    /// What the commit's name has to begin with.
    public var checksum: String?
    /// Whether `.git` is wanted as well; nil where the reference does not say.
    public var keepsGitDirectory: Bool?
    /// Whether the repositories within are wanted as well; nil where the reference does not say.
    public var hasSubmodules: Bool?

    /// The reference that a text is; nil when it is something else.
    ///
    /// - Throws: ``GitError/badReference(_:reason:)`` for one that says what cannot be.
    public init?(_ text: String) throws(GitError) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let address = parts[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let repository = Self.repository(address[0]) else { return nil }
        self.repository = repository
        let fragment = (parts.count > 1 ? parts[1] : "")
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        revision = fragment.first.flatMap { $0.isEmpty ? nil : String($0) }
        path = fragment.count > 1 ? String(fragment[1]) : ""
        do throws(Mistake) {
            if address.count > 1 { try read(query: address[1]) }
            try clean()
        } catch {
            throw .badReference(text, reason: error.reason)
        }
    }

    /// Says what the commit's name has to begin with.
    ///
    /// - Throws: ``GitError/badReference(_:reason:)`` for what is no such beginning, or another than the reference has.
    public mutating func demand(_ checksum: String) throws(GitError) {
        guard Self.isHexadecimal(checksum), !checksum.isEmpty else {
            throw .badReference(checksum, reason: "not a commit")
        }
        if let own = self.checksum, own != checksum { throw .badReference(own, reason: "not \(checksum)") }
        self.checksum = checksum
        if revision == nil { revision = checksum }
    }

    /// Whether the revision is a whole commit, which never comes to mean something else.
    public var isPinned: Bool { revision.map(Self.isCommit) ?? false }

    /// The last part of the repository's address, without `.git`.
    public var name: String {
        let last = repository.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// Whether a text is a whole object name, of SHA-1 or SHA-256.
    static func isCommit(_ text: String) -> Bool { [40, 64].contains(text.utf8.count) && isHexadecimal(text) }

    private static func isHexadecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    // MARK: Reading

    private struct Mistake: Error { let reason: String }

    private static func repository(_ text: String) -> String? {
        if text.hasPrefix("github.com/") { return "https://" + text }
        if text.hasPrefix("git://") || text.hasPrefix("ssh://") { return text }
        if text.hasPrefix("https://") || text.hasPrefix("http://") { return text.hasSuffix(".git") ? text : nil }
        return isSecureCopy(text) ? text : nil
    }

    /// Whether a text is `user@host:path`.
    private static func isSecureCopy(_ text: String) -> Bool {
        guard let sign = text.firstIndex(of: "@"), let colon = text[sign...].firstIndex(of: ":") else { return false }
        let (user, host) = (text[..<sign], text[text.index(after: sign)..<colon])
        let isName = { (name: Substring, more: String) in
            !name.isEmpty && name.first != "-"
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || more.contains($0) }
        }
        return isName(user, "-_") && isName(host, "-.")
    }

    private mutating func read(query: String) throws(Mistake) {
        var seen: Set<Substring> = []
        for field in query.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard seen.insert(parts[0]).inserted else { throw Mistake(reason: "\"\(parts[0])\" is there twice") }
            let value = parts.count > 1 ? WebAddress.decoded(parts[1]) : []
            try set(parts[0], String(decoding: value, as: UTF8.self))
        }
        if let checksum, revision == nil { revision = checksum }
    }

    private mutating func set(_ key: Substring, _ value: String) throws(Mistake) {
        switch key {
        case "keep-git-dir": keepsGitDirectory = try boolean(key, value)
        case "submodules": hasSubmodules = try boolean(key, value)
        case "ref": try fill(\.revision, key, value)
        case "tag": try fill(\.revision, key, value.hasPrefix("refs/tags/") ? value : "refs/tags/\(value)")
        case "branch": try fill(\.revision, key, value.hasPrefix("refs/heads/") ? value : "refs/heads/\(value)")
        case "checksum", "commit": try fill(\.checksum, key, value)
        case "subdir":
            guard path.isEmpty || path == value else { throw Mistake(reason: "\"\(path)\" and \"\(value)\"") }
            path = value
        default: throw Mistake(reason: "\"\(key)\" is not known")
        }
    }

    private mutating func fill(
        _ place: WritableKeyPath<GitReference, String?>,
        _ key: Substring,
        _ value: String
    ) throws(Mistake) {
        guard !value.isEmpty, !value.hasSuffix("/") else { throw Mistake(reason: "\"\(key)\" has no value") }
        if let other = self[keyPath: place], other != value {
            throw Mistake(reason: "\"\(other)\" and \"\(value)\"")
        }
        self[keyPath: place] = value
    }

    private func boolean(_ key: Substring, _ value: String) throws(Mistake) -> Bool {
        switch value {
        case "", "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw Mistake(reason: "\(key)=\(value) is not true or false")
        }
    }

    private mutating func clean() throws(Mistake) {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw Mistake(reason: "\"\(path)\" leads out of the repository") }
        path = parts.joined(separator: "/")
        if let revision, revision.hasPrefix("-") || revision.contains(where: \.isWhitespace) {
            throw Mistake(reason: "\"\(revision)\" is not a revision")
        }
        if let checksum, !Self.isHexadecimal(checksum) { throw Mistake(reason: "\"\(checksum)\" is not a commit") }
    }
}

extension GitReference: CustomStringConvertible {
    /// The reference as it would be written, without what its query says.
    public var description: String {
        let fragment = (revision ?? "") + (path.isEmpty ? "" : ":" + path)
        return repository + (fragment.isEmpty ? "" : "#" + fragment)
    }
}
