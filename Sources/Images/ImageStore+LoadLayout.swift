import JSON
import OCI
import Storage

extension ImageStore {
    /// Whether an archive lists images for several platforms, which the table that Docker had before OCI cannot.
    static func isLayoutOfIndexes(_ members: ArchiveMembers) throws -> Bool {
        guard let member = members.member("index.json"),
            case .index(let index) = try ManifestDocument(parsing: members.contents(member))
        else { return false }
        return index.manifests.contains { $0.mediaType.isIndex }
    }

    /// The images that an OCI layout lists.
    func layoutParts(_ members: ArchiveMembers, _ platform: Platform?) throws -> [Part] {
        guard let member = members.member("index.json") else { throw ImageError.noImage }
        guard case .index(let index) = try ManifestDocument(parsing: members.contents(member)) else {
            throw ImageError.malformed(subject: "index.json", reason: "not an index")
        }
        var parts: [(digest: Digest, part: Part)] = []
        for descriptor in index.manifests {
            let references = Self.references(of: descriptor)
            if let place = parts.firstIndex(where: { $0.digest == descriptor.digest }) {
                parts[place].part.references += references
                continue
            }
            parts.append((descriptor.digest, try part(descriptor, references, in: members, platform)))
        }
        return parts.map(\.part)
    }

    private static func references(of descriptor: Descriptor) -> [ImageReference] {
        let annotations = descriptor.annotations ?? [:]
        let name = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"]
        return name.flatMap { try? tag($0) }.map { [$0] } ?? []
    }

    private func part(
        _ descriptor: Descriptor,
        _ references: [ImageReference],
        in members: ArchiveMembers,
        _ platform: Platform?,
        depth: Int = 0
    ) throws -> Part {
        switch try ManifestDocument(parsing: members.contents(members.blob(descriptor.digest))) {
        case .manifest(let manifest):
            return Part(
                configuration: try members.blob(manifest.config.digest),
                layers: try manifest.layers.map { try members.blob($0.digest) },
                references: references
            )
        case .index(let index):
            guard depth < 4 else { throw ImageError.noImage }
            guard let platform else { return try whole(index, descriptor, references, in: members, depth: depth) }
            guard let chosen = platform.choose(among: index.manifests) else { throw ImageError.noImage }
            return try part(chosen, references, in: members, platform, depth: depth + 1)
        }
    }

    /// All images of an index that are there; with the index, if it leads to nothing that is not.
    private func whole(
        _ index: ImageIndex,
        _ descriptor: Descriptor,
        _ references: [ImageReference],
        in members: ArchiveMembers,
        depth: Int
    ) throws -> Part {
        let present = try index.manifests.filter { try members.hasWhole($0) }
        let images = try present.filter(\.isImage).map { image in
            try part(image, [], in: members, image.platform ?? .host, depth: depth + 1)
        }
        guard var part = images.first else { throw ImageError.noImage }
        part.references = references
        part.others = Array(images.dropFirst())
        guard present.count == index.manifests.count else { return part }
        part.index = Descriptor(
            mediaType: descriptor.mediaType,
            digest: descriptor.digest,
            size: descriptor.size
        )
        part.documents = try [members.blob(descriptor.digest)] + present.flatMap { try members.parts(of: $0) }
        return part
    }
}

extension ArchiveMembers {
    /// The blob of a layout, checked against its name.
    fileprivate func blob(_ digest: Digest) throws -> Member {
        let member = try required(digest.layoutPath)
        guard member.digest == digest else {
            throw StorageError.wrongDigest(expected: digest, actual: member.digest)
        }
        return member
    }

    private func manifest(_ descriptor: Descriptor) throws -> ImageManifest? {
        guard member(descriptor.digest.layoutPath) != nil,
            case .manifest(let manifest) = try ManifestDocument(parsing: contents(blob(descriptor.digest)))
        else { return nil }
        return manifest
    }

    /// Whether a manifest is there with all that it names.
    fileprivate func hasWhole(_ descriptor: Descriptor) throws -> Bool {
        guard let manifest = try manifest(descriptor) else { return false }
        return ([manifest.config] + manifest.layers).allSatisfy { blob in
            member(blob.digest.layoutPath) != nil
        }
    }

    /// A manifest, its configuration, and, if it is no image, what else it names: layers of images come as such.
    fileprivate func parts(of descriptor: Descriptor) throws -> [Member] {
        guard let manifest = try manifest(descriptor) else { return [] }
        let layers = descriptor.isImage ? [] : manifest.layers
        return try ([descriptor, manifest.config] + layers).map { try blob($0.digest) }
    }
}

extension Descriptor {
    /// Whether a manifest of an index is an image, and not something that is said about one.
    var isImage: Bool {
        annotations?["vnd.docker.reference.type"] == nil && platform?.os != "unknown" && artifactType == nil
    }
}
