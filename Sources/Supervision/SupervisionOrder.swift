public import Linux

/// Everything that a monitor needs to know about the one container it looks after.
///
/// Whoever starts a container writes it to ``RunFile/order`` and then starts the monitor, which reads it once.
/// The monitor decides nothing that is not said here.
public struct SupervisionOrder: Codable, Hashable, Sendable {
    /// The container's identifier, 64 hexadecimal digits.
    public var containerID: String
    /// The container's name, for messages.
    public var name: String
    /// Whether standard input, output and error are one pseudo terminal.
    public var hasTerminal: Bool
    /// Whether standard input stays open while nobody is attached.
    public var keepsStandardInputOpen: Bool
    /// Where output goes.
    public var log: LogOrder
    /// What happens when the container's process ends.
    public var restart: RestartPolicy
    /// The probe that says whether the container is healthy, if it has one.
    public var health: HealthOrder?
    /// How the container is asked to stop.
    public var stop: StopOrder
    /// The network namespace the container lives in, if it has one of its own or shares one that we made.
    public var networkNamespace: String?
    /// What the resolver on 127.0.0.11 answers from; absent when the container has no resolver of ours.
    public var names: NameOrder?
    /// The host ports held, and proxied where the kernel does not forward.
    public var ports: [HeldPort]
    /// Folders of what it uses together with others (``SharedResource``), held by the monitor while the container lives.
    public var resources: [String] = []
    /// The container's cgroup folders, absolute, one a hierarchy (exactly one on cgroup v2).
    public var cgroups: [String]
    /// Those of the groups that the launch program does not join, since the container came to them later.
    public var groupsJoinedLater: [String] = []
    /// Where the exit record goes: an absolute path on durable storage.
    public var exitRecord: String
    /// What to undo when the container has ended for good, in this order.
    public var teardown: [TeardownStep]
    /// Whether somebody waits to be attached on ``Descriptor/attachment`` before the process starts.
    public var startsAttached: Bool
    /// Where it is written down what happens to the container; nowhere if it is nil.
    public var journal: JournalOrder?

    /// A value of these parts.
    public init(
        containerID: String,
        name: String,
        hasTerminal: Bool,
        keepsStandardInputOpen: Bool,
        log: LogOrder,
        restart: RestartPolicy,
        health: HealthOrder?,
        stop: StopOrder,
        networkNamespace: String?,
        names: NameOrder?,
        ports: [HeldPort],
        cgroups: [String],
        exitRecord: String,
        teardown: [TeardownStep],
        startsAttached: Bool,
        journal: JournalOrder? = nil
    ) {
        self.containerID = containerID
        self.name = name
        self.hasTerminal = hasTerminal
        self.keepsStandardInputOpen = keepsStandardInputOpen
        self.log = log
        self.restart = restart
        self.health = health
        self.stop = stop
        self.networkNamespace = networkNamespace
        self.names = names
        self.ports = ports
        self.cgroups = cgroups
        self.exitRecord = exitRecord
        self.teardown = teardown
        self.startsAttached = startsAttached
        self.journal = journal
    }
}

/// Where a container's output goes.
public struct LogOrder: Codable, Hashable, Sendable {
    /// How output is kept.
    public enum Driver: String, Codable, Hashable, Sendable {
        /// Docker's JSON lines.
        case jsonFile = "json-file"
        /// The same file; the name is kept for those who ask for it.
        case local
        /// Nowhere.
        case none
    }

    /// How output is kept.
    public var driver: Driver
    /// The log file, absolute.
    public var path: String
    /// The size in bytes at which the file is put aside, if there is one.
    public var maximumSize: Int?
    /// How many files are kept, the current one included.
    public var maximumFiles: Int
    /// Whether files that are put aside are compressed.
    public var isCompressed: Bool
    /// What is said with each line besides its text.
    public var attributes: [String: String]
    /// How many bytes may wait for the file before lines are lost; where it is nil, none are, and the container waits.
    public var bufferSize: Int?

    /// A value of these parts.
    public init(
        driver: Driver,
        path: String,
        maximumSize: Int? = nil,
        maximumFiles: Int = 1,
        isCompressed: Bool = false,
        attributes: [String: String] = [:],
        bufferSize: Int? = nil
    ) {
        self.driver = driver
        self.path = path
        self.maximumSize = maximumSize
        self.maximumFiles = maximumFiles
        self.isCompressed = isCompressed
        self.attributes = attributes
        self.bufferSize = bufferSize
    }
}

/// Whether a container whose process has ended is started again.
public enum RestartPolicy: Codable, Hashable, Sendable {
    case no
    case always
    case unlessStopped
    /// At most `maximum` times in all; without end when it is nil.
    case onFailure(maximum: Int?)
}

/// A container's health probe. Durations are in nanoseconds.
public struct HealthOrder: Codable, Hashable, Sendable {
    /// The launch program of the probe: a file beside the order.
    public var program: String
    /// What it runs, for whoever wants to know what happens.
    public var command: [String]
    /// The time between probes.
    public var interval: Int
    /// The time after which a probe has failed.
    public var timeout: Int
    /// How many failures in a row make it unhealthy.
    public var retries: Int
    /// The time in which failures do not count.
    public var startPeriod: Int
    /// The time between probes in that period.
    public var startInterval: Int

    /// A value of these parts.
    public init(
        program: String,
        command: [String] = [],
        interval: Int,
        timeout: Int,
        retries: Int,
        startPeriod: Int,
        startInterval: Int
    ) {
        self.program = program
        self.command = command
        self.interval = interval
        self.timeout = timeout
        self.retries = retries
        self.startPeriod = startPeriod
        self.startInterval = startInterval
    }
}

/// How a container is asked to stop.
public struct StopOrder: Codable, Hashable, Sendable {
    /// The signal's number.
    public var signal: Int32
    /// Seconds between the signal and SIGKILL; negative means for ever.
    public var grace: Int

    /// A value of these parts.
    public init(signal: Int32, grace: Int) {
        self.signal = signal
        self.grace = grace
    }
}

/// What the resolver inside a container answers from.
public struct NameOrder: Codable, Hashable, Sendable {
    /// The lease folders of the container's networks, absolute.
    public var tables: [String]
    /// The name servers asked for what the tables do not know, as IP addresses; none on internal networks.
    public var upstreams: [String]
    /// The port of 127.0.0.11 that the resolvers of all who share the namespace listen on; nil is one of the kernel's choice.
    public var port: UInt16?
    /// Whether names without a dot are asked of nobody outside. Nil is no.
    public var keepsShortNames: Bool?
    /// What this container alone calls others, with the names that the tables know them by; nil is nothing.
    public var links: [String: String]?

    /// A value of these parts.
    public init(
        tables: [String],
        upstreams: [String],
        port: UInt16? = nil,
        keepsShortNames: Bool? = nil,
        links: [String: String]? = nil
    ) {
        self.tables = tables
        self.upstreams = upstreams
        self.port = port
        self.keepsShortNames = keepsShortNames
        self.links = links
    }
}

/// One host port that belongs to a container while it runs.
public struct HeldPort: Codable, Hashable, Sendable {
    /// The protocol.
    public var transport: TransportProtocol
    /// The host's address, such as `0.0.0.0`, `127.0.0.1`, `::`.
    public var hostAddress: String
    /// The port of the host; 0 where the container is reached at its own address alone.
    public var hostPort: UInt16
    /// The container's address, which connections that the kernel does not forward are proxied to.
    public var targetAddress: String
    /// The port of the container.
    public var targetPort: UInt16

    /// A value of these parts.
    public init(
        transport: TransportProtocol,
        hostAddress: String,
        hostPort: UInt16,
        targetAddress: String,
        targetPort: UInt16
    ) {
        self.transport = transport
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.targetAddress = targetAddress
        self.targetPort = targetPort
    }
}

/// One thing to undo when a container has ended. Each step succeeds when there is nothing left to undo.
public enum TeardownStep: Codable, Hashable, Sendable {
    /// Detaches the mount at this path and removes the path.
    case unmount(String)
    /// Detaches the mount at this path, which stays.
    case detach(String)
    /// Undoes the ``SharedResource`` of this folder unless others use it.
    case leave(String)
    /// Removes a file.
    case removeFile(String)
    /// Removes the file that claims a port of the host.
    case releasePort(String)
    /// Moves a folder out of everybody's sight, to another name on the same file system.
    case conceal(String, as: String)
    /// Does so with a volume, unless the record of a container in the folder of all names it.
    case concealVolume(String, as: String, containers: String)
    /// Removes a folder and all below it.
    case removeTree(String)
    /// Kills what is left in a cgroup and removes it.
    case removeCgroup(String)
    /// Deletes an nftables table of the `inet` or `ip` family in the host's network namespace.
    case deleteTable(family: String, name: String)
    /// Removes a network that nobody creates, if no container is on it any more.
    case removeIdleNetwork(NetworkRemoval)
}
