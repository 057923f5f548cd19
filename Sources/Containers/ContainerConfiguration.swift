public import Linux
public import Supervision

/// One container as it was created: settled in every detail, and never changed afterwards.
///
/// Nothing here is a wish: names of volumes are resolved to folders, environment and command are those that will run.
/// Only the user's name waits for the root file system, and addresses for the start.
public struct ContainerConfiguration: Codable, Hashable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    /// The name.
    public var name: String
    /// The image as the user named it, such as `nginx:1.27`.
    public var image: String
    /// The image's identifier: the digest of its configuration.
    public var imageID: String
    /// The image's layers as diff identifiers, base first.
    public var layers: [String]
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    /// Labels by name.
    public var labels: [String: String] = [:]
    /// Further facts for whoever inspects the container.
    public var annotations: [String: String] = [:]

    /// The command, and what it runs as.
    public var process: ProcessConfiguration
    /// What `hostname` says in the container.
    public var hostname: String
    /// The domain that goes with the hostname; empty is none.
    public var domainname: String = ""
    /// What appears in the tree besides the image.
    public var mounts: [Mount] = []
    /// What the container sees of the network.
    public var network: NetworkConfiguration = .none
    /// The network namespace that it shares with whoever came before it or owns it; nil is one of its own. See ``namespaceID``.
    public var networkNamespace: String?
    /// What it may use.
    public var resources: Resources = Resources()
    /// What it may do.
    public var security: Security = Security()
    /// What happens when its process ends.
    public var restart: RestartPolicy = .no
    /// What the health probes do or have found, if there are any.
    public var health: HealthCheck?
    /// Where output goes.
    public var log: LogConfiguration = LogConfiguration()
    /// A name such as `SIGTERM`, or a number.
    public var stopSignal: String = "SIGTERM"
    /// Seconds before SIGKILL; negative means for ever.
    public var stopTimeout: Int = 10
    /// Whether the container and its anonymous volumes go when it ends.
    public var removesItself: Bool = false
    /// Whether a small init of ours is the container's first process.
    public var hasInit: Bool = false
    /// The namespaces that it shares with others.
    public var namespaces: Namespaces = Namespaces()

    /// A value of these parts.
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

extension ContainerConfiguration {
    /// What its network namespace goes by. It is the container's own identifier, but for one that took another's place, or that
    /// shares another's: so a namespace outlives the container that it was made for, as long as anybody is in it.
    public var namespaceID: String { networkNamespace ?? id }
}

/// The command and what it runs as.
public struct ProcessConfiguration: Codable, Hashable, Sendable {
    /// Entrypoint and command, already put together; never empty.
    public var arguments: [String]
    /// The image's entrypoint as it applies here; empty when there is none. Kept for `inspect`.
    public var entrypoint: [String] = []
    /// `NAME=value`, in order; a later one of the same name has replaced the earlier.
    public var environment: [String]
    /// The folder that the command starts in, absolute.
    public var workingDirectory: String = "/"
    /// `user[:group]`, names or numbers, looked up in the container's own files; empty is root.
    public var user: String = ""
    /// Names or numbers of further groups.
    public var additionalGroups: [String] = []
    /// Whether standard input, output and error are one terminal.
    public var hasTerminal: Bool = false
    /// Whether standard input stays open while nobody is attached.
    public var keepsStandardInputOpen: Bool = false
    /// What the image gives commands in the shell form to, such as those of probes; nil is `/bin/sh -c`.
    public var shell: [String]?

    /// A value of these parts.
    public init(arguments: [String], environment: [String]) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// Something that appears in the container's tree besides its image.
public struct Mount: Codable, Hashable, Sendable {
    /// The kinds that there are.
    public enum Kind: Codable, Hashable, Sendable {
        /// A volume: its name, and the folder on the host that holds its data.
        case volume(name: String, isAnonymous: Bool, subpath: String?, copiesUp: Bool)
        /// A file or folder of the host; `createsSource` makes a missing one a folder.
        case bind(createsSource: Bool, propagation: String?, recursion: BindRecursion)
        /// Memory. `options` are those of the `tmpfs` file system, such as `size=64m,mode=1777`.
        case tmpfs(options: [String])
        /// A file with these contents, on memory: secrets and configs that come from no file.
        case contents(bytes: [UInt8], uid: UInt32, gid: UInt32, mode: UInt32)
        /// A copy of a file of the host, on memory, as the file is when the container starts.
        case copy(uid: UInt32, gid: UInt32, mode: UInt32)
        /// What another image's layers make together: its name, its identifier, and the layers, base first.
        case image(reference: String, id: String, layers: [String], subpath: String?)
    }

    /// How a bind treats what is mounted below its source, in Docker's words.
    public enum BindRecursion: String, Codable, Hashable, Sendable {
        /// It comes along, and is read-only where the bind is.
        case enabled
        /// It is left out.
        case disabled
        /// It comes along, and stays writable where the bind is read-only.
        case writable
        /// It comes along, and must be read-only.
        case readOnly = "readonly"
    }

    /// What kind it is.
    public var kind: Kind
    /// The host's path: the volume's folder, the source of a bind or copy; empty for what has none.
    public var source: String
    /// Where it appears, absolute and clean.
    public var target: String
    /// Whether the container can only read it.
    public var isReadOnly: Bool

    /// A value of these parts.
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

extension NetworkConfiguration {
    /// Other names of other containers.
    public var links: [ContainerLink] {
        guard case .networks(let attachments) = self else { return [] }
        return attachments.links ?? []
    }
}

/// The networks that a container is on, and what is published.
public struct NetworkAttachments: Codable, Hashable, Sendable {
    /// In order of priority; the first is the primary one.
    public var endpoints: [EndpointRequest]
    /// The host ports that the container answers on.
    public var ports: [PortMapping] = []
    /// Ports the image or the user declares, such as `80/tcp`, without publishing them.
    public var exposed: [String] = []
    /// Name servers asked instead of the host's own, as addresses.
    public var dns: [String] = []
    /// Domains that short names are tried in.
    public var dnsSearch: [String] = []
    /// Options of `resolv.conf(5)`.
    public var dnsOptions: [String] = []
    /// `name:address` lines for `/etc/hosts`; `host-gateway` stands for the primary network's gateway.
    public var extraHosts: [String] = []
    /// Other names of other containers; nil is none.
    public var links: [ContainerLink]?

    /// A value of these parts.
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
    /// The address asked for; nil is any.
    public var ipv4: String?
    /// The IPv6 address asked for; nil is any.
    public var ipv6: String?
    /// The hardware address asked for; nil is any.
    public var mac: String?
    /// What the interface is called in the container; nil is `eth0`, `eth1` and so on.
    public var interfaceName: String?
    /// The highest one supplies the default route.
    public var gatewayPriority: Int = 0
    /// Addresses that mean something on this link alone.
    public var linkLocalAddresses: [String] = []
    /// Options of the endpoint, such as `com.docker.network.endpoint.sysctls`.
    public var driverOptions: [String: String] = [:]

    /// A value of these parts.
    public init(network: String) {
        self.network = network
    }
}

/// A port of the container that the host answers on.
public struct PortMapping: Codable, Hashable, Sendable {
    /// The protocol.
    public var transport: TransportProtocol
    /// The port inside.
    public var containerPort: UInt16
    /// Nil is every address, of both families.
    public var hostAddress: String?
    /// The ports to choose from: one, a range of which the first free one is taken, or nil for any free port.
    public var hostPorts: ClosedRange<UInt16>?

    /// A value of these parts.
    public init(
        transport: TransportProtocol = .tcp,
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

/// The probe that says whether the container is healthy. Durations in nanoseconds.
public struct HealthCheck: Codable, Hashable, Sendable {
    /// `["CMD", …]` or `["CMD-SHELL", …]`.
    public var test: [String]
    /// The time between probes.
    public var interval: Int = 30_000_000_000
    /// The time after which a probe has failed.
    public var timeout: Int = 30_000_000_000
    /// How many failures in a row make it unhealthy.
    public var retries: Int = 3
    /// The time in which failures do not count.
    public var startPeriod: Int = 0
    /// The time between probes in that period.
    public var startInterval: Int = 5_000_000_000

    /// A value of these parts.
    public init(test: [String]) {
        self.test = test
    }
}

/// Where output goes, in Docker's words.
public struct LogConfiguration: Codable, Hashable, Sendable {
    /// `json-file`, `local` or `none`.
    public var driver: String = "json-file"
    /// The driver's options.
    public var options: [String: String] = [:]

    /// A value of these parts.
    public init() {}
}
