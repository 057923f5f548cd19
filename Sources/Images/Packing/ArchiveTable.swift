import JSON
public import OCI

/// The table of contents of an archive in the form that Docker had before OCI: `manifest.json`.
public struct ArchiveTable: Sendable {
    private let images: [(id: Digest, layers: [Descriptor], names: [ImageReference])]

    /// A table of images, each with its layers and names.
    public init(_ images: [(id: Digest, layers: [Descriptor], names: [ImageReference])]) {
        self.images = images
    }

    /// A table of one image.
    public init(_ image: PackedImage, names: [ImageReference]) {
        self.init([(id: image.configuration.digest, layers: image.layers, names: names)])
    }

    /// The document.
    public func bytes() -> [UInt8] {
        JSONValue.array(
            images.map { image in
                [
                    "Config": .string(image.id.layoutPath),
                    "RepoTags": .array(image.names.map { .string($0.familiar) }),
                    "Layers": .array(image.layers.map { .string($0.digest.layoutPath) }),
                ]
            }
        ).bytes()
    }
}
