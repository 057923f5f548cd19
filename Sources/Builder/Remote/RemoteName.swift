import Git
import HTTP

extension String {
    /// What names something elsewhere, as it may be shown: without the credentials that it is asked for with.
    ///
    /// Of an address of git's own the user stays, such as the `git` of `ssh://git@host/path`.
    var withoutCredentials: String {
        guard let scheme = firstRange(of: "://") else { return self }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let sign = authority.lastIndex(of: "@") else { return self }
        let user = authority[..<sign].prefix { $0 != ":" }
        let shown = WebAddress.isMeant(by: self) || user.isEmpty ? "" : user + "@"
        return self[..<scheme.upperBound] + shown + self[index(after: sign)...]
    }
}

extension GitReference {
    /// The reference that a text is; nil when it is something else. What is wrong with one is told without credentials.
    init?(naming text: String) throws(GitError) {
        do throws(GitError) {
            guard let reference = try GitReference(text) else { return nil }
            self = reference
        } catch {
            guard case .badReference(_, let reason) = error else { throw error }
            throw .badReference(text.withoutCredentials, reason: reason)
        }
    }
}
