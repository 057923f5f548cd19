/// What an image is: how to run it, its layers, and how it came to be. OCI image specification, config.md
public struct ImageConfiguration: Codable, Hashable, Sendable {
    /// RFC 3339.
    public var created: String?
    /// Who made it.
    public var author: String?
    /// In the words of Go, such as `amd64`.
    public var architecture: String
    /// In the words of Go, such as `linux`.
    public var os: String
    /// Of the architecture, such as `v7`.
    public var variant: String?
    /// Windows alone has one.
    public var osVersion: String?
    /// What the system must have; Windows alone names any.
    public var osFeatures: [String]?
    /// How to run it.
    public var config: RunConfiguration
    /// Its layers.
    public var rootfs: RootFileSystem
    /// How it came to be, oldest first.
    public var history: [History]
    /// Which of its layers steps of a build came to: a document of BuildKit's, in Base64.
    public var inlineCache: String?

    enum CodingKeys: String, CodingKey {
        case created, author, architecture, os, variant, config, rootfs, history
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case inlineCache = "moby.buildkit.cache.v0"
    }

    /// As many layers as one overlay can name: the kernel takes a page of options, and each layer needs some 18 bytes of
    /// it.
    public static let maximumLayers = 200

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

        /// A tree of these layers.
        public init(diffIDs: [Digest] = []) {
            self.type = "layers"
            self.diffIDs = diffIDs
        }

        /// Reads the members; a missing list is empty.
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
        /// The command or instruction.
        public var createdBy: String?
        /// Who did it.
        public var author: String?
        /// Whatever the maker had to say.
        public var comment: String?
        /// Whether the step left no layer.
        public var emptyLayer: Bool?

        enum CodingKeys: String, CodingKey {
            case created, author, comment
            case createdBy = "created_by"
            case emptyLayer = "empty_layer"
        }

        /// A step of these parts.
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

    /// Reads the members; what older tools leave out is taken for this machine's.
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
        inlineCache = try values.decodeIfPresent(String.self, forKey: .inlineCache)
    }

    /// What it runs on.
    public var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }
}
