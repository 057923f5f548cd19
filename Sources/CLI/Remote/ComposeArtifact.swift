import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// A Compose project that was published to a registry, as a folder.
///
/// Its manifest has a layer for each file, whose annotations say what the file is called.
struct ComposeArtifact {
    /// Holds the folders, by digest.
    let folder: FilePath

    private static let fileType = "application/vnd.docker.compose.file+yaml"
    private static let variablesType = "application/vnd.docker.compose.envfile"
    private static let fileName = "compose.yaml"

    /// The project's first file. A reference by digest that is there already needs no registry.
    func localPath(of reference: ImageReference) throws -> String {
        if let digest = reference.digest, let known = known(digest) { return known }
        let artifact = try RegistryAccess.ofEnvironment().artifact(reference)
        if let known = known(artifact.descriptor.digest) { return known }
        let manifest = try JSON.decode(ImageManifest.self, from: artifact.manifest)
        let draft = try DraftFolder(in: folder.appending("drafts"))
        let tree = draft.path.appending("tree")
        try Folder.make(tree)
        for (name, bytes) in try files(manifest.layers, of: artifact) {
            try WholeFile.replace(tree.appending(name.description), with: bytes, isDurable: false, mode: 0o644)
        }
        let copy = path(of: artifact.descriptor.digest)
        do { try NameLink.rename(tree, to: copy) } catch { guard Folder.hasEntry(copy) else { throw error } }
        return copy.appending(Self.fileName).string
    }

    private func path(of digest: Digest) -> FilePath { folder.appending(digest.hex) }

    private func known(_ digest: Digest) -> String? {
        let file = path(of: digest).appending(Self.fileName)
        return Folder.hasEntry(file) ? file.string : nil
    }

    /// The files by name. Those that are laid over each other become documents of one; those that are extended or
    /// hold variables keep their names, which are no paths.
    private func files(_ layers: [Descriptor], of artifact: RegistryArtifact) throws -> [(FileName, [UInt8])] {
        var whole: [UInt8] = []
        var others: [(FileName, [UInt8])] = []
        for layer in layers {
            let annotations = layer.annotations ?? [:]
            switch layer.mediaType.rawValue {
            case Self.fileType where annotations["com.docker.compose.extends"] == "true":
                others.append((try Self.name(annotations["com.docker.compose.file"]), try artifact.blob(layer)))
            case Self.fileType:
                if !whole.isEmpty { whole += Array("\n---\n".utf8) }
                whole += try artifact.blob(layer)
            case Self.variablesType:
                others.append((try Self.name(annotations["com.docker.compose.envfile"]), try artifact.blob(layer)))
            default: continue
            }
        }
        guard !whole.isEmpty, let name = FileName(Self.fileName) else {
            throw Failure("\(artifact.reference): no Compose file in the artifact")
        }
        return others + [(name, whole)]
    }

    private static func name(_ text: String?) throws -> FileName {
        guard let name = FileName(text ?? ""), name.description != fileName else {
            throw Failure("the artifact calls a file \((text ?? "").quoted), which is no name of a file beside it")
        }
        return name
    }
}
