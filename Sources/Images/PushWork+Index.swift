import Linux
import OCI
import Storage

extension PushWork {
    /// Brings an index with all that it leads to, as it is here.
    func perform(_ index: Descriptor) throws -> PushedImage {
        let bytes = try store.blobs.read(index.digest)
        guard case .index(let document) = try ManifestDocument(parsing: bytes) else {
            throw ImageError.malformed(subject: "index \(index.digest)", reason: "not an index")
        }
        let digests = try store.catalogue().digests(of: client.reference)
        if try isThere(index, digests) { return try finish(telling: document, index) }
        for manifest in document.manifests { try push(manifest: manifest) }
        try put(bytes, index)
        if hasTag { try client.put(bytes, index, as: client.reference.registryName) }
        try remember(index.digest)
        return finish(index)
    }

    private func finish(telling document: ImageIndex, _ index: Descriptor) throws -> PushedImage {
        tellThere(try document.manifests.flatMap { try read($0).manifest.layers.map(\.digest) })
        return finish(index)
    }

    private func read(_ descriptor: Descriptor) throws -> (manifest: ImageManifest, bytes: [UInt8]) {
        let bytes = try store.blobs.read(descriptor.digest)
        guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes) else {
            throw ImageError.malformed(subject: "index", reason: "an index in an index")
        }
        return (manifest, bytes)
    }

    private func push(manifest descriptor: Descriptor) throws {
        let (manifest, bytes) = try read(descriptor)
        for layer in manifest.layers { report(.preparing(layer: layer.digest)) }
        let layers = manifest.layers.map { (blob: $0, layer: Digest?.some($0.digest)) }
        let blobs = layers + [(blob: manifest.config, layer: nil)]
        let width = client.transport.settings.uploads
        _ = try Parallel.attempt(blobs, width: width) { try push($0.blob, toldAs: $0.layer) }
        try put(bytes, descriptor)
    }

    /// Stores a document by its digest, once for all names that are pushed at once.
    private func put(_ bytes: [UInt8], _ descriptor: Descriptor) throws {
        _ = try once(descriptor.digest) {
            try client.put(bytes, descriptor, as: descriptor.digest.description)
            return descriptor
        }
    }

    /// Keeps under which digest the registry knows what the name means.
    private func remember(_ digest: Digest) throws {
        try store.change { catalogue in
            let known = "\(client.reference.repository)@\(digest)"
            for id in catalogue.members(of: client.reference).map(\.description) {
                let digests = catalogue.images[id]?.digests ?? []
                catalogue.images[id]?.digests = Set(digests + [known]).sorted()
            }
        }
    }
}
