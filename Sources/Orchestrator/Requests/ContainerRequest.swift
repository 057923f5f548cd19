public import Containers
public import Supervision

/// The wish for a container, before its image is known: what is nil is the image's word, or the default.
///
/// Compose services and the flags of `run` are both turned into one; ``ContainerConfiguration`` is what comes of it
/// together with the image.
public struct ContainerRequest: Hashable, Sendable {
    /// 64 hexadecimal digits, chosen by whoever asks.
    public var id: String
    /// The name to go by.
    public var name: String
    /// The image as the user named it.
    public var image: String
    /// `os/arch[/variant]`; nil is this machine's.
    public var platform: String?
    /// The user's labels and, from a plan, our control labels.
    public var labels: [String: String] = [:]

    /// Further facts for whoever inspects the container.
    public var annotations: [String: String] = [:]

    /// Nil is the image's; an empty list is none. Naming one drops the image's command.
    public var entrypoint: [String]?
    /// Nil is the image's, unless there is an entrypoint here.
    public var command: [String]?
    /// In order; a later one of the same name wins.
    public var environment: [EnvironmentEntry] = []
    /// Nil is the image's.
    public var workingDirectory: String?
    /// `user[:group]`; nil is the image's.
    public var user: String?
    /// Names or numbers of further groups.
    public var additionalGroups: [String] = []
    /// Whether it gets a terminal.
    public var hasTerminal = false
    /// Whether standard input stays open while nobody is attached.
    public var keepsStandardInputOpen = false

    /// Nil is the first 12 digits of the identifier.
    public var hostname: String?
    /// The domain that it calls itself part of.
    public var domainname = ""
    /// What is to appear in its tree.
    public var mounts: [MountRequest] = []
    /// Containers whose volumes this one gets as well.
    public var volumesFrom: [VolumesFrom] = []
    /// Volumes to carry over from a container that this one replaces: for the path, the volume's name. They stand in where
    /// the request or the image asks for an anonymous volume at that path.
    public var carriedVolumes: [String: String] = [:]

    /// What it is to see of the network.
    public var network: NetworkConfiguration = .none
    /// The network namespace of the container whose place it takes, which others may be in; nil is a new one.
    public var networkNamespace: String?
    /// Whether every port that the image or the request exposes gets a port of the host.
    public var publishesAllPorts = false

    /// Limits on what it uses.
    public var resources = Resources()
    /// What it may and may not do.
    public var security = Security()
    /// The namespaces that are not its own; containers by name or identifier.
    public var namespaces = Namespaces()
    /// Whether it is started again.
    public var restart: RestartPolicy = .no
    /// The probe; nil is the image's.
    public var health: HealthRequest?
    /// Where output goes.
    public var log = LogConfiguration()
    /// Nil is the image's.
    public var stopSignal: String?
    /// Seconds; negative is for ever.
    public var stopTimeout: Int?
    /// Whether it goes when it ends, with its anonymous volumes.
    public var removesItself = false
    /// Whether a small init of ours is its first process.
    public var hasInit = false

    /// The name of the container that this one takes the place of, if it does.
    public var replacedName: String?

    /// A container of an image, with everything as the image says.
    public init(id: String, name: String, image: String) {
        self.id = id
        self.name = name
        self.image = image
    }

    /// The names by which Docker knows the ordinary runtime: ours keeps the same contract.
    public static let ownRuntimes: Set = ["", "runc", "io.containerd.runc.v2"]

    /// Its identifier and name.
    public var identity: ContainerIdentity { ContainerIdentity(id: id, name: name) }
}

/// One variable of the environment.
public struct EnvironmentEntry: Hashable, Sendable {
    /// The variable's name.
    public var name: String
    /// Nil takes the image's value away.
    public var value: String?

    /// A variable.
    public init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }
}

/// Something to appear in the container's tree.
public struct MountRequest: Hashable, Sendable {
    /// What is mounted.
    public enum Source: Hashable, Sendable {
        /// A volume by name, or one that nobody named. A missing one is made.
        case volume(name: String?, subpath: String?, copiesUp: Bool)
        /// A file or folder of the host, absolute; `createsSource` makes a missing one a folder.
        case bind(path: String, createsSource: Bool, propagation: String?, recursion: Mount.BindRecursion)
        /// Memory, with the options of the `tmpfs` file system.
        case tmpfs(options: [String])
        /// A file with these contents.
        case contents(bytes: [UInt8], uid: UInt32, gid: UInt32, mode: UInt32)
        /// A copy of a file of the host with another owner or mode.
        case copy(path: String, uid: UInt32, gid: UInt32, mode: UInt32)
        /// What an image has in it, or in a folder of it.
        case image(reference: String, subpath: String?)
    }

    /// How a volume is made that is missing.
    public struct VolumeCreation: Hashable, Sendable {
        /// The driver.
        public var driver = "local"
        /// The driver's options.
        public var options: [String: String] = [:]
        /// The user's labels.
        public var labels: [String: String] = [:]

        /// A volume with everything as it usually is.
        public init() {}
    }

    /// What is mounted.
    public var source: Source
    /// Absolute.
    public var target: String
    /// Whether writing is refused.
    public var isReadOnly: Bool
    /// How the volume is made if it is one, and missing.
    public var creation = VolumeCreation()

    /// A mount.
    public init(_ source: Source, target: String, isReadOnly: Bool = false) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
    }
}

/// A container whose volumes another gets as well.
public struct VolumesFrom: Hashable, Sendable {
    /// An identifier or a name.
    public var container: String
    /// Whether writing is refused, whatever the other may do.
    public var isReadOnly: Bool

    /// The volumes of a container.
    public init(container: String, isReadOnly: Bool = false) {
        self.container = container
        self.isReadOnly = isReadOnly
    }
}

/// The wish for a probe; what is nil is the image's word, or the default. Durations are in nanoseconds.
public struct HealthRequest: Hashable, Sendable {
    /// `["CMD", …]`, `["CMD-SHELL", …]`, or `["NONE"]` for no probe although the image has one.
    public var test: [String]?
    /// The time between probes.
    public var interval: Int?
    /// The time that a probe may take.
    public var timeout: Int?
    /// Failures in a row that make it unhealthy.
    public var retries: Int?
    /// The time in which failures do not count.
    public var startPeriod: Int?
    /// The time between probes in that time.
    public var startInterval: Int?

    /// A probe of which only the command is said.
    public init(test: [String]? = nil) {
        self.test = test
    }
}
