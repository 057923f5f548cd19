import JSON

/// A reference to a blob: its kind, name and size. OCI image specification, descriptor.md
public struct Descriptor: Codable, Hashable, Sendable {
    public var mediaType: MediaType
    public var digest: Digest
    /// In bytes.
    public var size: Int64
    public var platform: Platform?
    public var annotations: [String: String]?

    public init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        platform: Platform? = nil,
        annotations: [String: String]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
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
}

/// One image for one platform: its configuration and layers. OCI image specification, manifest.md
public struct ImageManifest: Codable, Hashable, Sendable {
    public var schemaVersion: Int
    public var mediaType: MediaType?
    public var config: Descriptor
    /// Base first.
    public var layers: [Descriptor]
    public var annotations: [String: String]?

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
    public var schemaVersion: Int
    public var mediaType: MediaType?
    public var manifests: [Descriptor]
    public var annotations: [String: String]?

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
