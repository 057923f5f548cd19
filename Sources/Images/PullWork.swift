import Compression
import JSON
import Linux
import OCI
import Storage

/// One pull from one endpoint.
struct PullWork: Sendable {
    let store: ImageStore
    let client: RegistryClient
    let platform: Platform
    let report: @Sendable (PullEvent) -> Void

    private var blobs: BlobStore { store.blobs }
    private var layers: LayerStore { store.layers }

    func perform() throws -> PulledImage {
        let reference = client.reference
        let top = try client.manifest(reference.registryName)
        report(.resolved(top.descriptor.digest))
        let (manifest, descriptor, bytes) = try choose(top)
        let before = try store.catalogue().members(of: reference)
        let configuration = try configuration(manifest)
        let came = try fetch(manifest, configuration)
        let id = try store.add(
            configuration,
            as: reference.digest == nil ? [reference] : [],
            blobs: came,
            manifest: try keep(manifest, bytes),
            origin: try keepOrigin(descriptor, bytes),
            digests: ["\(reference.repository)@\(top.descriptor.digest)"],
            version: top.descriptor.digest
        )
        return PulledImage(id: id, digest: top.descriptor.digest, isNew: !before.contains(id))
    }

    // MARK: Manifests

    /// The manifest for the platform, with its bytes.
    private func choose(
        _ top: (descriptor: Descriptor, bytes: [UInt8])
    ) throws -> (ImageManifest, Descriptor, [UInt8]) {
        switch try ManifestDocument(parsing: top.bytes) {
        case .manifest(let manifest): return (manifest, top.descriptor, top.bytes)
        case .index(let index):
            guard let chosen = platform.choose(among: index.manifests) else {
                throw client.failure("no matching manifest for \(platform) in the manifest list entries")
            }
            let (descriptor, bytes) = try client.manifest(chosen.digest.description)
            guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes) else {
                throw client.failure("an index in an index")
            }
            return (manifest, descriptor, bytes)
        }
    }

    /// Stores a manifest as it came. One in Docker's words gets a twin in OCI's instead, as a layout holds no others, and
    /// one that calls its configuration by another sum than the image's id gets one that does not.
    private func keep(_ manifest: ImageManifest, _ bytes: [UInt8]) throws -> Descriptor? {
        guard manifest.mediaType ?? .manifest == .manifest, manifest.config.digest.algorithm == "sha256" else {
            return nil
        }
        return Descriptor(mediaType: .manifest, digest: try blobs.write(bytes), size: Int64(bytes.count))
    }

    /// Stores the manifest as it came whatever its words are, so that it can be pushed as the same.
    private func keepOrigin(_ descriptor: Descriptor, _ bytes: [UInt8]) throws -> Descriptor {
        _ = try blobs.ingest(ByteSource(bytes), expecting: descriptor.digest)
        return descriptor
    }

    private func configuration(_ manifest: ImageManifest) throws -> [UInt8] {
        let digest = manifest.config.digest
        let isHere = blobs.contains(digest)
        let bytes = isHere ? try blobs.read(digest) : try client.blob(manifest.config)
        let configuration: ImageConfiguration
        do {
            configuration = try JSON.decode(ImageConfiguration.self, from: bytes)
        } catch {
            throw ImageError.malformed(subject: "configuration \(digest)", reason: "\(error)")
        }
        let found = configuration.platform
        if platform.rank(of: found) == nil { report(.otherPlatform(asked: platform, found: found)) }
        return bytes
    }

    // MARK: Layers

    private typealias Layer = (diffID: Digest, descriptor: Descriptor)

    /// Fetches and unpacks the layers; says which blob each came as.
    private func fetch(_ manifest: ImageManifest, _ configuration: [UInt8]) throws -> [Digest: Descriptor] {
        let diffIDs = try JSON.decode(ImageConfiguration.self, from: configuration).rootfs.diffIDs
        guard diffIDs.count == manifest.layers.count, manifest.layers.allSatisfy(\.mediaType.isLayer) else {
            throw client.failure("not an image of layers")
        }
        try ImageStore.checkNumber(ofLayers: diffIDs.count)
        var seen: Set<Digest> = []
        let work: [Layer] = zip(diffIDs, manifest.layers).filter { seen.insert($0.0).inserted }.map { ($0, $1) }
        for layer in work where !isWhole(layer) { report(.waiting(layer: layer.descriptor.digest)) }
        _ = try Parallel.attempt(work, width: client.transport.settings.downloads) { try fetch($0) }
        return Dictionary(work.map { ($0.diffID, $0.descriptor.inOCIWords) }, uniquingKeysWith: { first, _ in first })
    }

    private func isWhole(_ layer: Layer) -> Bool {
        layers.contains(layer.diffID) && blobs.contains(layer.descriptor.digest)
    }

    private func fetch(_ layer: Layer) throws {
        guard !isWhole(layer) else { return report(.alreadyExists(layer: layer.descriptor.digest)) }
        do {
            try bring(layer)
        } catch let failure as ResumedInVain {
            // The beginning was of something else: all of it once more.
            report(.waiting(layer: layer.descriptor.digest))
            do { try bring(layer) } catch is ResumedInVain { throw failure.reason }
        }
        report(.extracted(layer: layer.descriptor.digest))
    }

    /// A blob that is not what it should be, and whose beginning was of another time.
    private struct ResumedInVain: Error {
        let reason: any Error
    }

    private func bring(_ layer: Layer) throws {
        let digest = layer.descriptor.digest
        guard !blobs.contains(digest), let partial = try PartialBlob(digest, in: blobs) else {
            return try unpack(layer, try blobs.source(digest))
        }
        let isResumed = partial.size > 0
        do {
            try bring(layer, partial)
        } catch let error as RegistryError {
            // What came is the beginning of what is wanted: the next pull goes on from there.
            throw error
        } catch {
            partial.discard()
            throw isResumed && error is StorageError ? ResumedInVain(reason: error) : error
        }
    }

    private func bring(_ layer: Layer, _ partial: PartialBlob) throws {
        let (digest, size) = (layer.descriptor.digest, layer.descriptor.size)
        let download = try BlobDownload(from: min(partial.size, size), reading: try partial.reader()) { progressed in
            var told = partial.size
            report(.downloading(layer: digest, bytes: told, size: size))
            try client.fetch(layer.descriptor, into: partial) { count in
                // Twenty steps are enough to see that it goes on.
                if count - told > size / 20 {
                    told = count
                    report(.downloading(layer: digest, bytes: count, size: size))
                }
                return progressed(count)
            }
            try partial.verify(size: size)
            report(.downloaded(layer: digest))
        }
        let unpacked = Result { try unpack(layer, download.source()) }
        // A registry that gives something else is at fault before what it gives.
        try download.finish()
        try unpacked.get()
        try partial.publish()
    }

    private func unpack(_ layer: Layer, _ source: ByteSource) throws {
        guard !layers.contains(layer.diffID) else { return }
        _ = try layers.unpack(source, expecting: layer.diffID)
    }
}
