import Compression
import Gzip
import Hashing
import JSON
import Linux
import OCI
import Storage

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
        let blobs = known.compactMap(\.blob)
        let document = try origin?.document ?? (blobs.count == known.count ? manifest(blobs) : nil)
        if let document, try isThere(document.descriptor, entry.digests) {
            tellThere(known.map(\.diffID))
            return finish(document.descriptor)
        }
        let pushed = try push(known)
        try push(configuration(), toldAs: nil)
        // A layer whose blob was known, but is nowhere any more, was packed anew.
        let isAsKnown = origin != nil || pushed == blobs
        let (descriptor, bytes) = try document.flatMap { isAsKnown ? $0 : nil } ?? manifest(pushed)
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

    private typealias Document = (descriptor: Descriptor, bytes: [UInt8])
    private typealias Original = (manifest: ImageManifest, document: Document)

    /// The manifest that the image came with; nil if not all that it names is here.
    private func original(_ descriptor: Descriptor) throws -> Original? {
        guard blobs.contains(descriptor.digest) else { return nil }
        let bytes = try blobs.read(descriptor.digest)
        guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes),
            manifest.config.digest == image.id, manifest.layers.allSatisfy({ blobs.contains($0.digest) })
        else { return nil }
        return (manifest, (descriptor, bytes))
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

    private func configuration() throws -> Descriptor {
        Descriptor(mediaType: .configuration, digest: image.id, size: try blobs.size(of: image.id) ?? 0)
    }

    private func manifest(_ layers: [Descriptor]) throws -> Document {
        let bytes = try JSON.encode(ImageManifest(config: configuration(), layers: layers))
        let digest = Digest(sha256: SHA256.sum(bytes))
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
        let results = try Parallel.attempt(work, width: client.transport.settings.uploads) { layer in
            let (pushed, wasThere) = try once(layer.content) { try push(layer) }
            if wasThere { report(.alreadyExists(layer: layer.diffID)) }
            return pushed
        }
        let pushed = Dictionary(zip(work.map(\.content), results), uniquingKeysWith: { first, _ in first })
        return layers.compactMap { pushed[$0.content] }
    }

    private func push(_ layer: Layer) throws -> Descriptor {
        if let blob = layer.blob, try bring(blob, toldAs: layer.diffID) { return blob }
        return try pack(layer)
    }

    /// Brings a blob that is here unless another push has.
    ///
    /// - Parameter layer: As what it is told of; nil is not at all.
    func push(_ blob: Descriptor, toldAs layer: Digest?) throws {
        let (_, wasThere) = try once(blob.digest) {
            guard try bring(blob, toldAs: layer) else { throw StorageError.unknownBlob(blob.digest) }
            return blob
        }
        if wasThere, let layer { report(.alreadyExists(layer: layer)) }
    }

    /// Sees to it that a blob is in the repository: it is there, comes from another one, or goes as it is here.
    ///
    /// - Returns: False where it is nowhere.
    private func bring(_ blob: Descriptor, toldAs layer: Digest?) throws -> Bool {
        func tell(_ event: (Digest) -> PushEvent) { if let layer { report(event(layer)) } }
        if try client.size(of: blob.digest) != nil {
            tell { .alreadyExists(layer: $0) }
            return true
        }
        if let repository = sources.repository(of: blob.digest),
            case .mounted = try client.begin(mounting: blob.digest, from: repository)
        {
            tell { .mounted(layer: $0, repository: "\(client.reference.domain)/\(repository)") }
            return true
        }
        guard blobs.contains(blob.digest) else { return false }
        try client.upload(blob) {
            try blobs.source(blob.digest)
        } progressed: { count in
            tell { .pushing(layer: $0, bytes: count, size: blob.size) }
        }
        tell { .pushed(layer: $0) }
        return true
    }

    /// Brings a blob to the repository unless another push has.
    func once(_ content: Digest, _ bring: () throws -> Descriptor) throws -> (Descriptor, wasThere: Bool) {
        let upload = Upload(repository: client.reference.repository, content: content)
        return try client.transport.uploads.value(upload, bring)
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
