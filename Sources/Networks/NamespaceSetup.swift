import Linux
import Storage
import SystemPackage

/// One interface that a container is to have.
struct ContainerInterface: Sendable {
    /// What it is.
    enum Kind: Sendable {
        /// The end of a cable.
        case cable(VirtualCable, bridge: String)
        /// It lies upon an interface of the host.
        case layer(LayeredLink)
    }

    let kind: Kind
    /// Its name inside.
    let name: String
    let addresses: [NetworkAttachment.Address]
    let linkLocalAddresses: [IPAddress]
    /// Kernel settings of its own, by their places below `/proc/sys`.
    let settings: [String: String]
    /// Whether neighbours on the bridge are kept from it.
    let isIsolated: Bool

    init(_ endpoint: NetworkAttachment.Endpoint, on network: Network, bridge: Int32) {
        name = endpoint.interface
        if let layer = network.layer(endpoint, on: bridge) {
            kind = .layer(layer)
        } else {
            // The end outside outlives its container by some milliseconds, so a name of its own for each start.
            let cable = VirtualCable(
                name: "veth\(RandomName.hexadecimal(11))",
                bridge: bridge,
                innerName: endpoint.interface,
                innerAddress: HardwareAddress(endpoint.mac) ?? HardwareAddress(of: IPAddress(.v4, number: 0)),
                mtu: network.mtu
            )
            kind = .cable(cable, bridge: network.bridge)
        }
        addresses = endpoint.addresses
        linkLocalAddresses = endpoint.linkLocalAddresses
        settings = endpoint.settings
        isIsolated = !network.allowsTrafficInside
    }
}

/// What is done to a container's network namespace: before the container sees it, and when its networks change.
struct NamespaceSetup {
    /// What is plugged in.
    let interfaces: [ContainerInterface]
    /// The endpoint that the default route goes by, if anything leads outside.
    let primary: NetworkAttachment.Endpoint?

    /// Makes the namespace with its interfaces.
    func create(at path: FilePath, route: inout NetlinkSocket) throws {
        try NetworkNamespace.create(at: path) { namespace in
            try writeSettings()
            var inside = try NetlinkSocket(.route)
            try inside.perform(.switchOn(1))
            guard !interfaces.isEmpty else { return }
            let indices = try plugIn(namespace, &route, &inside)
            if let primary { try inside.perform(defaultRoutes(by: primary, indices)) }
        }
        try settle(&route)
    }

    /// Adds the interfaces to a namespace that is in use, and leads its default route by the primary endpoint.
    func change(at path: FilePath, route: inout NetlinkSocket) throws {
        try NetworkNamespace.enter(path) { namespace in
            var inside = try NetlinkSocket(.route)
            let indices = try plugIn(namespace, &route, &inside)
            // The kernel has one of its own for version 6, by loopback.
            let present = try inside.routes().filter { $0.destination == nil && $0.link > 1 }
            let removals = present.map {
                NetlinkMessage.removeDefaultRoute($0.family, by: $0.gateway, through: $0.link)
            }
            let additions = try primary.map { try defaultRoutes(by: $0, indices) } ?? []
            try inside.perform(removals + additions)
        }
        try settle(&route)
    }

    /// Takes interfaces out of a namespace, with their ends outside.
    static func unplug(_ names: [String], at path: FilePath) throws {
        guard !names.isEmpty else { return }
        try NetworkNamespace.enter(path) { _ in
            var inside = try NetlinkSocket(.route)
            for name in names { try inside.deleteLink(named: name) }
        }
    }

    /// Gives the indices of all interfaces that there are then, by name.
    private func plugIn(
        _ namespace: FileDescriptor,
        _ route: inout NetlinkSocket,
        _ inside: inout NetlinkSocket
    ) throws(SystemError) -> [String: Int32] {
        try route.perform(interfaces.flatMap { $0.creation(in: namespace) })
        for interface in interfaces { try interface.writeSettings() }
        try inside.perform(interfaces.map { .switchOn(named: $0.name) })
        let indices = Dictionary(try inside.links().map { ($0.name, $0.index) }) { first, _ in first }
        for interface in interfaces {
            let index = try Self.index(of: interface.name, in: indices)
            try inside.perform(interface.addressMessages(index))
        }
        return indices
    }

    private func defaultRoutes(
        by endpoint: NetworkAttachment.Endpoint,
        _ indices: [String: Int32]
    ) throws(SystemError) -> [NetlinkMessage] {
        let index = try Self.index(of: endpoint.interface, in: indices)
        return endpoint.addresses.map { address in
            let gateway = endpoint.routesByLink == true ? nil : address.gateway
            return .addDefaultRoute(address.address.family, by: gateway, through: index)
        }
    }

    private static func index(of name: String, in indices: [String: Int32]) throws(SystemError) -> Int32 {
        guard let index = indices[name] else {
            throw SystemError("find interface", on: name, errno: .operationNotSupportedByDevice)
        }
        return index
    }

    /// Has the kernel notice at once that the cables are connected (asking for an interface makes it do so, before it
    /// answers): until it has, bridges and ports lose what they should send, and a first packet lost costs a second.
    private func settle(_ route: inout NetlinkSocket) throws(SystemError) {
        for case .cable(let cable, let bridge) in interfaces.map(\.kind) {
            _ = try route.link(named: cable.name)
            _ = try route.link(named: bridge)
        }
    }

    /// Docker's settings for a namespace of its own.
    private func writeSettings() throws(SystemError) {
        try KernelSetting.write("0 2147483647", to: "net/ipv4/ping_group_range")
        try KernelSetting.write("0", to: "net/ipv4/ip_unprivileged_port_start")
        // Interfaces to come take these over; loopback keeps its ::1.
        try KernelSetting.write("0", to: "net/ipv6/conf/default/accept_ra")
        try KernelSetting.write("1", to: "net/ipv6/conf/default/disable_ipv6")
    }
}

extension ContainerInterface {
    private var hasIPv6: Bool { (addresses.map(\.address) + linkLocalAddresses).contains { $0.family == .v6 } }

    /// Writes the settings of the interface; it exists, and is off.
    fileprivate func writeSettings() throws(SystemError) {
        if hasIPv6 { try KernelSetting.write("0", to: "net/ipv6/conf/\(name)/disable_ipv6") }
        for (setting, value) in settings.sorted(by: { $0.key < $1.key }) {
            guard try KernelSetting.write(value, to: setting) else {
                throw SystemError("open", on: "/proc/sys/\(setting)", errno: .noSuchFileOrDirectory)
            }
        }
    }

    /// What makes it, still off.
    fileprivate func creation(in namespace: FileDescriptor) -> [NetlinkMessage] {
        switch kind {
        case .layer(let layer): [.create(layer, into: namespace)]
        case .cable(let cable, _) where isIsolated: [.create(cable, into: namespace), .isolatePort(cable.name)]
        case .cable(let cable, _): [.create(cable, into: namespace)]
        }
    }

    /// What gives the interface its addresses.
    fileprivate func addressMessages(_ index: Int32) -> [NetlinkMessage] {
        let linkLocal = linkLocalAddresses.compactMap { address -> NetlinkMessage? in
            Subnet(address, prefixLength: address.family == .v4 ? 16 : 64).map {
                .setAddress(address, in: $0, of: index)
            }
        }
        return addresses.map { .setAddress($0.address, in: $0.subnet, of: index) } + linkLocal
    }
}
