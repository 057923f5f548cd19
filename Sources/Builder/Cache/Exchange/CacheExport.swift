import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// Gives what the steps of a build came to out for other machines.
struct CacheExport {
    let target: CacheTarget
    let images: ImageStore
    let access: RegistryAccess?

    /// Writes steps with their layers.
    ///
    /// - Parameter absent: steps whose layers are named alone.
    func write(_ steps: [CacheDocument.Step], absent: [CacheDocument.Step]) throws {
        switch target.place {
        case .folder(let path, let tag):
            let layout = ImageLayout(path)
            var (manifest, _) = try pack(steps, absent, into: layout.blobs)
            manifest.annotations = ["org.opencontainers.image.ref.name": tag]
            try layout.list([manifest])
        case .registry(let reference):
            let draft = try DraftFolder(in: images.drafts)
            let blobs = BlobStore(draft.path)
            let (manifest, parts) = try pack(steps, absent, into: blobs)
            try (access ?? .ofEnvironment()).push(manifest, with: parts, from: blobs, as: reference)
            _ = consume draft
        // The image was given out with it.
        case .image: break
        }
    }

    private func pack(
        _ steps: [CacheDocument.Step],
        _ absent: [CacheDocument.Step],
        into blobs: BlobStore
    ) throws -> (manifest: Descriptor, parts: [Descriptor]) {
        let packer = try ImagePacker(images, into: blobs, form: target.form)
        var seen: Set<Digest> = []
        let order = steps.map(\.layer).filter { seen.insert($0).inserted }
        let packed = Dictionary(uniqueKeysWithValues: zip(order, try packer.layers(order)))
        let known = try CacheDocument(steps, absent: absent, blobs: packed)
        let document = try packer.document(known, as: CacheDocument.mediaType)
        let created = Dictionary(steps.map { ($0.layer, $0.created) }, uniquingKeysWith: { first, _ in first })
        let layers = order.compactMap { layer in
            packed[layer].map { blob in
                var blob = blob
                blob.annotations = [
                    "containerd.io/uncompressed": layer.description,
                    "buildkit/createdat": Timestamp.text(created[layer] ?? 0),
                ]
                return blob
            }
        }
        let parts = layers + [document]
        let manifest =
            target.isImage
            ? try packer.document(ImageManifest(config: document, layers: layers))
            : try packer.document(ImageIndex(manifests: parts))
        return (manifest, parts)
    }
}
