import Linux
import Storage
public import SystemPackage

/// Copies of commits, one folder a commit, so that each is fetched once.
///
/// A copy has the files of the commit and nothing of git's own. Hooks, submodules and git's transports that run
/// programs are not used, and nobody is asked for a password.
public struct GitCopies: Sendable {
    private let folder: FilePath
    private let environment: [String: String]

    /// - Parameters:
    ///   - folder: Holds the copies; it need not exist.
    ///   - environment: What git is run with.
    public init(in folder: FilePath, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
    }

    /// The folder with the files of the commit that a reference means now; it is not asked for again what a whole
    /// commit means.
    ///
    /// - Throws: ``GitError``, `SystemError`.
    public func copy(of reference: GitReference) throws -> FilePath {
        let remote = GitRemote(reference.repository, environment: environment)
        let position = try remote.position(of: reference)
        let copy = folder.appending(position.commit)
        guard !Folder.hasEntry(copy) else { return copy }
        let draft = try DraftFolder(in: folder.appending("drafts"))
        let tree = draft.path.appending("tree")
        try remote.checkOut(position, to: tree)
        // Whoever came first has the same files.
        do { try NameLink.rename(tree, to: copy) } catch { guard Folder.hasEntry(copy) else { throw error } }
        return copy
    }
}
