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
        let isRemote = copy.files.sources.map(WebFile.isOne)
        guard copy.keyword == "ADD" || !isRemote.contains(true) else {
            throw BuilderError(.other("COPY takes nothing from elsewhere; ADD does"))
        }
        guard copy.checksum == nil || isRemote == [true] && copy.files.heredocs.isEmpty else {
            throw BuilderError(.other("--checksum needs one source, and that from elsewhere"))
        }
        var parts: [CopyPart] = []
        var isLocal = false
        for path in copy.files.sources {
            guard WebFile.isOne(path) else {
                if isLocal { parts[parts.count - 1].paths.append(path) } else { parts.append(try local(path, copy)) }
                isLocal = true
                continue
            }
            parts.append(try web(path, copy, step))
            isLocal = false
        }
        return parts
    }

    private func local(_ path: String, _ copy: CopyInstruction) throws -> CopyPart {
        let source = try session.source(copy.files.from.flatMap { node.sources[$0] ?? .image($0) })
        return CopyPart(paths: [path], source: source, unpacks: copy.unpacks ?? true)
    }

    private func web(_ url: String, _ copy: CopyInstruction, _ step: BuildStep) throws -> CopyPart {
        let checksum = try copy.checksum.map { text in
            guard let digest = try? Digest(parsing: text), digest.algorithm == "sha256" else {
                throw BuilderError(.badChecksum(text))
            }
            return digest
        }
        let file = try WebFile(url)
        let (layer, version) = try session.remotes.layer(of: file, checksum: checksum, for: session) { [session] in
            session.tell(.output(step, $0))
        }
        let source = try session.fetched(layer, identity: "web \(version.name) \(version.digest)")
        return CopyPart(paths: [Self.literal(version.name)], source: source, unpacks: copy.unpacks ?? false)
    }

    /// A pattern that is nothing but the name.
    private static func literal(_ name: String) -> String {
        String(name.flatMap { "*?[\\".contains($0) ? ["\\", $0] : [$0] })
    }
}
