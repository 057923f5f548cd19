import Compression
import Hashing
import JSON
import Linux
public import OCI
import Storage
import Synchronization

/// What a pull does, layer by layer, as it happens.
public enum PullEvent: Hashable, Sendable {
    case downloading(layer: Digest, size: Int64)
    case downloaded(layer: Digest)
    case extracted(layer: Digest)
    case alreadyExists(layer: Digest)
}

/// What a pull brought.
public struct PulledImage: Hashable, Sendable {
    /// The image's id.
    public let id: Digest
    /// What the registry's tag stands for: a manifest's or an index's digest.
    public let digest: Digest
    /// Whether anything new came.
    public let isNew: Bool
}

extension ImageStore {
    /// Fetches an image from its registry, three layers at a time; every byte is checked against its digest before it is
    /// used.
    ///
    /// - Parameter report: Called from several threads.
    /// - Throws: ``RegistryError`` for what the registry says or does, ``StorageError`` for contents that are not what they
    ///   are called.
    public func pull(
        _ reference: ImageReference,
        platform: Platform = .host,
        credentials: Credentials = .ofEnvironment(),
        report: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) throws -> PulledImage {
        let client = RegistryClient(reference, credentials)
        let name = reference.digest?.description ?? reference.tag ?? "latest"
        let top = try client.manifest(name)
        let topDigest = Digest(sha256: SHA256.sum(top))
        if let wanted = reference.digest, wanted != topDigest {
            throw StorageError.wrongDigest(expected: wanted, actual: topDigest)
        }
        let (manifest, bytes) = try choose(top, platform, client)
        let before = try find(reference)
        let came = try fetch(manifest, client, report)
        let configuration = try self.configuration(manifest, client)
        let id = try add(
            configuration,
            as: reference.digest == nil ? [reference] : [],
            blobs: came,
            manifest: try keep(manifest, bytes),
            digests: ["\(reference.repository)@\(topDigest)"]
        )
        return PulledImage(id: id, digest: topDigest, isNew: before?.id != id)
    }

    /// The manifest for a platform, with its bytes.
    private func choose(
        _ top: [UInt8],
        _ platform: Platform,
        _ client: RegistryClient
    ) throws -> (ImageManifest, [UInt8]) {
        switch try ManifestDocument(parsing: top) {
        case .manifest(let manifest): return (manifest, top)
        case .index(let index):
            guard let chosen = platform.choose(among: index.manifests) else {
                throw client.failure("no matching manifest for \(platform) in the manifest list entries")
            }
            let bytes = try client.manifest(chosen.digest.description)
            let actual = Digest(sha256: SHA256.sum(bytes))
            guard actual == chosen.digest else {
                throw StorageError.wrongDigest(expected: chosen.digest, actual: actual)
            }
            guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes) else {
                throw client.failure("an index in an index")
            }
            return (manifest, bytes)
        }
    }

    /// Stores a manifest as it came. One in Docker's words gets a twin in OCI's instead, as a layout holds no others.
    private func keep(_ manifest: ImageManifest, _ bytes: [UInt8]) throws -> Descriptor? {
        guard manifest.mediaType ?? .manifest == .manifest else { return nil }
        return Descriptor(mediaType: .manifest, digest: try blobs.write(bytes), size: Int64(bytes.count))
    }

    private func configuration(_ manifest: ImageManifest, _ client: RegistryClient) throws -> [UInt8] {
        if blobs.contains(manifest.config.digest) { return try blobs.read(manifest.config.digest) }
        let bytes = try client.blob(manifest.config)
        let actual = Digest(sha256: SHA256.sum(bytes))
        guard actual == manifest.config.digest else {
            throw StorageError.wrongDigest(expected: manifest.config.digest, actual: actual)
        }
        return bytes
    }

    /// Fetches and unpacks the layers; says which blob each came as.
    private func fetch(
        _ manifest: ImageManifest,
        _ client: RegistryClient,
        _ report: @escaping @Sendable (PullEvent) -> Void
    ) throws -> [Digest: Descriptor] {
        let bytes = try configuration(manifest, client)
        let diffIDs = try JSON.decode(ImageConfiguration.self, from: bytes).rootfs.diffIDs
        guard diffIDs.count == manifest.layers.count, manifest.layers.allSatisfy(\.mediaType.isLayer) else {
            throw client.failure("not an image of layers")
        }
        let work = Array(zip(diffIDs, manifest.layers))
        let results = try Parallel.map(work, width: 3) { (diffID, descriptor) -> Result<Void, any Error> in
            Result { try fetch(diffID, descriptor, client, report) }
        }
        for result in results { try result.get() }
        return Dictionary(work.map { ($0, $1.inOCIWords) }, uniquingKeysWith: { first, _ in first })
    }

    private func fetch(
        _ diffID: Digest,
        _ descriptor: Descriptor,
        _ client: RegistryClient,
        _ report: (PullEvent) -> Void
    ) throws {
        let isUnpacked = layers.contains(diffID)
        guard !isUnpacked || !blobs.contains(descriptor.digest) else {
            return report(.alreadyExists(layer: descriptor.digest))
        }
        if !blobs.contains(descriptor.digest) { try download(descriptor, client, report) }
        if !isUnpacked { _ = try layers.unpack(try blobs.source(descriptor.digest), expecting: diffID) }
        report(.extracted(layer: descriptor.digest))
    }

    private func download(
        _ descriptor: Descriptor,
        _ client: RegistryClient,
        _ report: (PullEvent) -> Void
    ) throws {
        report(.downloading(layer: descriptor.digest, size: descriptor.size))
        let draft = try blobs.makeDraft()
        var failure: (any Error)?
        do {
            try client.blob(descriptor.digest) { piece in
                do {
                    try draft.write(piece)
                } catch {
                    failure = error
                }
                return failure == nil && draft.size <= descriptor.size
            }
        } catch {
            if let failure { throw failure }
            guard draft.size <= descriptor.size else {
                throw StorageError.wrongSize(expected: descriptor.size, actual: draft.size)
            }
            throw error
        }
        guard draft.size == descriptor.size else {
            throw StorageError.wrongSize(expected: descriptor.size, actual: draft.size)
        }
        _ = try blobs.commit(draft, expecting: descriptor.digest)
        report(.downloaded(layer: descriptor.digest))
    }
}
