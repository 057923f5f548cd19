/// What an image is: how to run it, its layers, and how it came to be. OCI image specification, config.md
public struct ImageConfiguration: Codable, Hashable, Sendable {
    /// RFC 3339.
    public var created: String?
    public var author: String?
    public var architecture: String
    public var os: String
    public var variant: String?
    public var osVersion: String?
    public var osFeatures: [String]?
    /// How to run it.
    public var config: RunConfiguration
    public var rootfs: RootFileSystem
    public var history: [History]

    enum CodingKeys: String, CodingKey {
        case created, author, architecture, os, variant, config, rootfs, history
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    /// The layers of an image.
    public struct RootFileSystem: Codable, Hashable, Sendable {
        /// Always `layers`.
        public var type: String
        /// What the layers' tars hash to, uncompressed, base first.
        public var diffIDs: [Digest]

        enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        public init(diffIDs: [Digest] = []) {
            self.type = "layers"
            self.diffIDs = diffIDs
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            type = try values.decodeIfPresent(String.self, forKey: .type) ?? "layers"
            diffIDs = try values.decodeIfPresent([Digest].self, forKey: .diffIDs) ?? []
        }
    }

    /// How one step of the making went.
    public struct History: Codable, Hashable, Sendable {
        /// RFC 3339.
        public var created: String?
        public var createdBy: String?
        public var author: String?
        public var comment: String?
        /// Whether the step left no layer.
        public var emptyLayer: Bool?

        enum CodingKeys: String, CodingKey {
            case created, author, comment
            case createdBy = "created_by"
            case emptyLayer = "empty_layer"
        }

        public init(
            created: String? = nil,
            createdBy: String? = nil,
            author: String? = nil,
            comment: String? = nil,
            emptyLayer: Bool? = nil
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }

    /// An image of nothing, `FROM scratch`.
    public init(platform: Platform = .host) {
        architecture = platform.architecture
        os = platform.os
        variant = platform.variant
        config = RunConfiguration()
        rootfs = RootFileSystem()
        history = []
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        created = try values.decodeIfPresent(String.self, forKey: .created)
        author = try values.decodeIfPresent(String.self, forKey: .author)
        architecture = try values.decodeIfPresent(String.self, forKey: .architecture) ?? Platform.host.architecture
        os = try values.decodeIfPresent(String.self, forKey: .os) ?? "linux"
        variant = try values.decodeIfPresent(String.self, forKey: .variant)
        osVersion = try values.decodeIfPresent(String.self, forKey: .osVersion)
        osFeatures = try values.decodeIfPresent([String].self, forKey: .osFeatures)
        config = try values.decodeIfPresent(RunConfiguration.self, forKey: .config) ?? RunConfiguration()
        rootfs = try values.decode(RootFileSystem.self, forKey: .rootfs)
        history = try values.decodeIfPresent([History].self, forKey: .history) ?? []
    }

    public var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }
}
