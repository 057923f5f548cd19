public import YAML

extension Service {
    /// `network_mode`.
    public enum NetworkMode: Sendable, Hashable {
        /// Loopback alone.
        case none
        /// The host's network.
        case host
        /// The engine's default bridge.
        case bridge
        /// The network of another service's container.
        case service(String)
        /// The network of a container, by name or identifier.
        case container(String)
        /// A network of the engine, by name.
        case network(String)
    }

    /// A network that the service is on.
    public struct NetworkAttachment: Sendable, Hashable {
        /// The network's key in the project.
        public var network: String
        /// Names besides those of the service and the container.
        public var aliases: [String] = []
        /// A fixed IPv4 address.
        public var ipv4: String?
        /// A fixed IPv6 address.
        public var ipv6: String?
        /// Link-local addresses.
        public var linkLocalAddresses: [String] = []
        /// The hardware address.
        public var mac: String?
        /// The interface's name inside.
        public var interfaceName: String?
        /// Options of the endpoint.
        public var driverOptions: [String: String] = [:]
        /// The highest one is the primary network.
        public var priority = 0
        /// The highest one supplies the default route.
        public var gatewayPriority = 0
        /// Where the file says so.
        public var place: Mark?

        /// An attachment with the defaults.
        public init(network: String) {
            self.network = network
        }
    }

    /// A published port: one port inside, and where the host answers for it.
    public struct Port: Sendable, Hashable {
        /// The port inside.
        public var target: UInt16
        /// The host's ports to choose from, the first free one; nil is any free port.
        public var published: ClosedRange<UInt16>?
        /// The host's address; nil is every address.
        public var hostIP: String?
        /// `tcp`, `udp` or `sctp`.
        public var transport: String
        /// `ingress` or `host`.
        public var mode: String?
        /// What is spoken on it, for people.
        public var applicationProtocol: String?
        /// What it is called, for people.
        public var name: String?
        /// Where the file says so.
        public var place: Mark?

        /// A published port.
        public init(
            target: UInt16,
            published: ClosedRange<UInt16>? = nil,
            hostIP: String? = nil,
            transport: String = "tcp"
        ) {
            self.target = target
            self.published = published
            self.hostIP = hostIP
            self.transport = transport
        }
    }
}
