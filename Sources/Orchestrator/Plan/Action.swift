public import ComposeSpec

/// One thing that a plan does. Each case has what it needs and nothing else.
public enum Action: Hashable, Sendable {
    case pullImage(ImagePull)
    case buildImage(ImageBuild)
    /// Pulls, and builds if that cannot be had: what `image` and `build` together mean.
    case pullOrBuildImage(ImagePull, ImageBuild)
    case pushImage(ImagePush)
    case removeImage(reference: String)
    case createNetwork(ProjectNetwork)
    case removeNetwork(name: String)
    case createVolume(VolumeRequest)
    case removeVolume(name: String)
    case createContainer(ContainerRequest)
    case startContainer(ContainerIdentity)
    /// `timeout` is in seconds, negative for ever; nil is the container's own.
    case stopContainer(ContainerIdentity, timeout: Int?)
    case killContainer(ContainerIdentity, signal: String)
    case pauseContainer(ContainerIdentity)
    case resumeContainer(ContainerIdentity)
    case removeContainer(ContainerIdentity, withAnonymousVolumes: Bool)
    case renameContainer(ContainerIdentity, to: String)
    case awaitContainer(Await)
    case runHook(ContainerIdentity, Hook)
    /// Runs a container to its end and removes it: what comes before the start of a service.
    case runContainer(ContainerRequest)
}

/// A container: its identifier, and the name it goes by.
public struct ContainerIdentity: Hashable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    /// The name it goes by.
    public var name: String

    /// A container of that name.
    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// An image to fetch from its registry.
public struct ImagePull: Hashable, Sendable {
    /// The name as the project or the user has it.
    public var reference: String
    /// `os/arch[/variant]`; nil is this machine's.
    public var platform: String?
    /// Whether the rest goes on without it.
    public var isOptional: Bool

    /// A pull of an image.
    public init(reference: String, platform: String? = nil, isOptional: Bool = false) {
        self.reference = reference
        self.platform = platform
        self.isOptional = isOptional
    }
}

/// An image to bring to its registry.
public struct ImagePush: Hashable, Sendable {
    /// The name as the project has it.
    public var reference: String
    /// Whether the rest goes on if it fails.
    public var isOptional: Bool

    /// A push of an image.
    public init(reference: String, isOptional: Bool = false) {
        self.reference = reference
        self.isOptional = isOptional
    }
}

/// An image to build.
public struct ImageBuild: Hashable, Sendable {
    /// The name that the result gets.
    public var image: String
    /// What the files say of the build; `docker build` fills one in from its flags.
    public var definition: Service.Build
    /// What it is built for: `os/arch[/variant]`; nothing said is this machine.
    public var platforms: [String]
    /// Labels of ours that the result gets besides those of the definition.
    public var labels: [String: String]
    /// What `service:<name>` among the additional contexts stands for: images by service.
    public var serviceImages: [String: String] = [:]
    /// Secrets for `RUN --mount=type=secret`, by identifier.
    public var secrets: [String: Project.FileSource.Origin] = [:]
    /// How the files refer to those secrets, by identifier.
    public var secretFiles: [String: Service.FileReference] = [:]
    /// Agents for `RUN --mount=type=ssh`: `id[=path]`, with absolute paths.
    public var agents: [String] = []
    /// How many bytes of memory each command of it may use.
    public var memory: Int64?
    /// Whether no more than the outcome is reported.
    public var isQuiet = false
    /// Whether the image goes to the registries of its names when it is made.
    public var isPushed = false

    /// What is built, as messages call it: the service, or else the image.
    public var target: String { labels[ControlLabel.service] ?? image }

    /// A build of an image.
    public init(image: String, definition: Service.Build, platforms: [String] = [], labels: [String: String] = [:]) {
        self.image = image
        self.definition = definition
        self.platforms = platforms
        self.labels = labels
    }
}

/// A network to make.
public struct ProjectNetwork: Hashable, Sendable {
    /// What the files say of it.
    public var definition: Project.Network
    /// All its labels: the user's and ours.
    public var labels: [String: String]

    /// A network with those labels.
    public init(_ definition: Project.Network, labels: [String: String]) {
        self.definition = definition
        self.labels = labels
    }

    /// The name as the engine knows it, such as `shop_default`.
    public var name: String { definition.name }
}

/// A volume to make.
public struct VolumeRequest: Hashable, Sendable {
    /// The name as the engine knows it, such as `shop_data`.
    public var name: String
    /// `local` so far.
    public var driver: String
    /// Options of the driver.
    public var options: [String: String]
    /// All its labels: the user's and ours.
    public var labels: [String: String]

    /// A volume with the defaults of the driver.
    public init(name: String, driver: String = "local", options: [String: String] = [:], labels: [String: String] = [:])
    {
        self.name = name
        self.driver = driver
        self.options = options
        self.labels = labels
    }
}

/// A state of a container to wait for.
public struct Await: Hashable, Sendable {
    /// The state.
    public enum Condition: Hashable, Sendable {
        case healthy
        /// Ended with code 0.
        case completed
        /// Healthy, or running if nothing probes it.
        case runningOrHealthy
    }

    /// Whose state it is.
    public var container: ContainerIdentity
    /// Its service, for messages.
    public var service: String
    /// The state.
    public var condition: Condition
    /// Whether what waits fails with it; if not, it goes on with a warning.
    public var isRequired: Bool
    /// Seconds; nil is for ever.
    public var timeout: Int?

    /// A state of a container of a service.
    public init(
        _ container: ContainerIdentity,
        of service: String,
        _ condition: Condition,
        isRequired: Bool = true,
        timeout: Int? = nil
    ) {
        self.container = container
        self.service = service
        self.condition = condition
        self.isRequired = isRequired
        self.timeout = timeout
    }
}

/// A command that runs inside a container after its start or before its stop.
public struct Hook: Hashable, Sendable {
    /// The key it stands under.
    public enum Moment: String, Hashable, Sendable {
        case postStart = "post_start"
        case preStop = "pre_stop"
    }

    /// When it runs.
    public var moment: Moment
    /// What it runs.
    public var command: [String]
    /// `user[:group]`; nil is the container's own.
    public var user: String?
    /// Nil is the container's own.
    public var workingDirectory: String?
    /// `NAME=value`, over the container's own.
    public var environment: [String]
    /// Whether all is allowed.
    public var isPrivileged: Bool

    /// A command for a moment.
    public init(
        _ moment: Moment,
        command: [String],
        user: String? = nil,
        workingDirectory: String? = nil,
        environment: [String] = [],
        isPrivileged: Bool = false
    ) {
        self.moment = moment
        self.command = command
        self.user = user
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.isPrivileged = isPrivileged
    }
}
