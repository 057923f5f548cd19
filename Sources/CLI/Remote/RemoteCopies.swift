import ComposeSpec
import Git
import Images
import Linux
import OCI
import Storage
import SystemPackage

/// Compose files that are not on this machine, as copies below the root: by commit or by digest, so that a copy
/// never changes.
struct RemoteCopies: RemoteFiles {
    let root: StateRoot
    let environment: [String: String]

    func localPath(of reference: RemoteReference) throws -> String {
        switch reference {
        case .git(let reference):
            let copies = GitCopies(in: root.cache.appending("git"), environment: environment)
            return try file(in: try copies.copy(of: reference), at: reference)
        case .artifact(let name):
            let artifact = ComposeArtifact(folder: root.cache.appending("compose"))
            return try artifact.localPath(of: try ImageReference(parsing: name))
        }
    }

    /// The file at the reference's path, or the one with a usual name in the folder there.
    ///
    /// What leads out of the copy is none of the repository's.
    private func file(in copy: FilePath, at reference: GitReference) throws -> String {
        let tree = RootedFolder(copy)
        let path = reference.path.isEmpty ? "." : reference.path
        guard let mode = try tree.mode(of: path) else { throw Failure("\(reference): no such file in the repository") }
        let candidates =
            mode & 0o170000 == 0o040000
            ? Loader.usualNames.map { reference.path.isEmpty ? $0 : "\(reference.path)/\($0)" } : [reference.path]
        for candidate in candidates {
            guard let mode = try tree.mode(of: candidate) else { continue }
            guard mode & 0o170000 == 0o100000 else { throw Failure("\(reference): \(candidate) is not a regular file") }
            guard try !Self.passesLink(candidate, in: copy) else {
                throw Failure("\(reference): \(candidate) is behind a symbolic link")
            }
            return copy.appending(candidate).string
        }
        throw Failure("\(reference): no Compose file in the repository")
    }

    private static func passesLink(_ path: String, in copy: FilePath) throws -> Bool {
        var place = copy
        for part in path.split(separator: "/") {
            place.append(String(part))
            if try FileStatus.of(place)?.kind == .symbolicLink { return true }
        }
        return false
    }
}
