import Linux

/// The interface of the host that a network's containers lie upon, for the drivers macvlan and ipvlan.
enum ParentInterface {
    /// The option that names it.
    static let option = "parent"
    private static let macvlanMode = "macvlan_mode"
    private static let ipvlanMode = "ipvlan_mode"
    private static let ipvlanFlag = "ipvlan_flag"

    static func known(_ driver: Network.Driver) -> Set<String> {
        driver == .macvlan ? [option, macvlanMode] : [option, ipvlanMode, ipvlanFlag]
    }

    private static let macvlanModes: [String: LayeredLink.Macvlan] = [
        "bridge": .bridge, "private": .private, "vepa": .vepa, "passthru": .passthru,
    ]
    private static let ipvlanModes: [String: LayeredLink.Ipvlan] = ["l2": .l2, "l3": .l3, "l3s": .l3s]
    private static let ipvlanFlags: [String: LayeredLink.IpvlanFlag] = [
        "bridge": .bridge, "private": .private, "vepa": .vepa,
    ]

    /// What the options ask for, one of each; the first of its kind where nothing is asked for.
    static func macvlan(_ options: [String: String]) throws(NetworksError) -> LayeredLink.Macvlan {
        try value(macvlanMode, macvlanModes, options) ?? .bridge
    }

    static func ipvlan(_ options: [String: String]) throws(NetworksError) -> LayeredLink.Ipvlan {
        try value(ipvlanMode, ipvlanModes, options) ?? .l2
    }

    static func flag(_ options: [String: String]) throws(NetworksError) -> LayeredLink.IpvlanFlag {
        try value(ipvlanFlag, ipvlanFlags, options) ?? .bridge
    }

    private static func value<Value>(
        _ option: String,
        _ values: [String: Value],
        _ options: [String: String]
    ) throws(NetworksError) -> Value? {
        guard let text = options[option], !text.isEmpty else { return nil }
        guard let value = values[text] else { throw .badOption(option, text) }
        return value
    }

    /// The interface below and the mark of a name such as `eth0.10`; nil for another name.
    static func vlan(_ name: String) -> (parent: String, mark: UInt16)? {
        guard let dot = name.lastIndex(of: "."), let mark = UInt16(name[name.index(after: dot)...]) else { return nil }
        return (1...4094).contains(mark) && dot != name.startIndex ? (String(name[..<dot]), mark) : nil
    }
}

extension Network.Driver {
    /// Whether its containers lie upon an interface of the host.
    var isLayered: Bool { self == .macvlan || self == .ipvlan }
}

extension Network {
    /// What a container's interface on it is; nil where it is the end of a cable.
    func layer(_ endpoint: NetworkAttachment.Endpoint, on parent: Int32) -> LayeredLink? {
        guard driver.isLayered else { return nil }
        let kind: LayeredLink.Kind =
            if driver == .macvlan, let address = HardwareAddress(endpoint.mac) {
                .macvlan((try? ParentInterface.macvlan(options)) ?? .bridge, address: address)
            } else {
                .ipvlan(
                    (try? ParentInterface.ipvlan(options)) ?? .l2,
                    flag: (try? ParentInterface.flag(options)) ?? .bridge
                )
            }
        return LayeredLink(kind, on: parent, named: endpoint.interface, mtu: mtu)
    }

    /// Whether packets leave by the interface itself, with no router before them.
    var routesByLink: Bool { driver == .ipvlan && (try? ParentInterface.ipvlan(options)) ?? .l2 != .l2 }
}

extension NetworkRequest {
    /// The parent that was asked for; nil where there is to be one that leads nowhere.
    var parent: String? { options[ParentInterface.option].flatMap { $0.isEmpty ? nil : $0 } }

    /// Refuses options of the layered drivers that mean nothing.
    func checkLayer() throws(NetworksError) {
        _ = try (ParentInterface.macvlan(options), ParentInterface.ipvlan(options), ParentInterface.flag(options))
        guard let parent else { return }
        guard InterfaceName.isValid(parent), parent != "lo" else {
            throw .badOption(ParentInterface.option, parent)
        }
    }

    /// Refuses a parent that cannot be shared.
    func checkParent(_ driver: Network.Driver, besides others: [Network]) throws(NetworksError) {
        guard let parent else { return }
        let isAlone = try ParentInterface.macvlan(options) == .passthru
        for other in others where other.driver.isLayered && other.bridge == parent {
            let isTaken = driver == .ipvlan || other.driver == .ipvlan || isAlone
            let isOtherAlone = try ParentInterface.macvlan(other.options) == .passthru
            guard !isTaken, !isOtherAlone else {
                throw .parentTaken(parent, network: other.name)
            }
        }
    }
}

extension HostSockets {
    /// Finds a network's parent, or makes it where it is one that nobody else would make; gives its index.
    mutating func ensureParent(of network: Network) throws -> Int32 {
        let name = network.bridge
        if let link = try route.link(named: name) {
            if let owner = link.alias.flatMap(OwnerMark.init), owner != mark {
                throw NetworksError.parentElsewhere(name, root: owner.root.string)
            }
            return link.index
        }
        let creation = try creation(of: network)
        var isNew = false
        try Self.tolerating(.fileExists) { () throws(SystemError) in
            try route.perform(creation)
            isNew = true
        }
        // What somebody else made in this moment is not ours to take away.
        if isNew, let mark { try route.perform(.setAlias(mark.text, of: name)) }
        guard let link = try route.link(named: name) else { throw NetworksError.noParent(name) }
        return link.index
    }

    private mutating func creation(of network: Network) throws -> NetlinkMessage {
        let name = network.bridge
        if network.hasOwnName { return .createDummy(named: name) }
        guard let vlan = ParentInterface.vlan(name), let below = try route.link(named: vlan.parent) else {
            throw NetworksError.noParent(name)
        }
        return .createVLAN(named: name, mark: vlan.mark, on: below.index)
    }
}
