import JSON

/// A reference to a blob: its kind, name and size. OCI image specification, descriptor.md
public struct Descriptor: Codable, Hashable, Sendable {
    /// What the blob is.
    public var mediaType: MediaType
    /// What the blob hashes to.
    public var digest: Digest
    /// In bytes.
    public var size: Int64
    /// What the image behind it runs on; in an index alone.
    public var platform: Platform?
    /// What the manifest behind it is for, if it is no image.
    public var artifactType: String?
    /// Free remarks by name.
    public var annotations: [String: String]?

    /// A descriptor of these parts.
    public init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        platform: Platform? = nil,
        artifactType: String? = nil,
        annotations: [String: String]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.artifactType = artifactType
        self.annotations = annotations
    }
}

extension Descriptor {
    /// The same blob under the OCI name for what it is.
    public var inOCIWords: Descriptor {
        var descriptor = self
        descriptor.mediaType = mediaType.inOCIWords
        return descriptor
    }

    /// The same blob under Docker's own name for what it is.
    public var inDockerWords: Descriptor {
        var descriptor = self
        descriptor.mediaType = mediaType.inDockerWords
        return descriptor
    }
}

/// One image for one platform: its configuration and layers. OCI image specification, manifest.md
public struct ImageManifest: Codable, Hashable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// What the document calls itself.
    public var mediaType: MediaType?
    /// What it is for, if it is no image.
    public var artifactType: String?
    /// The configuration.
    public var config: Descriptor
    /// Base first.
    public var layers: [Descriptor]
    /// The manifest that it says something about.
    public var subject: Descriptor?
    /// Free remarks by name.
    public var annotations: [String: String]?

    /// A manifest of these parts.
    public init(config: Descriptor, layers: [Descriptor], annotations: [String: String]? = nil) {
        self.schemaVersion = 2
        self.mediaType = .manifest
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }
}

/// One image for several platforms, or the table of contents of a layout. OCI image specification, image-index.md
public struct ImageIndex: Codable, Hashable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// What the document calls itself.
    public var mediaType: MediaType?
    /// Manifests, or further indexes.
    public var manifests: [Descriptor]
    /// Free remarks by name.
    public var annotations: [String: String]?

    /// An index of these manifests.
    public init(manifests: [Descriptor]) {
        self.schemaVersion = 2
        self.mediaType = .index
        self.manifests = manifests
    }
}

/// What a registry answers when asked for a manifest.
public enum ManifestDocument: Hashable, Sendable {
    case manifest(ImageManifest)
    case index(ImageIndex)

    /// As much as a manifest may have. OCI distribution specification
    public static let maximumSize = 4 << 20

    /// Reads a manifest or an index, whatever the sender calls it.
    ///
    /// - Throws: ``OCIError`` for a document that is neither, or could be both.
    public init(parsing bytes: [UInt8]) throws(OCIError) {
        guard bytes.count <= Self.maximumSize else { throw .malformed("a manifest of more than 4 MiB") }
        do {
            let value = try JSONValue(parsing: bytes)
            let (layers, manifests) = (value["layers"], value["manifests"])
            guard layers == nil || manifests == nil else { throw OCIError.ambiguousDocument }
            if value["schemaVersion"] == .integer(1) {
                throw OCIError.unsupportedDocument(mediaType: "manifest schema 1")
            }
            self =
                manifests == nil
                ? .manifest(try value.decode(ImageManifest.self)) : .index(try value.decode(ImageIndex.self))
        } catch let error as OCIError {
            throw error
        } catch {
            throw .malformed("not a manifest: \(error)")
        }
    }
}
