public import OCI

/// An image in the store.
public struct Image: Hashable, Sendable {
    /// The digest of its configuration.
    public let id: Digest
    /// What the image says of itself.
    public let configuration: ImageConfiguration
    /// Its names, sorted; none makes it dangling.
    public let references: [ImageReference]
    /// The names by digest under which registries know it, such as `docker.io/library/nginx@sha256:…`.
    public let repositoryDigests: [ImageReference]
    /// How many bytes its layers' files have.
    public let size: Int64
    /// When a name was given to it last, or it came, in nanoseconds since 1970.
    public let taggedAt: Int64

    /// Whether a name means it for a platform that is not the usual.
    public let isOther: Bool

    /// Its layers as diff identifiers, base first.
    public var layers: [Digest] { configuration.rootfs.diffIDs }

    /// Whether no name leads to it.
    public var isDangling: Bool { references.isEmpty && !isOther }
}
