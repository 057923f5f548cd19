public import Containers
public import SystemPackage

/// What to build, and how.
public struct BuildRequest: Sendable {
    /// Where the Dockerfile's text comes from.
    public enum Source: Hashable, Sendable {
        /// A file; relative paths are relative to the context. Its ignore file is `<path>.dockerignore`, if there is one.
        case file(FilePath)
        /// Text that stands in no file.
        case text(String)
        /// A file of the web.
        case web(String)
    }

    /// Where a context comes from that is no folder of this machine.
    public enum Origin: Hashable, Sendable {
        /// A git repository, or a file of the web: an archive, or a Dockerfile.
        case reference(String)
        /// What can be read from here: an archive, or a Dockerfile.
        case stream(FileDescriptor)
    }

    /// What a command may reach, where its instruction does not say.
    public enum Network: String, Hashable, Sendable {
        /// The engine's own bridge.
        case `default`
        case none
        case host
    }

    /// A tree that instructions may name.
    public enum NamedContext: Hashable, Sendable {
        case folder(FilePath)
        /// An image of the local store.
        case image(String)
        /// Images of the local store, by their ids, of which the one for the platform is meant.
        case images([String])
        /// A git repository, or a file of the web: an archive, or a file for itself.
        case remote(String)
        /// An image of an OCI layout in a folder: the one of that tag or digest, or else `latest` or the only one.
        case layout(FilePath, String?)
        /// A folder with what came from elsewhere: nothing in it is followed out of it, and it ignores nothing.
        case fetched(FilePath)
    }

    /// A secret: it reaches the commands that mount it, and nothing else.
    public struct Secret: Hashable, Sendable {
        /// The name by which instructions mount it.
        public var id: String
        /// What it holds.
        public var value: [UInt8]
        /// Whom its file belongs to, and who may read it, where the mount does not say.
        public var uid: UInt32?
        /// The group of its file.
        public var gid: UInt32?
        /// The permissions of its file.
        public var mode: UInt32?

        /// The secret with this identifier.
        public init(id: String, value: [UInt8]) {
            self.id = id
            self.value = value
        }
    }

    /// The folder that `COPY` and `ADD` read, unless ``origin`` says otherwise.
    public var context: FilePath
    /// Where the context comes from, if from elsewhere.
    public var origin: Origin?
    /// Whether the context came from elsewhere: nothing in it is followed out of it, and it ignores nothing.
    var isFetched = false
    /// What the context was fetched as; nil for one that has no sum.
    var material: Material?
    /// What the Dockerfile was fetched in; nil for one of this machine.
    var dockerfileMaterial: Material?
    /// `Dockerfile` in the context, or else `dockerfile`, when nil.
    public var dockerfile: Source?
    /// `--build-arg`
    public var arguments: [String: String] = [:]
    /// A stage's name or index; nil is the last one.
    public var target: String?
    /// What is built for: `os/arch[/variant]`, or `local` for this machine, which it is for where nothing is said.
    public var platforms: [String] = []
    /// What the image is labelled with besides its own labels.
    public var labels: [String: String] = [:]
    /// What the image is called; may be empty.
    public var tags: [String] = []
    /// Whether every step is carried out anew.
    public var ignoresCache = false
    /// Stages of which every step is carried out anew, by name.
    public var stagesWithoutCache: Set<String> = []
    /// Whether base images are fetched although they are here.
    public var pulls = false
    /// What commands may reach where their instructions do not say.
    public var network: Network = .default
    /// `name:address`
    public var extraHosts: [String] = []
    /// Bytes of `/dev/shm`.
    public var sharedMemory: Int = 64 << 20
    /// How much of the machine commands may use; the size of `/dev/shm` is told apart.
    public var limits = Resources()
    /// The control group above those of commands.
    public var cgroupParent: String?
    /// What commands may mount as secrets.
    public var secrets: [Secret] = []
    /// `--build-context`: trees that take the place of stages and images of the same name.
    public var namedContexts: [String: NamedContext] = [:]
    /// What commands may mount as agents.
    public var agents: [Agent] = []
    /// Whether instructions may ask for all that a privileged container may do.
    public var allowsInsecurity = false
    /// Whether instructions may ask for the host's network.
    public var allowsHostNetwork = false
    /// What becomes of the result; nothing said is an image of this machine.
    public var outputs: [BuildOutput] = []
    /// Caches of other machines that layers may be taken from.
    public var cacheSources: [CacheSource] = []
    /// Where what the steps came to goes for other machines.
    public var cacheTargets: [CacheTarget] = []
    /// Whether it is attested how an image was made.
    public var provenance = ProvenanceSetting.usual
    /// Remarks that every image which is given out gets.
    public var annotations: [AnnotationWish] = []
    /// What is to be told before the build begins, such as that a wish changes nothing.
    public var warnings: [String] = []

    /// A build of the Dockerfile in a folder.
    public init(context: FilePath) {
        self.context = context
    }

    /// Whether the image carries the cache of its own layers.
    var hasInlineCache: Bool {
        cacheTargets.contains { $0.place == .image }
            || arguments["BUILDKIT_INLINE_CACHE"].flatMap { Bool(flag: $0) } == true
    }

    /// What the machine is called that commands see.
    var sandboxHostname: String { arguments["BUILDKIT_SANDBOX_HOSTNAME"] ?? "buildkitsandbox" }

    /// What `SOURCE_DATE_EPOCH` says, in nanoseconds since 1970; nil where nothing is said.
    var epoch: Int64? {
        get throws {
            guard let text = arguments["SOURCE_DATE_EPOCH"], !text.isEmpty else { return nil }
            guard let seconds = Int64(text), (0...(1 << 33)).contains(seconds) else {
                throw BuilderError(.other("invalid SOURCE_DATE_EPOCH: \(text)"))
            }
            return seconds * 1_000_000_000
        }
    }

    /// Takes `SOURCE_DATE_EPOCH` from the environment of whoever asks, unless it is an argument of the build already.
    public mutating func takeEpoch(from environment: [String: String]) {
        let name = "SOURCE_DATE_EPOCH"
        if arguments[name] == nil, let text = environment[name] { arguments[name] = text }
    }
}
