/// What a blob is, in both families of names. OCI image specification, media-types.md; Docker's image manifest v2
public struct MediaType: Hashable, Sendable, Codable, RawRepresentable {
    /// The name as documents have it.
    public let rawValue: String

    /// A type of that name, known or not.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        rawValue = try String(from: decoder)
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        try rawValue.encode(to: encoder)
    }

    /// An OCI index.
    public static let index = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// An OCI manifest.
    public static let manifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image configuration.
    public static let configuration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// A layer as a plain tar.
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    /// A layer as a tar packed by gzip.
    public static let gzipLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    /// A layer as a tar packed by Zstandard.
    public static let zstdLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")

    private static let docker = "application/vnd.docker."
    /// Docker's index, a manifest list.
    public static let dockerIndex = MediaType(rawValue: docker + "distribution.manifest.list.v2+json")
    /// Docker's manifest, version 2 schema 2.
    public static let dockerManifest = MediaType(rawValue: docker + "distribution.manifest.v2+json")
    /// Docker's image configuration.
    public static let dockerConfiguration = MediaType(rawValue: docker + "container.image.v1+json")
    /// Docker's layer as a plain tar.
    public static let dockerLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar")
    /// Docker's layer as a tar packed by gzip.
    public static let dockerGzipLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar.gzip")
    /// Docker's layer as a tar packed by Zstandard.
    public static let dockerZstdLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar.zstd")

    /// Whether it names a list of manifests.
    public var isIndex: Bool { self == .index || self == .dockerIndex }
    /// Whether it names the manifest of one image.
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }

    private static let pairs: [(docker: MediaType, oci: MediaType)] = [
        (.dockerIndex, .index), (.dockerManifest, .manifest), (.dockerConfiguration, .configuration),
        (.dockerLayer, .layer), (.dockerGzipLayer, .gzipLayer), (.dockerZstdLayer, .zstdLayer),
    ]

    /// The OCI name for what Docker has its own for.
    public var inOCIWords: MediaType { Self.pairs.first { $0.docker == self }?.oci ?? self }

    /// Docker's own name for it, if there is one.
    public var inDockerWords: MediaType { Self.pairs.first { $0.oci == self }?.docker ?? self }

    /// Whether it names a layer that can be unpacked: a tar, plain or compressed.
    public var isLayer: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.") || rawValue.hasPrefix(Self.dockerLayer.rawValue)
            || rawValue.hasPrefix(Self.docker + "image.rootfs.foreign.diff.tar")
    }
}

extension MediaType: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}
