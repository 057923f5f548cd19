import Linux
public import OCI
import Storage

extension ImageStore {
    /// The image of several that is meant where no platform is named: the one for this machine, or else the first.
    func usual(_ ids: [Digest], in catalogue: Catalogue) throws -> Image? {
        guard ids.count > 1 else { return try ids.first.map { try image($0, in: catalogue) } }
        return try usualFirst(ids).first.map { try image($0, in: catalogue) }
    }

    /// The image that a text means for a platform; nil if there is none that runs on it.
    ///
    /// - Throws: ``ImageError/ambiguousPrefix(_:)``
    public func find(_ text: String, platform: Platform) throws -> Image? {
        let catalogue = try catalogue()
        let ranked = try catalogue.members(of: text).compactMap { id in
            try configurationIfWhole(of: id).flatMap { platform.rank(of: $0.platform) }.map { (rank: $0, id: id) }
        }
        return try ranked.min { $0.rank < $1.rank }.map { try image($0.id, in: catalogue) }
    }

    /// The images for all platforms that a text means, the usual one first.
    public func members(of text: String) throws -> [Image] {
        let catalogue = try catalogue()
        return try catalogue.members(of: text).map { try image($0, in: catalogue) }
    }

    /// Keeps images for several platforms together that have no name, under the digest of the index that lists them.
    public func keep(_ ids: [Digest], index: Descriptor) throws {
        try name(ids, index: index, as: Catalogue.key(of: index))
    }

    /// Gives images for several platforms one name. What had the name loses it.
    ///
    /// - Parameter index: lists them, and is what is pushed and saved under the name; its blobs are here.
    public func name(_ ids: [Digest], index: Descriptor?, as reference: ImageReference) throws {
        guard reference.digest == nil else { throw ImageError.digestAsTag(reference.familiar) }
        try name(ids, index: index, as: reference.description)
    }

    private func name(_ ids: [Digest], index: Descriptor?, as key: String) throws {
        let ordered = try usualFirst(ids)
        guard let first = ordered.first else { throw ImageError.notFound(key) }
        try change { catalogue in
            for id in ordered where !catalogue.contains(id) { throw ImageError.notFound(id.description) }
            // A removal may have taken meanwhile what nothing named yet.
            for blob in try index.map(closure) ?? [] where try !blobs.renew(blob) {
                throw StorageError.unknownBlob(blob)
            }
            var name = Catalogue.Name(id: first.description, taggedAt: Timestamp.now())
            name.others = ordered.count > 1 ? ordered.dropFirst().map(\.description) : nil
            name.index = index
            catalogue.names[key] = name
        }
    }

    /// Gives an image that came from a registry its name there.
    ///
    /// Images for other platforms stay under the name: the one for this machine in any case, as nobody asked for another
    /// one, and others of the same version.
    ///
    /// - Parameter version: what the name stands for at the registry.
    func name(
        _ id: Digest,
        pulled version: Digest,
        as reference: ImageReference,
        in catalogue: inout Catalogue
    ) throws {
        guard reference.digest == nil else { throw ImageError.digestAsTag(reference.familiar) }
        let platform = try configuration(of: id).platform.normalized
        let others = try catalogue.members(of: reference).filter { other in
            guard other != id, let entry = catalogue.images[other.description] else { return false }
            let its = try configuration(of: other).platform.normalized
            guard its != platform else { return false }
            return its == .host || entry.digests.contains("\(reference.repository)@\(version)")
        }
        let ordered = try usualFirst([id] + others).map(\.description)
        let index = catalogue.names[reference.description]?.index
        var name = Catalogue.Name(id: ordered[0], taggedAt: Timestamp.now())
        name.others = ordered.count > 1 ? Array(ordered.dropFirst()) : nil
        name.index = index?.digest == version ? index : nil
        catalogue.names[reference.description] = name
    }

    /// Gives what a text means, for all platforms, a further name.
    public func tag(_ text: String, as reference: ImageReference) throws {
        let index = try index(of: text)
        try name(try members(of: text).map(\.id), index: index, as: reference)
    }

    /// The index that a name stands for; nil if it stands for an image alone.
    public func index(of text: String) throws -> Descriptor? {
        let catalogue = try catalogue()
        let name = (try? ImageReference(parsing: text)).flatMap { catalogue.names[$0.description] }
        return name?.index ?? catalogue.names.values.first { $0.index?.digest.description == text }?.index
    }

    /// The image for this machine is what a name means where nothing is said, or else the first.
    func usualFirst(_ ids: [Digest]) throws -> [Digest] {
        var seen: Set<Digest> = []
        let ids = ids.filter { seen.insert($0).inserted }
        let ranks = try ids.map { id in
            try configurationIfWhole(of: id).flatMap { Platform.host.rank(of: $0.platform) } ?? Int.max
        }
        return ids.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.map { ids[$0] }
    }

    /// Everything that an index leads to, itself among it: manifests, what they name, and further indexes.
    func closure(of index: Descriptor) throws -> Set<Digest> {
        try reach(index) { try ManifestDocument(parsing: blobs.read($0)) }
    }

    /// What an index leads to as far as its documents can be read: one that cannot does not make the others worthless.
    func readableClosure(of index: Descriptor) -> Set<Digest> {
        reach(index) { try? ManifestDocument(parsing: blobs.read($0)) }
    }

    /// What a manifest names is not followed, whatever it is called: only an index leads to documents.
    private func reach(
        _ index: Descriptor,
        reading read: (Digest) throws -> ManifestDocument?
    ) rethrows -> Set<Digest> {
        var reached: Set<Digest> = []
        var followed: Set<Digest> = []
        var open = [index]
        while let descriptor = open.popLast() {
            reached.insert(descriptor.digest)
            guard descriptor.mediaType.isDocument, followed.insert(descriptor.digest).inserted else { continue }
            switch try read(descriptor.digest) {
            case .manifest(let manifest): reached.formUnion(([manifest.config] + manifest.layers).map(\.digest))
            case .index(let index): open += index.manifests
            case nil: break
            }
        }
        return reached
    }
}

extension MediaType {
    /// Whether it names a document that leads to further blobs.
    fileprivate var isDocument: Bool { isIndex || isManifest }
}
