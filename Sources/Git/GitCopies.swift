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
        let commit = try commit(of: reference)
        let copy = folder.appending(commit)
        guard !Folder.hasEntry(copy) else { return copy }
        let draft = try DraftFolder(in: folder.appending("drafts"))
        let tree = draft.path.appending("tree")
        try git(["init", "--quiet", tree.string])
        try git(["-C", tree.string, "fetch", "--quiet", "--depth=1", "--no-tags", "--", reference.repository, commit])
        try git(["-C", tree.string, "checkout", "--quiet", "--detach", "FETCH_HEAD"])
        try Removal.tree(tree.appending(".git"))
        // Whoever came first has the same files.
        do { try NameLink.rename(tree, to: copy) } catch { guard Folder.hasEntry(copy) else { throw error } }
        return copy
    }

    private func commit(of reference: GitReference) throws -> String {
        if let revision = reference.revision, reference.isPinned { return revision }
        let wanted = reference.revision ?? "HEAD"
        let output = try git(["ls-remote", "--quiet", "--", reference.repository])
        let lines = output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        let references = Dictionary(lines.filter { $0.count == 2 }.map { ($0[1], $0[0]) }) { one, _ in one }
        // The commit that an annotated tag is about comes before the tag.
        let names = [wanted, "refs/heads/\(wanted)", "refs/tags/\(wanted)^{}", "refs/tags/\(wanted)"]
        guard let commit = names.compactMap({ references[$0] }).first, GitReference.isCommit(commit) else {
            throw GitError.noSuchRevision(wanted, repository: reference.repository)
        }
        return commit
    }

    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "advice.detachedHead=false", "init.defaultBranch=none",
        "protocol.ext.allow=never", "protocol.file.allow=never", "submodule.recurse=false",
    ]

    @discardableResult
    private func git(_ words: [String]) throws -> String {
        guard let program = Executable.find("git", in: environment["PATH"]) else { throw GitError.noProgram }
        var variables = environment.filter { !$0.key.hasPrefix("GIT_") || $0.key.hasPrefix("GIT_SSL") }
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_SSH_COMMAND"] = environment["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes"
        let (status, output) = try HelperProgram.run(
            program,
            arguments: Self.settings.flatMap { ["-c", $0] } + words,
            environment: variables.map { "\($0.key)=\($0.value)" },
            input: [],
            limit: 16 << 20
        )
        guard status == .exited(0) else {
            let command = words.first { ["init", "fetch", "checkout", "ls-remote"].contains($0) } ?? ""
            throw GitError.failed(command, code: status.code)
        }
        return String(decoding: output, as: UTF8.self)
    }
}
