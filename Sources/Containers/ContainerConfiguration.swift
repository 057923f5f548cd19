public import Supervision

/// One container as it was created: settled in every detail, and never changed afterwards.
///
/// Nothing here is a wish: names of volumes are resolved to folders, environment and command are those that will run.
/// Only the user's name waits for the root file system, and addresses for the start.
public struct ContainerConfiguration: Codable, Hashable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    public var name: String
    /// The image as the user named it, such as `nginx:1.27`.
    public var image: String
    /// The image's identifier: the digest of its configuration.
    public var imageID: String
    /// The image's layers as diff identifiers, base first.
    public var layers: [String]
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    public var labels: [String: String] = [:]

    public var process: ProcessConfiguration
    public var hostname: String
    public var domainname: String = ""
    public var mounts: [Mount] = []
    public var network: NetworkConfiguration = .none
    public var resources: Resources = Resources()
    public var security: Security = Security()
    public var restart: RestartPolicy = .no
    public var health: HealthCheck?
    public var log: LogConfiguration = LogConfiguration()
    /// A name such as `SIGTERM`, or a number.
    public var stopSignal: String = "SIGTERM"
    /// Seconds before SIGKILL; negative means for ever.
    public var stopTimeout: Int = 10
    /// Whether the container and its anonymous volumes go when it ends.
    public var removesItself: Bool = false
    /// Whether a small init of ours is the container's first process.
    public var hasInit: Bool = false
    public var namespaces: Namespaces = Namespaces()

    public init(
        id: String,
        name: String,
        image: String,
        imageID: String,
        layers: [String],
        createdAt: Int64,
        process: ProcessConfiguration,
        hostname: String
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.imageID = imageID
        self.layers = layers
        self.createdAt = createdAt
        self.process = process
        self.hostname = hostname
    }
}

/// The command and what it runs as.
public struct ProcessConfiguration: Codable, Hashable, Sendable {
    /// Entrypoint and command, already put together; never empty.
    public var arguments: [String]
    /// The image's entrypoint as it applies here; empty when there is none. Kept for `inspect`.
    public var entrypoint: [String] = []
    /// `NAME=value`, in order; a later one of the same name has replaced the earlier.
    public var environment: [String]
    public var workingDirectory: String = "/"
    /// `user[:group]`, names or numbers, looked up in the container's own files; empty is root.
    public var user: String = ""
    /// Names or numbers of further groups.
    public var additionalGroups: [String] = []
    public var hasTerminal: Bool = false
    public var keepsStandardInputOpen: Bool = false

    public init(arguments: [String], environment: [String]) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// Something that appears in the container's tree besides its image.
public struct Mount: Codable, Hashable, Sendable {
    public enum Kind: Codable, Hashable, Sendable {
        /// A volume: its name, and the folder on the host that holds its data.
        case volume(name: String, isAnonymous: Bool, subpath: String?, copiesUp: Bool)
        /// A file or folder of the host; `createsSource` makes a missing one a folder.
        case bind(createsSource: Bool, propagation: String?, isRecursive: Bool)
        /// Memory. `options` are those of the `tmpfs` file system, such as `size=64m,mode=1777`.
        case tmpfs(options: [String])
        /// A file with these contents, on memory: secrets and configs that come from no file.
        case contents(bytes: [UInt8], uid: UInt32, gid: UInt32, mode: UInt32)
    }

    public var kind: Kind
    /// The host's path: the volume's folder, the bind's source; empty for what has none.
    public var source: String
    /// Where it appears, absolute and clean.
    public var target: String
    public var isReadOnly: Bool

    public init(_ kind: Kind, source: String = "", target: String, isReadOnly: Bool = false) {
        self.kind = kind
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
    }
}

/// What the container sees of the network.
public enum NetworkConfiguration: Codable, Hashable, Sendable {
    /// A namespace with loopback alone.
    case none
    /// The host's own.
    case host
    /// Another container's namespace: that container's identifier.
    case container(id: String)
    /// A namespace with an interface on each of these networks.
    case networks(NetworkAttachments)
}

/// The networks that a container is on, and what is published.
public struct NetworkAttachments: Codable, Hashable, Sendable {
    /// In order of priority; the first is the primary one.
    public var endpoints: [EndpointRequest]
    public var ports: [PortMapping] = []
    /// Ports the image or the user declares, such as `80/tcp`, without publishing them.
    public var exposed: [String] = []
    public var dns: [String] = []
    public var dnsSearch: [String] = []
    public var dnsOptions: [String] = []
    /// `name:address` lines for `/etc/hosts`; `host-gateway` stands for the primary network's gateway.
    public var extraHosts: [String] = []

    public init(endpoints: [EndpointRequest]) {
        self.endpoints = endpoints
    }
}

/// One network that a container asks to be on.
public struct EndpointRequest: Codable, Hashable, Sendable {
    /// The network's name as the engine knows it, such as `shop_default`.
    public var network: String
    /// Names that resolve to this endpoint on this network, besides the container's name and short identifier.
    public var aliases: [String] = []
    public var ipv4: String?
    public var ipv6: String?
    public var mac: String?
    public var interfaceName: String?
    /// The highest one supplies the default route.
    public var gatewayPriority: Int = 0

    public init(network: String) {
        self.network = network
    }
}

/// A port of the container that the host answers on.
public struct PortMapping: Codable, Hashable, Sendable {
    public var transport: HeldPort.TransportProtocol
    public var containerPort: UInt16
    /// Nil is every address, of both families.
    public var hostAddress: String?
    /// The ports to choose from: one, a range of which the first free one is taken, or nil for any free port.
    public var hostPorts: ClosedRange<UInt16>?

    public init(
        transport: HeldPort.TransportProtocol = .tcp,
        containerPort: UInt16,
        hostAddress: String? = nil,
        hostPorts: ClosedRange<UInt16>? = nil
    ) {
        self.transport = transport
        self.containerPort = containerPort
        self.hostAddress = hostAddress
        self.hostPorts = hostPorts
    }
}

/// Limits on what the container uses. A nil is the kernel's default; bytes, cores and counts.
public struct Resources: Codable, Hashable, Sendable {
    public var memory: Int?
    public var memoryReservation: Int?
    /// Memory and swap together; -1 is without limit.
    public var memorySwap: Int?
    public var memorySwappiness: Int?
    /// Billionths of a core.
    public var nanoCPUs: Int?
    public var cpuShares: Int?
    public var cpuPeriod: Int?
    public var cpuQuota: Int?
    public var cpusetCPUs: String?
    public var cpusetMemories: String?
    public var pids: Int?
    public var isOutOfMemoryKillDisabled = false
    public var outOfMemoryScoreAdjustment: Int?
    public var ulimits: [ResourceLimit] = []
    public var shmSize: Int = 64 << 20
    public var blockWeight: Int?

    public init() {}
}

/// One `setrlimit` limit; -1 is without limit.
public struct ResourceLimit: Codable, Hashable, Sendable {
    /// A name such as `nofile`.
    public var name: String
    public var soft: Int64
    public var hard: Int64

    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}

/// What the container may and may not do.
public struct Security: Codable, Hashable, Sendable {
    public var capabilitiesAdded: [String] = []
    public var capabilitiesDropped: [String] = []
    public var isPrivileged = false
    /// Docker's `security_opt` items as given, such as `no-new-privileges:true`, `seccomp=unconfined`.
    public var options: [String] = []
    public var isRootReadOnly = false
    public var devices: [DeviceMapping] = []
    public var deviceCgroupRules: [String] = []
    public var sysctls: [String: String] = [:]

    public init() {}
}

/// A device of the host that the container gets.
public struct DeviceMapping: Codable, Hashable, Sendable {
    public var source: String
    public var target: String
    /// Some of `rwm`.
    public var permissions: String

    public init(source: String, target: String, permissions: String = "rwm") {
        self.source = source
        self.target = target
        self.permissions = permissions
    }
}

/// The namespaces that are not the container's own: `host`, `container:<id>`, `shareable`, or nil for a private one.
public struct Namespaces: Codable, Hashable, Sendable {
    public var pid: String?
    public var ipc: String?
    public var uts: String?
    public var cgroup: String?
    public var user: String?
    public var cgroupParent: String?

    public init() {}
}

/// The probe that says whether the container is healthy. Durations in nanoseconds.
public struct HealthCheck: Codable, Hashable, Sendable {
    /// `["CMD", …]` or `["CMD-SHELL", …]`.
    public var test: [String]
    public var interval: Int = 30_000_000_000
    public var timeout: Int = 30_000_000_000
    public var retries: Int = 3
    public var startPeriod: Int = 0
    public var startInterval: Int = 5_000_000_000

    public init(test: [String]) {
        self.test = test
    }
}

/// Where output goes, in Docker's words.
public struct LogConfiguration: Codable, Hashable, Sendable {
    /// `json-file`, `local` or `none`.
    public var driver: String = "json-file"
    public var options: [String: String] = [:]

    public init() {}
}
