import Git
import OCI

/// Something that a build fetched from elsewhere: a commit, or a file of the web.
struct Material: Hashable, Sendable {
    /// Where it came from, without the credentials that it was asked for with.
    let uri: String
    /// What it is the sum of: `sha1` of a commit, `sha256` of a file.
    let algorithm: String
    let hex: String

    /// A commit.
    init(_ repository: String, revision: String?, commit: String) {
        uri = repository + (revision.map { "#\($0)" } ?? "")
        algorithm = commit.utf8.count == 64 ? "sha256" : "sha1"
        hex = commit
    }

    /// A file of the web.
    init(_ file: WebFile, _ digest: Digest) {
        uri = file.address.text
        algorithm = digest.algorithm
        hex = digest.hex
    }
}

extension RemoteTrees {
    /// What was fetched for a reference; nil if nothing was.
    func material(of text: String) throws -> Material? {
        guard let reference = try GitReference(naming: text) else {
            let address = try WebFile(text).address.text
            return materials.first { $0.uri == address }
        }
        let repository = GitRemote(reference.repository, environment: [:]).repository
        let wanted = Material(repository, revision: reference.revision, commit: "")
        return materials.first { $0.uri == wanted.uri }
    }
}
