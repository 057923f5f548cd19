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

    /// All images, the one that was named last first. One whose configuration is gone says nothing of itself.
    public func list() throws -> [Image] {
        let catalogue = try catalogue()
        let ids = catalogue.images.keys.compactMap { try? Digest(parsing: $0) }
        return try ids.map { try listed($0, in: catalogue) }
            .sorted { ($0.taggedAt, $1.id) > ($1.taggedAt, $0.id) }
    }

    func image(_ id: Digest, in catalogue: Catalogue) throws -> Image {
        try image(id, configuration(of: id), in: catalogue)
    }

    /// An image as a list has it, whatever is left of it.
    func listed(_ id: Digest, in catalogue: Catalogue) throws -> Image {
        try image(id, configurationIfWhole(of: id) ?? ImageConfiguration(), in: catalogue)
    }

    private func image(_ id: Digest, _ configuration: ImageConfiguration, in catalogue: Catalogue) throws -> Image {
        guard let entry = catalogue.images[id.description] else { throw ImageError.notFound(id.description) }
        let references = catalogue.references(of: id)
        let times = references.compactMap { catalogue.names[$0.description]?.taggedAt }
        return Image(
            id: id,
            configuration: configuration,
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

    /// The configuration of an image; nil where it is gone or spoilt, so that such an image is not in the way of others.
    func configurationIfWhole(of id: Digest) throws -> ImageConfiguration? {
        do {
            return try configuration(of: id)
        } catch StorageError.unknownBlob, StorageError.wrongDigest, ImageError.malformed {
            return nil
        }
    }
}
