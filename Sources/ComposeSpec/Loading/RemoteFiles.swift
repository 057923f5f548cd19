public import Git
import YAML

/// A Compose file that is not on this machine.
public enum RemoteReference: Hashable, Sendable {
    /// A file of a git repository, or a folder with one of the usual names in it.
    case git(GitReference)
    /// A Compose project published to a registry: `oci://registry/name:tag`.
    case artifact(String)

    /// The reference that a text is; nil for a path of this machine.
    init?(_ text: String) throws(GitError) {
        if text.hasPrefix("oci://") {
            self = .artifact(String(text.dropFirst("oci://".count)))
        } else if let git = try GitReference(text) {
            self = .git(git)
        } else {
            return nil
        }
    }

    /// What a project is called that lies there and says nothing itself.
    var name: String {
        switch self {
        case .git(let reference): reference.name
        case .artifact(let name):
            name.split(separator: "/").last?.split { $0 == ":" || $0 == "@" }.first.map(String.init) ?? ""
        }
    }

    /// The variable that turns such references off with `false`.
    fileprivate var switchName: String {
        switch self {
        case .git: "COMPOSE_EXPERIMENTAL_GIT_REMOTE"
        case .artifact: "COMPOSE_EXPERIMENTAL_OCI_REMOTE"
        }
    }
}

/// Brings Compose files that are not on this machine.
public protocol RemoteFiles: Sendable {
    /// The file's path in a copy of all that lies beside it; that copy is always of the same commit or digest.
    func localPath(of reference: RemoteReference) throws -> String
}

/// Where a file is that was named in a command or in another file.
struct FileLocation {
    /// Absolute.
    var path: String
    /// Where its relative paths start.
    var folder: String { PathText.folder(of: path) }
}

/// Finds files by the texts that name them.
struct FileFinding {
    let remoteFiles: (any RemoteFiles)?
    let environment: [String: String]
    let reading: FileReading

    /// Where a file is; what is remote is brought.
    func location(of text: String, folder: String) throws(LoadError) -> FileLocation {
        guard let reference = try reference(text) else {
            if text.contains("://") { throw LoadError(.remoteFile(text, why: "no such kind of reference is known")) }
            let path = PathText.expandingHome(text, home: environment["HOME"])
            return FileLocation(path: PathText.joined(folder, path))
        }
        guard environment[reference.switchName]?.lowercased() != "false" else {
            throw LoadError(.remoteFile(text, why: "\(reference.switchName) turns remote files off"))
        }
        guard let remoteFiles else { throw LoadError(.remoteFile(text, why: "remote files cannot be read here")) }
        do {
            let location = FileLocation(path: try remoteFiles.localPath(of: reference))
            reading.fetched(text)
            return location
        } catch {
            throw LoadError(.remoteFile(text, why: "\(error)"))
        }
    }

    private func reference(_ text: String) throws(LoadError) -> RemoteReference? {
        do throws(GitError) {
            return try RemoteReference(text)
        } catch {
            throw LoadError(.remoteFile(text, why: "\(error)"))
        }
    }
}
