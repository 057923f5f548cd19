/// Why there is no copy of a commit.
public enum GitError: Error, Hashable, Sendable {
    /// A text is a reference, and says what cannot be.
    case badReference(String, reason: String)
    /// The program is not installed.
    case noProgram
    /// The repository has no branch and no tag of this name.
    case noSuchRevision(String, repository: String)
    /// A revision is another commit than it should be.
    case wrongCommit(String, expected: String, actual: String)
    /// A call of the program failed, and what it said last.
    case failed(String, code: Int32, reason: String)
}

extension GitError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .badReference(let text, let reason): "\(text): \(reason)"
        case .noProgram: "git is not installed"
        case .noSuchRevision(let revision, let repository):
            "\(repository) has no branch, no tag and no commit \"\(revision)\""
        case .wrongCommit(let reference, let expected, let actual):
            "\(reference) is commit \(actual), not \(expected) as it should be"
        case .failed(let command, let code, let reason):
            "git \(command) exited with \(code)\(reason.isEmpty ? "" : ": \(reason)")"
        }
    }
}
