public import YAML

extension Service {
    /// When an image is pulled or built.
    public enum PullPolicy: Sendable, Hashable {
        /// Before every start.
        case always
        /// Never: it must be there.
        case never
        /// When it is not there.
        case missing
        /// Built before every start.
        case build
        /// When it is older than this many nanoseconds.
        case after(Int)
    }

    /// The `build` section.
    public struct Build: Sendable, Hashable {
        /// An absolute folder, or a URL.
        public var context: String
        /// Relative to the context, unless absolute; nil with `dockerfileInline`.
        public var dockerfile: String?
        /// The Dockerfile's text.
        public var dockerfileInline: String?
        /// Build arguments; nil where the variable is set nowhere.
        public var arguments: [String: String?] = [:]
        /// The stage to build; nil is the last.
        public var target: String?
        /// Labels of the image.
        public var labels: [String: String] = [:]
        /// Further names of the image.
        public var tags: [String] = []
        /// Named contexts: a path, a URL, or `service:<name>`.
        public var additionalContexts: [String: String] = [:]
        /// The network of `RUN`: `host`, `none`, `default`.
        public var network: String?
        /// Whether nothing cached is used.
        public var ignoresCache = false
        /// Stages whose cache is not used.
        public var uncachedStages: [String] = []
        /// Whether base images are pulled again.
        public var pulls = false
        /// Where to take cache from.
        public var cacheFrom: [String] = []
        /// Where to put cache.
        public var cacheTo: [String] = []
        /// Secrets for `RUN --mount=type=secret`.
        public var secrets: [FileReference] = []
        /// `id` or `id=path` of agents to forward.
        public var ssh: [String] = []
        /// The size of /dev/shm in bytes.
        public var shmSize: Int?
        /// `name=address` for `/etc/hosts`.
        public var extraHosts: [String] = []
        /// Platforms to build for.
        public var platforms: [String] = []
        /// Limits of the building processes.
        public var ulimits: [Ulimit] = []
        /// Whether `RUN` may do all.
        public var isPrivileged = false
        /// Entitlements granted.
        public var entitlements: [String] = []
        /// The isolation technology.
        public var isolation: String?
        /// The provenance attestation's setting.
        public var provenance: String?
        /// The bill of materials' setting.
        public var sbom: String?
        /// Where each key of the section stands, for messages at run time.
        public var places: [String: Mark] = [:]

        /// A build of a context.
        public init(context: String) {
            self.context = context
        }
    }

    /// What another program provides instead of a container.
    public struct Provider: Sendable, Hashable {
        /// The program's name.
        public var type: String
        /// Its options; a list has several values.
        public var options: [String: [String]] = [:]

        /// A provider without options.
        public init(type: String) {
            self.type = type
        }
    }
}
