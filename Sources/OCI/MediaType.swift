/// What a blob is, in both families of names. OCI image specification, media-types.md; Docker's image manifest v2
public struct MediaType: Hashable, Sendable, Codable, RawRepresentable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try String(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try rawValue.encode(to: encoder)
    }

    public static let index = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    public static let manifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    public static let configuration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    public static let gzipLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    public static let zstdLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")

    private static let docker = "application/vnd.docker."
    public static let dockerIndex = MediaType(rawValue: docker + "distribution.manifest.list.v2+json")
    public static let dockerManifest = MediaType(rawValue: docker + "distribution.manifest.v2+json")
    public static let dockerConfiguration = MediaType(rawValue: docker + "container.image.v1+json")
    public static let dockerLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar")
    public static let dockerGzipLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar.gzip")
    public static let dockerZstdLayer = MediaType(rawValue: docker + "image.rootfs.diff.tar.zstd")

    public var isIndex: Bool { self == .index || self == .dockerIndex }
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }

    /// The OCI name for what Docker has its own for.
    public var inOCIWords: MediaType {
        let names: [MediaType: MediaType] = [
            .dockerIndex: .index, .dockerManifest: .manifest, .dockerConfiguration: .configuration,
            .dockerLayer: .layer, .dockerGzipLayer: .gzipLayer, .dockerZstdLayer: .zstdLayer,
        ]
        return names[self] ?? self
    }

    /// Whether it names a layer that can be unpacked: a tar, plain or compressed.
    public var isLayer: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.") || rawValue.hasPrefix(Self.dockerLayer.rawValue)
            || rawValue.hasPrefix(Self.docker + "image.rootfs.foreign.diff.tar")
    }
}

extension MediaType: CustomStringConvertible {
    public var description: String { rawValue }
}
