/// Why there is no copy of a commit.
public enum GitError: Error, Hashable, Sendable {
    /// The program is not installed.
    case noProgram
    /// The repository has no branch and no tag of this name.
    case noSuchRevision(String, repository: String)
    /// A call of the program failed; it has said why.
    case failed(String, code: Int32)
}

extension GitError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .noProgram: "git is not installed"
        case .noSuchRevision(let revision, let repository):
            "\(repository) has no branch, no tag and no commit \"\(revision)\""
        case .failed(let command, let code): "git \(command) exited with \(code)"
        }
    }
}
