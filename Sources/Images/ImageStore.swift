import Hashing
import JSON
import Linux
public import OCI
public import Storage
public import SystemPackage

/// The images of this machine: an OCI image layout, and beside it a catalogue that says which names lead to which image.
///
/// An image's id is the digest of its configuration. Its layers lie unpacked in the ``LayerStore``. A layer that came
/// from a registry or an archive keeps the blob it came as, since its exact bytes cannot be made again from files. A layer
/// that was built here has no blob until it is saved or pushed: its tar is then made from its files, the same every time.
/// The layout's `index.json` lists the images all of whose blobs are there, so that other tools can read those as they
/// are; `save` gives any image.
public struct ImageStore: Sendable {
    /// Where the images' layers are.
    public let layers: LayerStore
    /// Configurations, manifests, and layers as they came.
    public let blobs: BlobStore
    let folder: FilePath
    private let memory = ImageMemory()

    /// The images of a root.
    public init(root: StateRoot) {
        folder = root.images
        layers = LayerStore(root)
        blobs = BlobStore(root.images)
    }

    /// Where something is made that is no part of the store: what nobody works on any more is removed.
    public var drafts: FilePath { folder.appending("ingest") }

    private var cataloguePath: FilePath { folder.appending("catalogue.json") }

    func catalogue() throws -> Catalogue { try memory.catalogue(cataloguePath) }

    /// Changes the catalogue while nobody else does, and the layout's own index with it.
    func change<Result>(_ body: (inout Catalogue) throws -> Result) throws -> Result {
        try Folder.makeAll(folder, mode: 0o711)
        let lock = try FileLock.await(folder.appending("lock"))
        let before = try catalogue()
        var catalogue = before
        let result = try body(&catalogue)
        guard catalogue != before else { return result }
        try WholeFile.replace(cataloguePath, with: try JSON.encode(catalogue), isDurable: true)
        try writeLayout(catalogue)
        _ = consume lock
        return result
    }

    // MARK: Finding

    /// The image that a text means, which is a whole id, a name, or the beginning of an id; nil if there is none.
    ///
    /// - Throws: ``ImageError/ambiguousPrefix(_:)``
    public func find(_ text: String) throws -> Image? {
        let catalogue = try catalogue()
        return try usual(catalogue.members(of: text), in: catalogue)
    }

    /// The image of that name; nil if there is none.
    public func find(_ reference: ImageReference) throws -> Image? {
        let catalogue = try catalogue()
        return try usual(catalogue.members(of: reference), in: catalogue)
    }

    /// Whether there is an image of that id with all of its layers.
    public func contains(_ id: Digest) throws -> Bool {
        let catalogue = try catalogue()
        guard catalogue.contains(id) else { return false }
        return try configuration(of: id).rootfs.diffIDs.allSatisfy(layers.contains)
    }

    /// All images, the one that was named last first.
    public func list() throws -> [Image] {
        let catalogue = try catalogue()
        let ids = catalogue.images.keys.compactMap { try? Digest(parsing: $0) }
        return try ids.map { try image($0, in: catalogue) }
            .sorted { ($0.taggedAt, $1.id) > ($1.taggedAt, $0.id) }
    }

    func image(_ id: Digest, in catalogue: Catalogue) throws -> Image {
        guard let entry = catalogue.images[id.description] else { throw ImageError.notFound(id.description) }
        let references = catalogue.references(of: id)
        let times = references.compactMap { catalogue.names[$0.description]?.taggedAt }
        return Image(
            id: id,
            configuration: try configuration(of: id),
            references: references,
            repositoryDigests: entry.digests.compactMap { try? ImageReference(parsing: $0) },
            size: entry.size,
            taggedAt: times.max() ?? entry.addedAt,
            isOther: catalogue.others.contains(id.description)
        )
    }

    func configuration(of id: Digest) throws -> ImageConfiguration {
        do {
            return try memory.configuration(of: id) {
                try JSON.decode(ImageConfiguration.self, from: blobs.read(id))
            }
        } catch let error as DecodingError {
            throw ImageError.malformed(subject: "image \(id.short)", reason: "\(error)")
        }
    }

    // MARK: Adding

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
        try Self.checkNumber(ofLayers: configuration.rootfs.diffIDs.count)
        var size: Int64 = 0
        for diffID in configuration.rootfs.diffIDs {
            guard let record = try layers.record(diffID) else { throw StorageError.unknownLayer(diffID) }
            size += record.size
        }
        try layers.synchronize(configuration.rootfs.diffIDs)
        let id = try blobs.write(bytes)
        let came = try inherited(configuration.rootfs.diffIDs).merging(came) { $1 }
        let manifest = try manifest ?? writeManifest(id, bytes.count, configuration, came)
        try change { catalogue in
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

    /// What layers came as that other images have too, such as those that this one was built on.
    private func inherited(_ diffIDs: [Digest]) throws -> [Digest: Descriptor] {
        let catalogue = try catalogue()
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
