import Compression
import JSON
import Linux
public import OCI
public import Storage

/// Writes images as blobs and the documents that name them, for whoever takes images only as such.
///
/// A layer that is there as a blob goes as it is; another one is packed from its files.
public struct ImagePacker: Sendable {
    private let store: ImageStore
    /// Where everything is written to.
    public let blobs: BlobStore
    private let form: LayerForm
    /// As what each layer is there already.
    private let known: [Digest: [Descriptor]]

    /// Packs images of a store.
    ///
    /// - Parameter blobs: where the blobs go; nil is to the store's own.
    public init(_ store: ImageStore, into blobs: BlobStore? = nil, form: LayerForm = LayerForm()) throws {
        self.store = store
        self.blobs = blobs ?? store.blobs
        self.form = form
        known = try store.catalogue().knownBlobs.mapValues { $0.filter { store.blobs.contains($0.digest) } }
    }

    /// Writes all that an image consists of.
    ///
    /// - Parameters:
    ///   - configuration: the bytes whose digest is the image's id.
    ///   - annotations: of the manifest.
    public func image(_ configuration: [UInt8], annotations: [String: String] = [:]) throws -> PackedImage {
        let layers = try layers(JSON.decode(ImageConfiguration.self, from: configuration).rootfs.diffIDs)
        let digest = try blobs.write(configuration)
        let named = Descriptor(mediaType: .configuration, digest: digest, size: Int64(configuration.count))
        let manifest = ImageManifest(
            config: form.named(named),
            layers: layers,
            annotations: annotations.isEmpty ? nil : annotations
        )
        return PackedImage(
            manifest: try document(manifest),
            configuration: manifest.config,
            layers: layers
        )
    }

    /// Writes an index.
    public func index(_ manifests: [Descriptor], annotations: [String: String] = [:]) throws -> Descriptor {
        var index = ImageIndex(manifests: manifests)
        if !annotations.isEmpty { index.annotations = annotations }
        return try document(index)
    }

    /// Writes a document.
    ///
    /// - Parameter mediaType: what it is, in OCI's words.
    public func document(_ document: some Encodable, as mediaType: MediaType) throws -> Descriptor {
        let bytes = try JSON.encode(document)
        return form.named(Descriptor(mediaType: mediaType, digest: try blobs.write(bytes), size: Int64(bytes.count)))
    }

    /// Writes a manifest, which calls itself by the names that are spoken.
    public func document(_ manifest: ImageManifest) throws -> Descriptor {
        var manifest = manifest
        manifest.mediaType = form.named(.manifest)
        return try document(manifest, as: .manifest)
    }

    /// Writes an index, which calls itself by the names that are spoken.
    public func document(_ index: ImageIndex) throws -> Descriptor {
        var index = index
        index.mediaType = form.named(.index)
        return try document(index, as: .index)
    }

    // MARK: Layers

    /// Writes layers, several at a time.
    public func layers(_ diffIDs: [Digest]) throws -> [Descriptor] {
        var seen: Set<Digest> = []
        let work = diffIDs.filter { seen.insert($0).inserted }
        let results = try Parallel.map(work, width: 2) { diffID in Result { try layer(diffID) } }
        var packed: [Digest: Descriptor] = [:]
        for (diffID, result) in zip(work, results) { packed[diffID] = try result.get() }
        return diffIDs.compactMap { packed[$0] }
    }

    private func layer(_ diffID: Digest) throws -> Descriptor {
        if let blob = known[diffID]?.first(where: { form.accepts($0.mediaType) }) {
            if blobs.layout != store.blobs.layout, !blobs.contains(blob.digest) {
                _ = try blobs.ingest(store.blobs.source(blob.digest), expecting: blob.digest, size: blob.size)
            }
            return form.named(blob)
        }
        let made = try pack(diffID)
        return form.named(Descriptor(mediaType: form.mediaType, digest: made.digest, size: made.size))
    }

    private func pack(_ diffID: Digest) throws -> (digest: Digest, size: Int64) {
        // A tar of another make can be given again only as it came.
        if let blob = known[diffID]?.first {
            return try blobs.ingest(form.pack(store.blobs.source(blob.digest).decompressed()))
        }
        return try Pipeline.connect { [layers = store.layers] sink in
            try layers.writeTar(of: diffID, to: sink)
        } to: { tar in
            try blobs.ingest(form.pack(tar))
        }
    }
}

/// An image as blobs.
public struct PackedImage: Hashable, Sendable {
    /// The manifest.
    public let manifest: Descriptor
    /// The configuration, whose digest is the image's id.
    public let configuration: Descriptor
    /// The layers, base first.
    public let layers: [Descriptor]
}

extension Catalogue {
    /// As what each layer came or went, by diff identifier.
    fileprivate var knownBlobs: [Digest: [Descriptor]] {
        var known: [Digest: [Descriptor]] = [:]
        for (name, blob) in images.values.flatMap(\.blobs) {
            guard let diffID = try? Digest(parsing: name), known[diffID]?.contains(blob) != true else { continue }
            known[diffID, default: []].append(blob)
        }
        return known.mapValues { $0.sorted { $0.digest < $1.digest } }
    }
}
