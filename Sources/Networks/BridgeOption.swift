import Linux

/// The driver's options that mean something here.
enum BridgeOption {
    private static let bridge = "com.docker.network.bridge."
    static let name = bridge + "name"
    static let masquerade = bridge + "enable_ip_masquerade"
    static let trafficInside = bridge + "enable_icc"
    static let inhibit = bridge + "inhibit_ipv4"
    static let hostBinding = bridge + "host_binding_ipv4"
    static let trustedInterfaces = bridge + "trusted_host_interfaces"
    static let interfacePrefix = "com.docker.network.container_iface_prefix"
    static let mtu = "com.docker.network.driver.mtu"

    /// Which families there are to be, where nothing else says so.
    static func family(_ family: IPAddress.Family) -> String {
        family == .v4 ? "com.docker.network.enable_ipv4" : "com.docker.network.enable_ipv6"
    }

    /// What a bridge knows.
    static let known: Set<String> = Set(
        [name, masquerade, trafficInside, inhibit, hostBinding, trustedInterfaces]
            + IPAddress.Family.allCases.flatMap { [gatewayMode($0), hostAddress($0)] }
    )

    /// What every driver knows.
    static let common: Set<String> = Set([interfacePrefix, mtu] + IPAddress.Family.allCases.map(family))

    static func gatewayMode(_ family: IPAddress.Family) -> String {
        bridge + (family == .v4 ? "gateway_mode_ipv4" : "gateway_mode_ipv6")
    }

    static func hostAddress(_ family: IPAddress.Family) -> String {
        family == .v4 ? "com.docker.network.host_ipv4" : "com.docker.network.host_ipv6"
    }
}

/// What the host is to the containers of a network.
enum GatewayMode: String {
    /// Their router, which hides them behind its own address and lets in what is published.
    case nat
    /// The same, but whoever knows a container's address gets in.
    case unprotected = "nat-unprotected"
    /// Their router, which lets in what is published by their own addresses, and hides nobody.
    case routed
    /// Nothing: it has no address on the network.
    case isolated
}

extension Network {
    /// What the names of its interfaces in containers begin with.
    var interfacePrefix: String { options[BridgeOption.interfacePrefix] ?? "eth" }

    /// Where the host answers for ports that were published without an address; nil is everywhere.
    /// Version 4's word for everywhere means both, as with Docker.
    var hostBinding: String? { options[BridgeOption.hostBinding].flatMap { $0 == "0.0.0.0" ? nil : $0 } }

    /// The interfaces of the host from which published ports are reached by their containers' own addresses.
    var trustedInterfaces: [String] {
        (options[BridgeOption.trustedInterfaces] ?? "").split(separator: ":").map(String.init)
    }

    func gatewayMode(_ family: IPAddress.Family) -> GatewayMode {
        options[BridgeOption.gatewayMode(family)].flatMap(GatewayMode.init) ?? .nat
    }

    /// The pools in which the host has an address.
    var ownPools: [AddressPool] {
        guard driver == .bridge else { return [] }
        let isInhibited = ["true", "1", "t"].contains(options[BridgeOption.inhibit]?.lowercased())
        return pools.filter { pool in
            guard gatewayMode(pool.subnet.family) != .isolated else { return false }
            return pool.subnet.family == .v6 || !isInhibited
        }
    }

    /// The rules that keep a network to itself.
    var rules: FilterTable {
        FilterTable(name: table, chains: [FilterChain(.passage, passageRules), FilterChain(.exit, exitRules)])
    }

    /// Only what was asked for from inside, or is published, gets in from elsewhere, other networks of ours included.
    private var passageRules: [[FilterExpression]] {
        var rules: [[FilterExpression]] = []
        if allowsTrafficInside { rules.append([.arrivedBy(bridge), .leavesBy(bridge), .accept]) }
        guard !isInternal else { return rules + [[.arrivedBy(bridge), .drop], [.leavesBy(bridge), .drop]] }
        for family in IPAddress.Family.allCases {
            switch gatewayMode(family) {
            case .nat, .isolated: continue
            case .unprotected: rules.append([.family(family), .leavesBy(bridge), .accept])
            case .routed: rules.append([.family(family), .leavesBy(bridge), .isControlMessage(family), .accept])
            }
        }
        return rules + [
            [.leavesBy(bridge), .isEstablished, .accept],
            [.leavesBy(bridge), .isRedirected, .accept],
            [.leavesBy(bridge), .isAllowed, .accept],
            [.leavesBy(bridge), .drop],
        ]
    }

    /// What leaves gets an address of the host's, for nobody outside knows the way to a container's.
    private var exitRules: [[FilterExpression]] {
        guard masquerades, !isInternal else { return [] }
        return pools.filter { gatewayMode($0.subnet.family) != .routed }.map { pool in
            let family = pool.subnet.family
            let address = options[BridgeOption.hostAddress(family)].flatMap { IPAddress($0) }
            let translation = address.map { FilterExpression.translateSource($0) } ?? .masquerade
            return [.family(family), .source(pool.subnet), .leavesBy(bridge, false), translation]
        }
    }
}

extension NetworkRequest {
    /// The value of an option that is true or false.
    func flag(_ option: String, default value: Bool) throws(NetworksError) -> Bool {
        switch options[option]?.lowercased() {
        case nil: return value
        case "true", "1", "t": return true
        case "false", "0", "f": return false
        case let text?: throw .badOption(option, text)
        }
    }

    /// The largest packet, if one was asked for.
    func mtu() throws(NetworksError) -> UInt32? {
        guard let text = options[BridgeOption.mtu] else { return nil }
        guard let number = UInt32(text), (68...65535).contains(number) else { throw .badOption(BridgeOption.mtu, text) }
        return number
    }

    /// Refuses values of the other options that mean nothing, so that all that is kept of them can be relied on.
    func checkOptions(_ driver: Network.Driver) throws(NetworksError) {
        if driver.isLayered { try checkLayer() }
        _ = try (mtu(), link(of: driver, id: ""))
        for option in [BridgeOption.inhibit, BridgeOption.trafficInside, BridgeOption.masquerade] {
            _ = try flag(option, default: true)
        }
        for family in IPAddress.Family.allCases {
            let option = BridgeOption.gatewayMode(family)
            guard let text = options[option], !text.isEmpty else { continue }
            guard let mode = GatewayMode(rawValue: text) else { throw .badOption(option, text) }
            guard mode != .isolated || isInternal else { throw .onlyInternal(option) }
        }
        for name in (options[BridgeOption.trustedInterfaces] ?? "").split(separator: ":").map(String.init)
        where !InterfaceName.isValid(name) {
            throw .badOption(BridgeOption.trustedInterfaces, name)
        }
        if let prefix = options[BridgeOption.interfacePrefix], !InterfaceName.isValid(prefix + "000") {
            throw .badOption(BridgeOption.interfacePrefix, prefix)
        }
        for (option, family) in [
            (BridgeOption.hostBinding, nil), (BridgeOption.hostAddress(.v4), IPAddress.Family.v4),
            (BridgeOption.hostAddress(.v6), .v6),
        ] {
            guard let text = options[option] else { continue }
            guard let address = IPAddress(text), family == nil || address.family == family else {
                throw .badOption(option, text)
            }
        }
    }

    /// The name of what a network of the driver has on the host.
    func link(of driver: Network.Driver, id: String) throws(NetworksError) -> String {
        switch driver {
        case .bridge: try bridge(id: id)
        case .macvlan, .ipvlan: parent ?? "dm-\(id.prefix(12))"
        case .host, .null: ""
        }
    }

    /// The bridge's name, or the one that goes with the identifier.
    private func bridge(id: String) throws(NetworksError) -> String {
        guard let name = options[BridgeOption.name] else { return "br-\(id.prefix(12))" }
        guard InterfaceName.isValid(name) else { throw .badOption(BridgeOption.name, name) }
        return name
    }
}

/// The names that interfaces can have.
enum InterfaceName {
    /// Whether the kernel takes a name, and whether it is one that can be told from others in what is printed.
    static func isValid(_ name: String) -> Bool {
        (1...15).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }
}
