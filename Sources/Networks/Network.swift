public import Linux

/// A network as it was created: settled in every detail, and never changed afterwards.
public struct Network: Codable, Hashable, Sendable {
    /// How containers on it reach each other, in Docker's words.
    public enum Driver: String, Codable, Hashable, Sendable {
        /// By a bridge of the kernel.
        case bridge
        /// By an interface of the host that theirs lie upon, each with a hardware address of its own.
        case macvlan
        /// The same, all with that interface's hardware address.
        case ipvlan
        /// They live in the host's own network.
        case host
        /// They have loopback alone.
        case null
    }

    /// 64 hexadecimal digits.
    public var id: String
    /// Its name, unique within a root.
    public var name: String
    /// How it works.
    public var driver: Driver
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    /// What addresses come from: at most one of each family on a bridge.
    public var pools: [AddressPool]
    /// Whether nothing on it reaches anything outside.
    public var isInternal: Bool
    /// Whether somebody has asked that containers may join it by hand, which they always may. Nil is no.
    public var isAttachable: Bool?
    /// Whether containers on it may speak to each other without publishing ports.
    public var allowsTrafficInside: Bool
    /// Whether packets leave with the host's address as their source.
    public var masquerades: Bool
    /// The largest packet in bytes; the kernel's own choice if it is nil.
    public var mtu: UInt32?
    /// The name of the bridge's interface, or of the one that others lie upon, at most 15 bytes.
    public var bridge: String
    /// The user's own words about it.
    public var labels: [String: String]
    /// The driver's options as they were given.
    public var options: [String: String]

    /// What addresses of a family come from, as long as there are any; empty if the network has none of it.
    public func pools(_ family: IPAddress.Family) -> [AddressPool] {
        pools.filter { $0.subnet.family == family }
    }

    /// The pool that an address is of.
    public func pool(of address: IPAddress) -> AddressPool? {
        pools.first { $0.subnet.contains(address) }
    }

    /// Whether it has addresses of a family.
    public func has(_ family: IPAddress.Family) -> Bool { !pools(family).isEmpty }

    /// Whether it is one of those that are always there.
    public var isPredefined: Bool { Self.predefined[name] != nil }

    /// Whether its containers find each other by name.
    public var hasNames: Bool { isJoinable && !isPredefined }

    /// Whether containers on it have interfaces, and may be on others besides.
    public var isJoinable: Bool { driver == .bridge || driver.isLayered }

    /// The networks that nobody creates.
    static let predefined: [String: Driver] = ["bridge": .bridge, "host": .host, "none": .null]

    /// The name of its table of filter rules.
    var table: String { "tutti-\(id.prefix(12))" }
}

/// What addresses come from.
public struct AddressPool: Codable, Hashable, Sendable {
    /// The addresses that are reached through the network.
    public var subnet: Subnet
    /// The bridge's own address.
    public var gateway: IPAddress
    /// The part that addresses are given out from; all of the subnet if it is nil.
    public var range: Subnet?
    /// Addresses that are never given out, by what they are for.
    public var reserved: [String: IPAddress]
    /// Whether nobody asked for this subnet, so that it is another one when the network is made anew. Nil is no.
    public var isChance: Bool?

    /// A pool in which everything but the first address is given out.
    public init?(_ subnet: Subnet) {
        guard let gateway = subnet.address(at: 1) else { return nil }
        self.subnet = subnet
        self.gateway = gateway
        reserved = [:]
    }

    /// Reads a pool as Compose files and command lines have it.
    public init(
        subnet: String,
        gateway: String? = nil,
        range: String? = nil,
        reserved: [String: String] = [:]
    ) throws(NetworksError) {
        guard let block = Subnet(subnet), let pool = AddressPool(block) else { throw .notASubnet(subnet) }
        self = pool
        if let gateway { self.gateway = try Self.address(gateway, in: block) }
        if let range {
            guard let part = Subnet(range), block.contains(part.base), block.contains(part.last) else {
                throw .outside(range, block)
            }
            self.range = part
        }
        for (purpose, text) in reserved { self.reserved[purpose] = try Self.address(text, in: block) }
    }

    private static func address(_ text: String, in subnet: Subnet) throws(NetworksError) -> IPAddress {
        guard let address = IPAddress(text) else { throw .notAnAddress(text) }
        guard subnet.contains(address) else { throw .outside(text, subnet) }
        return address
    }

    /// Whether an address may be given to a container.
    func offers(_ address: IPAddress) -> Bool {
        guard subnet.contains(address), address != gateway, address != subnet.base,
            !reserved.values.contains(address)
        else { return false }
        return subnet.family == .v6 || subnet.prefixLength > 30 || address != subnet.last
    }

    /// The addresses that may be given out, lowest first.
    var candidates: some Sequence<IPAddress> {
        let part = range ?? subnet
        return sequence(first: part.base) { $0 < part.last ? $0.advanced(by: 1) : nil }.lazy.filter(offers)
    }
}
