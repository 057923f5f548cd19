public import Containers
public import Supervision

/// The wish for a container, before its image is known: what is nil is the image's word, or the default.
///
/// Compose services and the flags of `run` are both turned into one; ``ContainerConfiguration`` is what comes of it
/// together with the image.
public struct ContainerRequest: Hashable, Sendable {
    /// 64 hexadecimal digits, chosen by whoever asks.
    public var id: String
    public var name: String
    /// The image as the user named it.
    public var image: String
    /// `os/arch[/variant]`; nil is this machine's.
    public var platform: String?
    /// The user's labels and, from a plan, our control labels.
    public var labels: [String: String] = [:]

    /// Nil is the image's; an empty list is none. Naming one drops the image's command.
    public var entrypoint: [String]?
    public var command: [String]?
    /// In order; a later one of the same name wins.
    public var environment: [EnvironmentEntry] = []
    public var workingDirectory: String?
    public var user: String?
    public var additionalGroups: [String] = []
    public var hasTerminal = false
    public var keepsStandardInputOpen = false

    /// Nil is the first 12 digits of the identifier.
    public var hostname: String?
    public var domainname = ""
    public var mounts: [MountRequest] = []
    /// Containers whose volumes this one gets as well.
    public var volumesFrom: [VolumesFrom] = []
    /// Volumes to carry over from a container that this one replaces: for the path, the volume's name. They stand in where
    /// the request or the image asks for an anonymous volume at that path.
    public var carriedVolumes: [String: String] = [:]

    public var network: NetworkConfiguration = .none
    /// Whether every port that the image or the request exposes gets a port of the host.
    public var publishesAllPorts = false

    public var resources = Resources()
    public var security = Security()
    public var namespaces = Namespaces()
    public var restart: RestartPolicy = .no
    public var health: HealthRequest?
    public var log = LogConfiguration()
    public var stopSignal: String?
    /// Seconds; negative is for ever.
    public var stopTimeout: Int?
    public var removesItself = false
    public var hasInit = false

    /// The name of the container that this one takes the place of, if it does.
    public var replacedName: String?

    public init(id: String, name: String, image: String) {
        self.id = id
        self.name = name
        self.image = image
    }

    public var identity: ContainerIdentity { ContainerIdentity(id: id, name: name) }
}

/// One variable of the environment.
public struct EnvironmentEntry: Hashable, Sendable {
    public var name: String
    /// Nil takes the image's value away.
    public var value: String?

    public init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }
}

/// Something to appear in the container's tree.
public struct MountRequest: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        /// A volume by name, or one that nobody named. A missing one is made.
        case volume(name: String?, subpath: String?, copiesUp: Bool)
        /// A file or folder of the host, absolute; `createsSource` makes a missing one a folder.
        case bind(path: String, createsSource: Bool, propagation: String?, isRecursive: Bool)
        /// Memory, with the options of the `tmpfs` file system.
        case tmpfs(options: [String])
        /// A file with these contents.
        case contents(bytes: [UInt8], uid: UInt32, gid: UInt32, mode: UInt32)
    }

    public var source: Source
    /// Absolute.
    public var target: String
    public var isReadOnly: Bool

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
    public var isReadOnly: Bool

    public init(container: String, isReadOnly: Bool = false) {
        self.container = container
        self.isReadOnly = isReadOnly
    }
}

/// The wish for a probe; what is nil is the image's word, or the default. Durations are in nanoseconds.
public struct HealthRequest: Hashable, Sendable {
    /// `["CMD", …]`, `["CMD-SHELL", …]`, or `["NONE"]` for no probe although the image has one.
    public var test: [String]?
    public var interval: Int?
    public var timeout: Int?
    public var retries: Int?
    public var startPeriod: Int?
    public var startInterval: Int?

    public init(test: [String]? = nil) {
        self.test = test
    }
}
