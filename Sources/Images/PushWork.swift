import Compression
import Gzip
import JSON
import Linux
import OCI
import Storage
import Synchronization

/// One push to one endpoint.
struct PushWork: Sendable {
    let store: ImageStore
    let client: RegistryClient
    let image: Image
    let sources: MountSources
    let report: @Sendable (PushEvent) -> Void
    /// Whether the manifest gets the reference's tag there, and not its digest alone.
    var hasTag = true

    private var blobs: BlobStore { store.blobs }

    /// A layer, and the blob that it is or was given out as, if that is known.
    private struct Layer: Sendable {
        let diffID: Digest
        let blob: Descriptor?

        /// What goes: one layer may be packed in several ways.
        var content: Digest { blob?.digest ?? diffID }
    }

    func perform() throws -> PushedImage {
        guard let entry = try store.catalogue().images[image.id.description] else {
            throw ImageError.notFound(image.id.description)
        }
        let origin = try entry.origin.flatMap(original)
        let known = origin.map { layers(of: $0.manifest) } ?? layers(of: entry)
        for layer in known { report(.preparing(layer: layer.diffID)) }
        if let whole = try origin?.descriptor ?? manifest(of: known), try isThere(whole, entry.digests) {
            tellThere(known.map(\.diffID))
            return finish(whole)
        }
        let pushed = try push(known)
        try push(blob: image.id)
        let (descriptor, bytes) = try origin.map { ($0.descriptor, $0.bytes) } ?? manifest(pushed)
        try client.put(bytes, descriptor, as: hasTag ? client.reference.registryName : descriptor.digest.description)
        try remember(descriptor.digest, packed: pushed, entry)
        return finish(descriptor)
    }

    /// Whether a document that was brought or fetched before is still what the name means there, with all that it leads to.
    /// - Parameter digests: References by digest that are known of the image.
    func isThere(_ document: Descriptor, _ digests: [String]) throws -> Bool {
        guard digests.contains("\(client.reference.repository)@\(document.digest)") else { return false }
        let name = hasTag ? client.reference.registryName : document.digest.description
        return try client.head(name)?.digest == document.digest
    }

    /// Tells of each layer once that nothing is to be done for it.
    func tellThere(_ layers: [Digest]) {
        var seen: Set<Digest> = []
        for layer in layers where seen.insert(layer).inserted { report(.alreadyExists(layer: layer)) }
    }

    /// Tells the end of it.
    func finish(_ descriptor: Descriptor) -> PushedImage {
        let result = PushedImage(reference: client.reference, digest: descriptor.digest, size: descriptor.size)
        report(.tagged(result))
        return result
    }

    // MARK: What goes

    private typealias Original = (manifest: ImageManifest, descriptor: Descriptor, bytes: [UInt8])

    /// The manifest that the image came with; nil if not all that it names is here.
    private func original(_ descriptor: Descriptor) throws -> Original? {
        guard blobs.contains(descriptor.digest) else { return nil }
        let bytes = try blobs.read(descriptor.digest)
        guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes),
            manifest.config.digest == image.id, manifest.layers.allSatisfy({ blobs.contains($0.digest) })
        else { return nil }
        return (manifest, descriptor, bytes)
    }

    private func layers(of manifest: ImageManifest) -> [Layer] {
        zip(image.layers, manifest.layers).map { Layer(diffID: $0, blob: $1) }
    }

    private func layers(of entry: Catalogue.Entry) -> [Layer] {
        image.layers.map { diffID in
            let name = diffID.description
            let whole = entry.blobs[name].flatMap { blobs.contains($0.digest) ? $0 : nil }
            // A plain tar, as archives have it, is packed too before it goes.
            let isPacked = whole.map { $0.mediaType != .layer } ?? false
            return Layer(diffID: diffID, blob: isPacked ? whole : entry.packed?[name])
        }
    }

    /// The manifest if it is known what all layers become.
    private func manifest(of layers: [Layer]) throws -> Descriptor? {
        let known = layers.compactMap(\.blob)
        return known.count == layers.count ? try manifest(known).0 : nil
    }

    private func manifest(_ layers: [Descriptor]) throws -> (Descriptor, [UInt8]) {
        let size = try blobs.size(of: image.id) ?? 0
        let config = Descriptor(mediaType: .configuration, digest: image.id, size: size)
        let bytes = try JSON.encode(ImageManifest(config: config, layers: layers))
        let digest = try blobs.write(bytes)
        return (Descriptor(mediaType: .manifest, digest: digest, size: Int64(bytes.count)), bytes)
    }

    /// Keeps under which digest the registry knows the image, and what its layers became.
    private func remember(_ digest: Digest, packed layers: [Descriptor], _ entry: Catalogue.Entry) throws {
        try store.change { catalogue in
            guard var entry = catalogue.images[image.id.description] else { return }
            entry.digests = Set(entry.digests + ["\(client.reference.repository)@\(digest)"]).sorted()
            for (diffID, descriptor) in zip(image.layers, layers) where entry.blobs[diffID.description] != descriptor {
                entry.packed = (entry.packed ?? [:]).merging([diffID.description: descriptor]) { $1 }
            }
            catalogue.images[image.id.description] = entry
        }
    }

    // MARK: Layers

    private func push(_ layers: [Layer]) throws -> [Descriptor] {
        var seen: Set<Digest> = []
        let work = layers.filter { seen.insert($0.content).inserted }
        let isFailed = Atomic(false)
        let results = try Parallel.map(work, width: client.transport.settings.uploads) {
            layer -> Result<Descriptor, any Error>? in
            guard !isFailed.load(ordering: .relaxed) else { return nil }
            let result = Result {
                let (pushed, wasThere) = try once(layer.content) { try push(layer) }
                if wasThere { report(.alreadyExists(layer: layer.diffID)) }
                return pushed
            }
            if case .failure = result { isFailed.store(true, ordering: .relaxed) }
            return result
        }
        var pushed: [Digest: Descriptor] = [:]
        for (layer, result) in zip(work, results) { pushed[layer.content] = try result?.get() }
        return layers.compactMap { pushed[$0.content] }
    }

    private func push(_ layer: Layer) throws -> Descriptor {
        if let blob = layer.blob {
            if try client.size(of: blob.digest) != nil {
                report(.alreadyExists(layer: layer.diffID))
                return blob
            }
            if let repository = sources.repository(of: blob.digest),
                case .mounted = try client.begin(mounting: blob.digest, from: repository)
            {
                report(.mounted(layer: layer.diffID, repository: "\(client.reference.domain)/\(repository)"))
                return blob
            }
            if blobs.contains(blob.digest) {
                try client.upload(blob) {
                    try blobs.source(blob.digest)
                } progressed: { count in
                    report(.pushing(layer: layer.diffID, bytes: count, size: blob.size))
                }
                report(.pushed(layer: layer.diffID))
                return blob
            }
        }
        return try pack(layer)
    }

    /// Brings a blob to the repository unless another push has.
    func once(_ content: Digest, _ bring: () throws -> Descriptor) throws -> (Descriptor, wasThere: Bool) {
        let upload = Upload(repository: client.reference.repository, content: content)
        return try client.transport.uploads.value(upload, bring)
    }

    private func push(blob digest: Digest) throws {
        _ = try once(digest) {
            let bytes = try blobs.read(digest)
            let descriptor = Descriptor(mediaType: .configuration, digest: digest, size: Int64(bytes.count))
            guard try client.size(of: digest) == nil else { return descriptor }
            try client.upload(descriptor) { ByteSource(bytes) }
            return descriptor
        }
    }

    /// Gives the tar of a layer: as it came, or made of its files.
    private func tar(of layer: Layer, to sink: @escaping ByteSink) throws {
        guard blobs.contains(layer.diffID) else { return try store.layers.writeTar(of: layer.diffID, to: sink) }
        let source = try blobs.source(layer.diffID)
        while let piece = try source.next() { try sink(piece) }
    }

    /// Takes the tar of a layer, packs it and sends it, all in one.
    private func pack(_ layer: Layer) throws -> Descriptor {
        let size = try store.layers.record(layer.diffID)?.tarSize ?? 0
        let sent = try client.transport.persist {
            guard case .session(let session, let minimum) = try client.begin() else {
                throw client.failure("an upload that leads nowhere")
            }
            var upload = ChunkedUpload(client, to: session, minimum: minimum)
            let packer = try GzipPacker()
            var (read, told): (Int64, Int64) = (0, 0)
            try tar(of: layer) { piece in
                try upload.write(packer.pack(piece))
                read += Int64(piece.count)
                guard upload.size > told else { return }
                told = upload.size
                report(.pushing(layer: layer.diffID, bytes: read, size: size))
            }
            try upload.write(packer.finish())
            return try upload.finish()
        }
        report(.pushed(layer: layer.diffID))
        return Descriptor(mediaType: .gzipLayer, digest: sent.digest, size: sent.size)
    }
}
