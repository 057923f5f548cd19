import Git
import HTTP
import OCI

/// Sources of one instruction that come from the same tree.
struct CopyPart: Sendable {
    var paths: [String]
    let source: CopySource
    /// Whether archives among them are unpacked.
    let unpacks: Bool
}

extension StageBuild {
    /// The sources of an instruction, in order. What comes from elsewhere is fetched.
    func parts(of copy: CopyInstruction, _ step: BuildStep) throws -> [CopyPart] {
        let remotes = try copy.files.sources.map { try RemoteSource($0) }
        guard copy.keyword == "ADD" || remotes.allSatisfy({ $0 == nil }) else {
            throw BuilderError(.other("COPY takes nothing from elsewhere; ADD does"))
        }
        guard copy.checksum == nil || remotes.count == 1 && remotes[0] != nil && copy.files.heredocs.isEmpty else {
            throw BuilderError(.other("--checksum needs one source, and that from elsewhere"))
        }
        var parts: [CopyPart] = []
        var isLocal = false
        for (path, remote) in zip(copy.files.sources, remotes) {
            switch remote {
            case .web(let file): parts.append(try web(file, copy, step))
            case .git(let reference): parts.append(try git(reference, copy))
            case nil where isLocal: parts[parts.count - 1].paths.append(path)
            case nil: parts.append(try local(path, copy))
            }
            isLocal = remote == nil
        }
        return parts
    }

    private func local(_ path: String, _ copy: CopyInstruction) throws -> CopyPart {
        let source = try session.source(copy.files.from.flatMap { node.sources[$0] ?? .image($0) })
        return CopyPart(paths: [path], source: source, unpacks: copy.unpacks ?? true)
    }

    private func web(_ file: WebFile, _ copy: CopyInstruction, _ step: BuildStep) throws -> CopyPart {
        let checksum = try copy.checksum.map { text in
            guard let digest = try? Digest(parsing: text), digest.algorithm == "sha256" else {
                throw BuilderError(.badChecksum(text))
            }
            return digest
        }
        let (layer, version) = try session.remotes.layer(of: file, checksum: checksum) { [session] in
            session.tell(.output(step, $0))
        }
        let source = try session.fetched(layer, identity: "web \(version.name) \(version.digest)")
        return CopyPart(paths: [Self.literal(version.name)], source: source, unpacks: copy.unpacks ?? false)
    }

    private func git(_ reference: GitReference, _ copy: CopyInstruction) throws -> CopyPart {
        var reference = reference
        if let keeps = copy.keepsGitDirectory {
            guard reference.keepsGitDirectory ?? keeps == keeps else {
                throw BuilderError(.other("--keep-git-dir=\(keeps) and keep-git-dir=\(!keeps) in the source"))
            }
            reference.keepsGitDirectory = keeps
        }
        if let checksum = copy.checksum { try reference.demand(checksum) }
        let (layer, identity) = try session.remotes.layer(of: reference)
        let path = reference.path.split(separator: "/").map { Self.literal(String($0)) }.joined(separator: "/")
        let source = try session.fetched(layer, identity: identity)
        return CopyPart(paths: [path.isEmpty ? "/" : path], source: source, unpacks: copy.unpacks ?? false)
    }

    /// A pattern that is nothing but the name.
    private static func literal(_ name: String) -> String {
        String(name.flatMap { "*?[\\".contains($0) ? ["\\", $0] : [$0] })
    }
}

/// A source that is neither in the build context nor in a stage.
enum RemoteSource: Hashable, Sendable {
    case git(GitReference)
    case web(WebFile)

    /// Nil for a path. `github.com/…` is one, here as in BuildKit.
    init?(_ text: String) throws {
        if !text.hasPrefix("github.com/"), let reference = try GitReference(naming: text) {
            self = .git(reference)
        } else if WebAddress.isMeant(by: text) {
            self = .web(try WebFile(text))
        } else {
            return nil
        }
    }
}
