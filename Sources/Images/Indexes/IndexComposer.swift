import JSON
public import OCI
import Storage

/// Makes indexes at registries of manifests that are at registries already; no image has to be here.
public struct IndexComposer: Sendable {
    private let store: ImageStore
    private let access: RegistryAccess

    /// - Parameter store: Where what has to go from one registry to another lies meanwhile.
    public init(store: ImageStore, access: RegistryAccess) {
        self.store = store
        self.access = access
    }

    // MARK: Reading

    /// What a reference leads to: the manifests of an index, or the one that is there with the platform that its
    /// configuration names.
    public func members(of reference: ImageReference) throws -> [IndexMember] {
        let artifact = try access.artifact(reference)
        switch try ManifestDocument(parsing: artifact.manifest) {
        case .manifest(let manifest):
            var descriptor = artifact.descriptor
            descriptor.platform = try platform(of: manifest, in: artifact)
            return [try member(artifact, descriptor)]
        case .index(let index):
            return try index.manifests.map { descriptor in
                try member(access.artifact(reference.pinned(descriptor.digest)), descriptor)
            }
        }
    }

    /// What a registry has under a name, as it came.
    public func artifact(_ reference: ImageReference) throws -> RegistryArtifact { try access.artifact(reference) }

    /// The digest that a tag has at its registry.
    public func digest(of reference: ImageReference) throws -> Digest { try access.resolve(reference).digest }

    private func member(_ artifact: RegistryArtifact, _ descriptor: Descriptor) throws -> IndexMember {
        let text = String(decoding: artifact.manifest, as: UTF8.self)
        guard Array(text.utf8) == artifact.manifest else {
            throw OCIError.malformed("a manifest that is not UTF-8")
        }
        return IndexMember(reference: artifact.reference, descriptor: descriptor, manifest: text)
    }

    /// Nil for what is no image.
    private func platform(of manifest: ImageManifest, in artifact: RegistryArtifact) throws -> Platform? {
        guard manifest.config.mediaType.inOCIWords == .configuration else { return nil }
        return try JSON.decode(ImageConfiguration.self, from: artifact.blob(manifest.config)).platform
    }

    // MARK: Writing

    /// Brings a manifest with all that it names to another repository, if it is not of that one.
    ///
    /// A registry takes the blobs from its own repository; otherwise they go by way of this machine.
    public func bring(_ member: IndexMember, to target: ImageReference) throws {
        guard member.reference.repository != target.repository else { return }
        let isSameRegistry = member.reference.domain == target.domain
        let scopes = [.push(target.path)] + (isSameRegistry ? [RegistryScope.pull(member.reference.path)] : [])
        try access.withRepository(target, verb: "push", scopes: scopes, writing: true) { client in
            for blob in try member.blobs() where try client.size(of: blob.digest) == nil {
                if isSameRegistry,
                    case .mounted = try client.begin(mounting: blob.digest, from: member.reference.path)
                {
                    continue
                }
                try carry(blob, from: member.reference, to: client)
            }
            try client.put(member.bytes, member.descriptor, as: member.descriptor.digest.description)
        }
    }

    private func carry(_ blob: Descriptor, from source: ImageReference, to client: RegistryClient) throws {
        let draft = try DraftFolder(in: store.drafts)
        let blobs = BlobStore(draft.path)
        try access.fetch(blob, of: source, into: blobs)
        try client.upload(blob) { try blobs.source(blob.digest) }
        _ = consume draft
    }

    /// Stores an index under a tag, or under its digest where the reference has none.
    public func put(_ index: ImageIndex, as reference: ImageReference) throws -> Descriptor {
        try put(JSON.encode(index), index.mediaType ?? .index, as: reference)
    }

    /// Stores an index of these very bytes, under a tag or under its digest.
    public func put(_ bytes: [UInt8], _ mediaType: MediaType, as reference: ImageReference) throws -> Descriptor {
        let digest = ContentSum.digest(of: bytes)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
        try access.withRepository(reference, verb: "push", scopes: [.push(reference.path)], writing: true) { client in
            try client.put(bytes, descriptor, as: reference.tag ?? digest.description)
        }
        return descriptor
    }
}
