import Compression
import JSON
import Linux
public import OCI
import Storage

extension ImageStore {
    /// Refuses an image that no container could be made of, before anything is done for it.
    static func checkNumber(ofLayers count: Int) throws(ImageError) {
        guard count <= ImageConfiguration.maximumLayers else { throw .tooManyLayers(count) }
    }

    /// Stores an image whose layers are in the ``LayerStore`` already, and makes it safe against a power cut.
    ///
    /// - Parameter references: Names it gets; an image that had one of them loses it.
    /// - Returns: Its id.
    public func commit(
        _ configuration: ImageConfiguration,
        as references: [ImageReference] = []
    ) throws -> Digest {
        try add(try JSON.encode(configuration), as: references)
    }

    /// Stores an image that was packed into the store's own blobs, which is pushed and saved as it was packed.
    ///
    /// - Parameter configuration: the bytes whose digest is the image's id.
    public func commit(_ configuration: [UInt8], as packed: PackedImage) throws -> Digest {
        let diffIDs = try JSON.decode(ImageConfiguration.self, from: configuration).rootfs.diffIDs
        let came = Dictionary(zip(diffIDs, packed.layers.map(\.inOCIWords)), uniquingKeysWith: { first, _ in first })
        return try add(
            configuration,
            as: [],
            blobs: came,
            manifest: packed.manifest.mediaType == .manifest ? packed.manifest : nil,
            origin: packed.manifest
        )
    }

    /// The manifest that an image has here: as it came or was packed, or else with layers that are not packed.
    public func manifest(of id: Digest) throws -> Descriptor {
        guard let entry = try catalogue().images[id.description] else { throw ImageError.notFound(id.description) }
        return entry.origin ?? entry.manifest
    }

    /// Stores an image by its configuration as it came, since its digest is the image's id.
    ///
    /// - Parameters:
    ///   - came: What layers came as, by diff identifier.
    ///   - version: What the registry says that the names stand for: for which platform each image is that they have.
    func add(
        _ bytes: [UInt8],
        as references: [ImageReference],
        blobs came: [Digest: Descriptor] = [:],
        manifest: Descriptor? = nil,
        origin: Descriptor? = nil,
        digests: [String] = [],
        version: Digest? = nil
    ) throws -> Digest {
        let configuration = try JSON.decode(ImageConfiguration.self, from: bytes)
        let diffIDs = configuration.rootfs.diffIDs
        try Self.checkNumber(ofLayers: diffIDs.count)
        // What takes long is done before anybody has to wait for it.
        _ = try secure(diffIDs)
        let id = try blobs.write(bytes)
        let documents = try Set([manifest, origin].compactMap { $0?.digest }).map { ($0, try blobs.read($0)) }
        try change { catalogue in
            // A removal may have taken meanwhile what no image had yet. As long as the catalogue is ours, none can.
            let size = try secure(diffIDs)
            for (digest, bytes) in documents + [(id, bytes)] {
                _ = try blobs.ingest(ByteSource(bytes), expecting: digest)
            }
            for blob in came.values where try !blobs.renew(blob.digest) { throw StorageError.unknownBlob(blob.digest) }
            let came = inherited(diffIDs, in: catalogue).merging(came) { $1 }
            let manifest = try manifest ?? writeManifest(id, bytes.count, configuration, came)
            var entry =
                catalogue.images[id.description]
                ?? Catalogue.Entry(manifest: manifest, size: size, addedAt: Timestamp.now())
            entry.manifest = manifest
            entry.origin = origin ?? entry.origin
            for (diffID, descriptor) in came { entry.blobs[diffID.description] = descriptor }
            entry.digests = Set(entry.digests + digests).sorted()
            catalogue.images[id.description] = entry
            for reference in references {
                guard let version else { try Self.name(id, reference, in: &catalogue); continue }
                try name(id, pulled: version, as: reference, in: &catalogue)
            }
        }
        return id
    }

    /// Makes sure that layers are there, also after a power cut; says how many bytes their files have.
    private func secure(_ diffIDs: [Digest]) throws -> Int64 {
        let sizes = try diffIDs.map { diffID in
            guard let record = try layers.record(diffID) else { throw StorageError.unknownLayer(diffID) }
            return record.size
        }
        try layers.synchronize(diffIDs)
        return sizes.reduce(0, +)
    }

    /// What layers came as that other images have too, such as those that this one was built on.
    private func inherited(_ diffIDs: [Digest], in catalogue: Catalogue) -> [Digest: Descriptor] {
        var found: [Digest: Descriptor] = [:]
        for diffID in diffIDs {
            let known = catalogue.images.values.lazy.compactMap { $0.blobs[diffID.description] }
            found[diffID] = known.first { blobs.contains($0.digest) }
        }
        return found
    }

    /// Gives an image a further name. An image that has the name loses it.
    public func tag(_ id: Digest, as reference: ImageReference) throws {
        try change { catalogue in
            guard catalogue.contains(id) else { throw ImageError.notFound(id.description) }
            try Self.name(id, reference, in: &catalogue)
        }
    }

    private static func name(_ id: Digest, _ reference: ImageReference, in catalogue: inout Catalogue) throws {
        guard reference.digest == nil else { throw ImageError.digestAsTag(reference.familiar) }
        catalogue.names[reference.description] = Catalogue.Name(id: id.description, taggedAt: Timestamp.now())
    }
}
