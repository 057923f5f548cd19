import JSON
public import OCI

/// A manifest at a registry that an index may name.
public struct IndexMember: Codable, Hashable, Sendable {
    /// Where it is, by its digest.
    public let reference: ImageReference
    /// What it is, and what it is for.
    public var descriptor: Descriptor
    /// The manifest as it came.
    public let manifest: String

    /// The manifest's bytes.
    public var bytes: [UInt8] { Array(manifest.utf8) }

    /// The blobs that it names.
    func blobs() throws -> [Descriptor] {
        guard case .manifest(let manifest) = try ManifestDocument(parsing: bytes) else { return [] }
        return [manifest.config] + manifest.layers
    }
}

extension ImageIndex {
    /// An index that names these manifests, in Docker's words if all of them are.
    public init(of members: [IndexMember]) {
        self.init(manifests: members.map(\.descriptor))
        if members.allSatisfy({ $0.descriptor.mediaType == .dockerManifest }) { mediaType = .dockerIndex }
    }
}
