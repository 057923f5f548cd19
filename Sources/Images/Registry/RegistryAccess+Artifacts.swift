import HTTP
import JSON
public import OCI
import Storage

/// Something that a registry keeps, image or not: its manifest, and the way to its blobs.
public struct RegistryArtifact: Sendable {
    /// By the digest that its tag had.
    public let reference: ImageReference
    /// What the manifest is.
    public let descriptor: Descriptor
    /// The manifest as it came, verified.
    public let manifest: [UInt8]
    let access: RegistryAccess

    /// A blob that the manifest names, verified.
    ///
    /// - Throws: ``RegistryError``, and `StorageError` for contents that are not what they are called.
    public func blob(_ descriptor: Descriptor, limit: Int = 16 << 20) throws -> [UInt8] {
        try access.withRepository(reference, verb: "fetch", scopes: [.pull(reference.path)]) { client in
            try client.blob(descriptor, limit: limit)
        }
    }
}

extension RegistryAccess {
    /// What a reference stands for at its registry, without fetching it: a manifest's or an index's digest, size and
    /// type.
    ///
    /// - Parameter platform: Of an index, the manifest for this platform instead.
    /// - Throws: ``RegistryError`` for what the registry says or does.
    public func resolve(_ reference: ImageReference, platform: Platform? = nil) throws -> Descriptor {
        try withRepository(reference, verb: "resolve", scopes: [.pull(reference.path)]) { client in
            let name = reference.registryName
            let top = try client.head(name) ?? client.manifest(name).descriptor
            if let wanted = reference.digest, wanted != top.digest {
                throw StorageError.wrongDigest(expected: wanted, actual: top.digest)
            }
            guard let platform, top.mediaType.isIndex else { return top }
            let bytes = try client.manifest(top.digest.description).bytes
            guard case .index(let index) = try ManifestDocument(parsing: bytes) else { return top }
            guard let chosen = platform.choose(among: index.manifests) else {
                throw client.failure("no matching manifest for \(platform) in the manifest list entries")
            }
            return chosen
        }
    }

    /// Fetches the manifest of anything that a registry keeps, such as a Compose project.
    public func artifact(_ reference: ImageReference) throws -> RegistryArtifact {
        try withRepository(reference, verb: "fetch", scopes: [.pull(reference.path)]) { client in
            let (descriptor, bytes) = try client.manifest(reference.registryName)
            return RegistryArtifact(
                reference: try reference.pinned(descriptor.digest),
                descriptor: descriptor,
                manifest: bytes,
                access: self
            )
        }
    }

    /// The tags of a repository, sorted.
    public func tags(of reference: ImageReference) throws -> [String] {
        try withRepository(reference, verb: "list", scopes: [.pull(reference.path)]) { try $0.tags() }
    }

    /// What says that it belongs to a manifest: signatures, lists of parts, and the like.
    ///
    /// - Parameter artifactType: Only those of this type.
    public func referrers(of reference: ImageReference, artifactType: String? = nil) throws -> [Descriptor] {
        try withRepository(reference, verb: "list", scopes: [.pull(reference.path)]) { client in
            let name = reference.registryName
            let digest = try reference.digest ?? client.head(name)?.digest ?? client.manifest(name).descriptor.digest
            return try client.referrers(of: digest).filter { artifactType == nil || $0.artifactType == artifactType }
        }
    }
}

extension ImageReference {
    /// What selects the manifest in its repository: the digest if there is one, else the tag.
    public var registryName: String { digest?.description ?? tag ?? "latest" }
}
