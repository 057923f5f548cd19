import Compression
import Images
import JSON
import Linux
import OCI
import Storage
import Synchronization

/// The caches of other machines that a build may take layers from. A layer comes when a step asks for it.
final class CacheImport: Sendable {
    private struct Shared {
        let entries: [String: CacheEntry]
        let fetch: @Sendable (Descriptor) throws -> ByteSource
    }

    private let caches: [Shared]
    private let draft: DraftFolder
    private let layers: LayerStore

    /// Looks into caches. One that cannot be had is told of, and done without.
    init(_ sources: [CacheSource], images: ImageStore, access: RegistryAccess?, tell: (BuildEvent) -> Void) throws {
        draft = try DraftFolder(in: images.drafts)
        layers = images.layers
        let blobs = BlobStore(draft.path)
        var caches: [Shared] = []
        for source in sources {
            let title = "importing cache manifest from \(source.place)"
            try BuildStep(title).perform(telling: tell) {
                do {
                    if let shared = try Self.open(source.place, images, access, blobs) { caches.append(shared) }
                } catch {
                    tell(.warning("\(title): \(error)"))
                }
            }
        }
        self.caches = caches
    }

    private static func open(
        _ place: CachePlace,
        _ images: ImageStore,
        _ access: RegistryAccess?,
        _ blobs: BlobStore
    ) throws -> Shared? {
        switch place {
        case .folder(let path, let tag):
            let layout = ImageLayout(path)
            guard let top = try layout.manifest(tagged: tag) else { throw BuilderError(.noCache("tag \(tag)")) }
            let bytes = try layout.blobs.read(configuration(layout.blobs.read(top.digest)).digest)
            let document = try JSON.decode(CacheDocument.self, from: bytes)
            return Shared(entries: document.entries()) { try layout.blobs.source($0.digest) }
        case .registry(let reference):
            if let image = try images.find(reference), let carried = try CacheDocument(of: image) {
                return Shared(entries: carried.entries()) { throw StorageError.unknownLayer($0.digest) }
            }
            let access = try access ?? .ofEnvironment()
            let artifact = try access.artifact(reference)
            return Shared(entries: try document(artifact, access).entries()) { blob in
                try artifact.fetch(blob, into: blobs)
                return try blobs.source(blob.digest)
            }
        case .image: return nil
        }
    }

    /// What a registry has under a name: a cache, or an image that carries one.
    private static func document(_ artifact: RegistryArtifact, _ access: RegistryAccess) throws -> CacheDocument {
        switch try ManifestDocument(parsing: artifact.manifest) {
        case .manifest(let manifest) where manifest.config.mediaType.inOCIWords == .configuration:
            let image = try JSON.decode(ImageConfiguration.self, from: artifact.blob(manifest.config))
            guard let document = try CacheDocument(of: image, blobs: manifest.layers) else {
                throw BuilderError(.noCache("record in the image"))
            }
            return document
        case .index(let index) where !index.manifests.contains { $0.mediaType == CacheDocument.mediaType }:
            guard let chosen = Platform.host.choose(among: index.manifests) else {
                throw BuilderError(.noCache("image for \(Platform.host)"))
            }
            return try document(access.artifact(artifact.reference.pinned(chosen.digest)), access)
        default: return try JSON.decode(CacheDocument.self, from: artifact.blob(configuration(artifact.manifest)))
        }
    }

    /// What a manifest or an index says of the cache.
    private static func configuration(_ document: [UInt8]) throws -> Descriptor {
        let named =
            switch try ManifestDocument(parsing: document) {
            case .manifest(let manifest): [manifest.config]
            case .index(let index): index.manifests
            }
        guard let found = named.first(where: { $0.mediaType == CacheDocument.mediaType }) else {
            throw BuilderError(.noCache("a document of type \(CacheDocument.mediaType)"))
        }
        return found
    }

    /// The layer that a step with these inputs came to elsewhere, brought here and verified; nil if nobody knows it.
    func layer(_ key: String) throws -> BuildCache.Step? {
        for cache in caches {
            guard let entry = cache.entries[key] else { continue }
            if !layers.contains(entry.layer) {
                guard let blob = entry.blob else { continue }
                _ = try layers.unpack(cache.fetch(blob).bounded(by: blob.size), expecting: entry.layer)
            }
            return BuildCache.Step(layer: entry.layer, created: entry.created)
        }
        return nil
    }

    /// The layer that a step with these inputs came to, if that is all that anybody knows.
    func absent(_ key: String) -> BuildCache.Step? {
        caches.lazy.compactMap { $0.entries[key] }.first.map { BuildCache.Step(layer: $0.layer, created: $0.created) }
    }

    /// Whether any cache names layers that it does not have.
    var namesAbsentLayers: Bool { caches.contains { $0.entries.values.contains { $0.blob == nil } } }
}

extension CacheDocument {
    /// Reads what an image of this machine carries, whose layers are all there; nil if it carries nothing.
    fileprivate init?(of image: Image) throws {
        let blobs = image.layers.map { Descriptor(mediaType: .layer, digest: $0, size: 0) }
        try self.init(of: image.configuration, blobs: blobs)
    }
}

extension ByteSource {
    /// The bytes, of which there may be no more than were announced.
    fileprivate func bounded(by size: Int64) -> ByteSource { limited(to: Int(max(0, min(size, 1 << 40)))) }
}
