import HTTP
import JSON
import Linux
public import SystemPackage

/// A repository that is somewhere else.
public struct GitRemote: Sendable {
    /// What a revision means at present.
    public struct Position: Hashable, Sendable {
        /// The commit.
        public var commit: String
        /// What the server calls it, such as `refs/heads/main`; nil for a commit that was named itself.
        public var name: String?
        /// The tag's own name as an object, where it is one.
        public var tag: String?
    }

    /// Its address.
    public let repository: String
    private let git: GitProgram

    /// The credentials of an HTTP address go along as a header: so they are in no list of processes and in no file.
    ///
    /// - Parameters:
    ///   - environment: What git is run with.
    ///   - authorization: The value of that header, if it is known otherwise.
    public init(_ repository: String, environment: [String: String], authorization: String? = nil) {
        var value = authorization
        var secrets: [(name: String, value: String)] = []
        var repository = repository
        if repository.hasPrefix("https://") || repository.hasPrefix("http://") {
            let parts = repository.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(
                String.init
            )
            let host = parts[2].split(separator: "@").last.map(String.init) ?? ""
            if let sign = parts[2].lastIndex(of: "@") {
                let user = WebAddress.decoded(parts[2][..<sign])
                let end = user.contains(UInt8(ascii: ":")) ? [] : [UInt8(ascii: ":")]
                value = value ?? "Basic \(Base64.encode(user + end))"
                repository = "\(parts[0])//\(host)/\(parts.dropFirst(3).joined(separator: "/"))"
            }
            if let value { secrets = [("http.\(parts[0])//\(host)/.extraHeader", "Authorization: \(value)")] }
        }
        self.repository = repository
        git = GitProgram(environment: environment, secrets: secrets)
    }

    /// What a reference means now; nobody is asked what a whole commit means.
    ///
    /// - Throws: ``GitError``, `SystemError`.
    public func position(of reference: GitReference) throws -> Position {
        let position = try find(reference)
        guard let checksum = reference.checksum else { return position }
        guard [position.commit, position.tag].contains(where: { $0?.hasPrefix(checksum) ?? false }) else {
            throw GitError.wrongCommit("\(reference)", expected: checksum, actual: position.commit)
        }
        return position
    }

    private func find(_ reference: GitReference) throws -> Position {
        if let revision = reference.revision, reference.isPinned { return Position(commit: revision) }
        let wanted = reference.revision ?? "HEAD"
        let output = try git.run("ls-remote", ["--quiet", "--", repository])
        let lines = output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        let objects = Dictionary(lines.filter { $0.count == 2 }.map { ($0[1], $0[0]) }) { one, _ in one }
        for name in [wanted, "refs/heads/\(wanted)", "refs/tags/\(wanted)"] {
            guard let object = objects[name], GitReference.isCommit(object) else { continue }
            // Of an annotated tag the commit that it is about.
            guard let commit = objects["\(name)^{}"], GitReference.isCommit(commit) else {
                return Position(commit: object, name: name)
            }
            return Position(commit: commit, name: name, tag: object)
        }
        throw GitError.noSuchRevision(wanted, repository: repository)
    }

    /// Puts the files of a commit into a folder that does not exist yet.
    ///
    /// - Parameters:
    ///   - hasSubmodules: Whether the repositories within come along.
    ///   - keepsGitDirectory: Whether git's own files stay.
    /// - Returns: When the commit was made, in seconds since 1970.
    @discardableResult
    public func checkOut(
        _ position: Position,
        to folder: FilePath,
        hasSubmodules: Bool = false,
        keepsGitDirectory: Bool = false
    ) throws -> Int64 {
        let inside = ["-C", folder.string]
        try git.run("init", ["--quiet", folder.string])
        try git.run("remote", ["add", "origin", repository], options: inside)
        try fetch(position, inside)
        try git.run("checkout", ["--quiet", "--detach", position.commit], options: inside)
        if hasSubmodules, Folder.hasEntry(folder.appending(".gitmodules")) {
            let words = ["update", "--quiet", "--init", "--recursive", "--depth=1"]
            try git.run("submodule", words, options: inside)
        }
        let time = try git.run("show", ["--no-patch", "--format=%ct", position.commit], options: inside)
        if keepsGitDirectory { try tidy(folder) } else { try removeGitFiles(folder) }
        return Int64(time.filter(\.isNumber)) ?? 0
    }

    private func fetch(_ position: Position, _ inside: [String]) throws {
        let words = ["--quiet", "--depth=1", "--no-tags", "--", "origin"]
        do {
            try git.run("fetch", words + [position.tag ?? position.commit], options: inside)
        } catch let error as GitError {
            // Some servers give nothing but what they have a name for.
            guard let name = position.name else { throw error }
            try git.run("fetch", words + [name], options: inside)
        }
        if let name = position.name, name.hasPrefix("refs/") {
            try git.run("update-ref", [name, position.tag ?? position.commit], options: inside)
        }
    }

    /// Takes away what nobody needs of the fetch. The index stays, and with it what it says of inodes and times.
    private func tidy(_ folder: FilePath) throws {
        let own = folder.appending(".git")
        try Removal.tree(own.appending("logs"))
        try Removal.tree(own.appending("hooks"))
        try Removal.file(own.appending("FETCH_HEAD"))
    }

    /// A submodule has a file `.git` that says where the rest is.
    private func removeGitFiles(_ folder: FilePath) throws {
        try Removal.tree(folder.appending(".git"))
        guard Folder.hasEntry(folder.appending(".gitmodules")) else { return }
        var walk = try TreeWalk(OpenFolder(opening: folder))
        while let visit = try walk.next() {
            guard case .entry(let name, let status) = visit, status.kind == .regular, name.description == ".git" else {
                continue
            }
            try walk.folder.removeFile(name)
        }
    }
}
