public import Compression
import JSON
import Linux
public import OCI
import Storage

/// An image that an archive held.
public struct LoadedImage: Hashable, Sendable {
    /// The image's id.
    public let id: Digest
    /// The names that it got.
    public let references: [ImageReference]
}

/// Told how many bytes of a layer are unpacked, and of how many; from any thread.
public typealias LayerReport = @Sendable (_ layer: Digest, _ bytes: Int64, _ size: Int64) -> Void

extension LoadedImage: CustomStringConvertible {
    /// As `docker load` says it, a line a name.
    public var description: String {
        guard !references.isEmpty else { return "Loaded image ID: \(id)" }
        return references.map { "Loaded image: \($0.familiar)" }.joined(separator: "\n")
    }
}

extension ImageStore {
    /// Takes in all images of an archive, packed or not: an OCI layout, or what `docker save` writes.
    ///
    /// - Parameter platform: Of images for several platforms under one name, the one to take; nil is all that are there.
    /// - Throws: ``StorageError`` and ``ImageError`` for an archive that is not what it says; images before the one at
    ///   fault stay.
    public func load(
        _ source: ByteSource,
        platform: Platform? = nil,
        report: @escaping LayerReport = { _, _, _ in }
    ) throws -> [LoadedImage] {
        let draft = try DraftFolder(in: drafts)
        let members = try ArchiveMembers(source, into: draft.path)
        let parts =
            try Self.isLayoutOfIndexes(members)
            ? layoutParts(members, platform)
            : archiveParts(members) ?? layoutParts(members, platform)
        guard !parts.isEmpty else { throw ImageError.noImage }
        let loaded = try parts.map { try load($0, from: members, report) }
        _ = consume draft
        return loaded
    }

    /// One image of an archive: its members and its names.
    struct Part {
        let configuration: ArchiveMembers.Member
        let layers: [ArchiveMembers.Member]
        var references: [ImageReference]
        /// The images for other platforms under the same names.
        var others: [Part] = []
        /// The index that lists all of them, and all that it leads to.
        var index: Descriptor?
        var documents: [ArchiveMembers.Member] = []
    }

    private func load(
        _ part: Part,
        from members: ArchiveMembers,
        _ report: @escaping LayerReport
    ) throws -> LoadedImage {
        guard !part.others.isEmpty || part.index != nil else { return try loadImage(part, from: members, report) }
        var usual = part
        usual.references = []
        let ids = try ([usual] + part.others).map { try loadImage($0, from: members, report).id }
        for member in part.documents where try !blobs.renew(member.digest) {
            _ = try blobs.ingest(ByteSource(readingFile: member.path), expecting: member.digest)
        }
        for reference in part.references { try name(ids, index: part.index, as: reference) }
        if part.references.isEmpty, let index = part.index, try self.index(of: "\(index.digest)") == nil {
            try keep(ids, index: index)
        }
        return LoadedImage(id: try usualFirst(ids)[0], references: part.references)
    }

    private func loadImage(
        _ part: Part,
        from members: ArchiveMembers,
        _ report: @escaping LayerReport
    ) throws -> LoadedImage {
        let bytes = try members.contents(part.configuration)
        let configuration: ImageConfiguration
        do {
            configuration = try JSON.decode(ImageConfiguration.self, from: bytes)
        } catch {
            throw ImageError.malformed(subject: "image configuration", reason: "\(error)")
        }
        let diffIDs = configuration.rootfs.diffIDs
        guard diffIDs.count == part.layers.count else {
            let reason = "\(diffIDs.count) layers in its configuration, \(part.layers.count) in the archive"
            throw ImageError.malformed(subject: "image", reason: reason)
        }
        try Self.checkNumber(ofLayers: diffIDs.count)
        var seen: Set<Digest> = []
        let work = zip(diffIDs, part.layers).filter { seen.insert($0.0).inserted }
        let results = try Parallel.map(work, width: 4) { (diffID, member) -> Result<Descriptor, any Error> in
            Result { try load(member, as: diffID, report) }
        }
        var came: [Digest: Descriptor] = [:]
        for ((diffID, _), result) in zip(work, results) { came[diffID] = try result.get() }
        let id = try add(bytes, as: part.references, blobs: came)
        return LoadedImage(id: id, references: part.references)
    }

    /// Takes in one layer: its files, and the blob as it came.
    private func load(
        _ member: ArchiveMembers.Member,
        as diffID: Digest,
        _ report: @escaping LayerReport
    ) throws -> Descriptor {
        // Another image of the archive may have had it adopted.
        let isAside = Folder.hasEntry(member.path)
        let path = isAside ? member.path : blobs.path(of: member.digest)
        if !layers.contains(diffID) {
            let source = try ByteSource(readingFile: path)
            var (done, told): (Int64, Int64) = (0, 0)
            let watched = source.tapped { piece in
                done += Int64(piece.count)
                guard done == member.size || done - told > member.size / 100 else { return }
                told = done
                report(diffID, done, member.size)
            }
            _ = try layers.unpack(watched, expecting: diffID)
        }
        let start = try OwnedDescriptor.reading(path).read(16)
        try blobs.adopt(whole: member.path, as: member.digest)
        return Descriptor(mediaType: Self.mediaType(start), digest: member.digest, size: member.size)
    }

    private static func mediaType(_ start: [UInt8]) -> MediaType {
        if start.starts(with: [0x1f, 0x8b]) { return .gzipLayer }
        return start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) ? .zstdLayer : .layer
    }

    // MARK: What `docker save` writes

    private struct ArchiveEntry: Decodable {
        let config: String
        let repoTags: [String]?
        let layers: [String]?

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case repoTags = "RepoTags"
            case layers = "Layers"
        }
    }

    private func archiveParts(_ members: ArchiveMembers) throws -> [Part]? {
        guard let member = members.member("manifest.json") else { return nil }
        let entries: [ArchiveEntry]
        do {
            entries = try JSON.decode([ArchiveEntry].self, from: members.contents(member))
        } catch {
            throw ImageError.malformed(subject: "manifest.json", reason: "\(error)")
        }
        return try entries.map { entry in
            Part(
                configuration: try members.required(entry.config),
                layers: try (entry.layers ?? []).map(members.required),
                references: try (entry.repoTags ?? []).map(Self.tag)
            )
        }
    }

    static func tag(_ text: String) throws -> ImageReference {
        let reference = try ImageReference(parsing: text)
        guard reference.digest == nil else { throw ImageError.digestAsTag(text) }
        return reference
    }

    // MARK: Import

    /// Makes an image of one layer from a tar of a whole tree, packed or not.
    ///
    /// - Parameters:
    ///   - configure: Sets how it is to be run.
    ///   - comment: What its history says.
    public func importTree(
        _ source: ByteSource,
        as references: [ImageReference],
        comment: String = "",
        configure: (inout ImageConfiguration) throws -> Void = { _ in }
    ) throws -> Digest {
        let draft = try DraftFolder(in: drafts)
        let copy = draft.path.appending("tree.tar")
        let file = try OwnedDescriptor.writing(copy)
        let sum = ContentSum()
        var size: Int64 = 0
        let record = try layers.unpack(
            source.tapped { piece in
                sum.update(piece)
                size += Int64(piece.count)
                try file.write(piece)
            }
        )
        let member = ArchiveMembers.Member(path: copy, digest: sum.digest, size: size)
        let start = try member.start()
        try blobs.adopt(whole: copy, as: member.digest)
        let descriptor = Descriptor(mediaType: Self.mediaType(start), digest: member.digest, size: size)
        var configuration = ImageConfiguration()
        let now = Self.time(Timestamp.now())
        configuration.created = now
        configuration.rootfs.diffIDs = [record.diffID]
        configuration.history = [.init(created: now, comment: comment.isEmpty ? nil : comment)]
        try configure(&configuration)
        _ = consume draft
        return try add(try JSON.encode(configuration), as: references, blobs: [record.diffID: descriptor])
    }
}
