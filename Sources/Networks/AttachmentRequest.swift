public import Linux

/// What a container asks of the network when it starts.
public struct AttachmentRequest: Hashable, Sendable {
    /// The container's identifier, 64 hexadecimal digits.
    public var containerID: String
    /// The container's name.
    public var containerName: String
    /// Which namespace it gets: its own identifier, or that of the container whose place it takes.
    public var namespaceID: String
    /// What the container calls itself.
    public var hostname: String
    /// The networks that it is on; none leaves it with loopback alone.
    public var endpoints: [EndpointRequest]
    /// The ports that the host answers on for it.
    public var ports: [PortRequest] = []
    /// The name servers to ask for what is none of ours, as IP addresses; the host's own if there are none here.
    public var nameServers: [String] = []
    /// Options of resolv.conf(5); the host's own if there are none here.
    public var resolverOptions: [String] = []
    /// What the container alone calls others, with their names or short identifiers.
    public var links: [String: String] = [:]

    /// A start of a container on some networks.
    public init(containerID: String, containerName: String, hostname: String, endpoints: [EndpointRequest]) {
        self.containerID = containerID
        namespaceID = containerID
        self.containerName = containerName
        self.hostname = hostname
        self.endpoints = endpoints
    }

    /// One network that a container is to be on.
    public struct EndpointRequest: Hashable, Sendable {
        /// The network's name or identifier.
        public var network: String
        /// Names that resolve to the container on this network, besides its own name, identifier and hostname.
        public var aliases: [String] = []
        /// The address to have; any free one if it is nil.
        public var ipv4: String?
        /// The address to have; any free one if it is nil.
        public var ipv6: String?
        /// The hardware address to have; one that goes with the Internet address if it is nil.
        public var mac: String?
        /// The interface's name inside; `eth0`, `eth1` and so on if it is nil.
        public var interfaceName: String?
        /// The highest one supplies the default route.
        public var gatewayPriority = 0
        /// Addresses that mean something on this link alone.
        public var linkLocalAddresses: [String] = []
        /// Options of the endpoint, such as `com.docker.network.endpoint.sysctls`.
        public var options: [String: String] = [:]

        /// An endpoint with everything as it usually is.
        public init(network: String) {
            self.network = network
        }
    }

    /// A port of the container that the host is to answer on.
    public struct PortRequest: Hashable, Sendable {
        /// How it is spoken to.
        public var transport: TransportProtocol
        /// The container's port.
        public var containerPort: UInt16
        /// One of the host's addresses; all of them, of both families, if it is nil.
        public var hostAddress: String?
        /// The ports to choose from, of which the first free one is taken; any free port if it is nil.
        public var hostPorts: ClosedRange<UInt16>?

        /// A port to publish.
        public init(
            _ transport: TransportProtocol = .tcp,
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
}
