public import Linux
public import Supervision

/// The network that a container has while it runs, and those that share its namespace.
public struct NetworkAttachment: Codable, Hashable, Sendable {
    /// The container that it was made for.
    public var containerID: String
    /// The folder of the ``SharedResource`` that the namespace is.
    public var resource: String
    /// The file that the container's network namespace is mounted on.
    public var namespace: String
    /// In the order in which they were asked for.
    public var endpoints: [Endpoint]
    /// What its resolver answers from; nil if none of its networks has names.
    public var names: NameOrder?
    /// The host's ports that lead to it.
    public var ports: [HeldPort]
    /// What undoes that which is the container's alone, in this order. The namespace goes with its last user.
    public var teardown: [TeardownStep]
    /// What removes those of its networks that nobody creates, and that so go with the last container on them.
    public var idleRemovals: [NetworkRemoval] = []

    /// What a start has been given.
    public init(
        containerID: String,
        resource: String,
        namespace: String,
        endpoints: [Endpoint],
        names: NameOrder? = nil,
        ports: [HeldPort],
        teardown: [TeardownStep]
    ) {
        self.containerID = containerID
        self.resource = resource
        self.namespace = namespace
        self.endpoints = endpoints
        self.names = names
        self.ports = ports
        self.teardown = teardown
    }

    /// A container's place on one network.
    public struct Endpoint: Codable, Hashable, Sendable {
        /// The network's identifier.
        public var networkID: String
        /// The network's name.
        public var network: String
        /// The interface's name inside.
        public var interface: String
        /// The interface's hardware address.
        public var mac: String
        /// Its addresses, at most one of each family.
        public var addresses: [Address]
        /// Names that resolve to it here, besides the container's name and short identifier.
        public var aliases: [String]
        /// The larger the more it is wanted for the default route.
        public var gatewayPriority: Int
        /// Whether it leads nowhere outside.
        public var isInternal: Bool
        /// Addresses that mean something on this link alone.
        public var linkLocalAddresses: [IPAddress] = []
        /// Kernel settings of the interface, by their places below `/proc/sys`.
        public var settings: [String: String] = [:]
        /// Whether packets leave by the interface itself, with no router before them. Nil is no.
        public var routesByLink: Bool?

        /// The address of a family; nil if it has none.
        public func address(_ family: IPAddress.Family) -> IPAddress? {
            addresses.first { $0.address.family == family }?.address
        }
    }

    /// An address with what is around it.
    public struct Address: Codable, Hashable, Sendable {
        /// The container's address.
        public var address: IPAddress
        /// The network's block.
        public var subnet: Subnet
        /// The bridge's address, by which packets leave.
        public var gateway: IPAddress
    }

    /// The endpoint that the default route goes by: the highest priority, then both families, then the network's name.
    public var primaryEndpoint: Endpoint? {
        endpoints.filter { !$0.isInternal }.min { Self.order($0) < Self.order($1) }
    }

    /// The endpoint whose address stands for the container: the primary one, or the first where nothing leads outside.
    public var mainEndpoint: Endpoint? { primaryEndpoint ?? endpoints.first }

    private static func order(_ endpoint: Endpoint) -> (Int, Int, String) {
        (-endpoint.gatewayPriority, -endpoint.addresses.count, endpoint.network)
    }
}
