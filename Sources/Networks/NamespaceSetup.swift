import Linux
import SystemPackage

/// One interface that a container is to have, with the bridge at the other end of its cable.
struct ContainerInterface: Sendable {
    let cable: VirtualCable
    /// The bridge's name.
    let bridge: String
    let addresses: [NetworkAttachment.Address]
    /// Whether neighbours on the bridge are kept from it.
    let isIsolated: Bool

    init(_ endpoint: NetworkAttachment.Endpoint, on network: Network, bridge: Int32) {
        let mac = HardwareAddress(endpoint.mac) ?? HardwareAddress(of: IPAddress(.v4, number: 0))
        // The end outside outlives its container by some milliseconds, so a name of its own for each start.
        cable = VirtualCable(
            name: "veth\(NetworkStore.randomIdentifier().prefix(11))",
            bridge: bridge,
            innerName: endpoint.interface,
            innerAddress: mac,
            mtu: network.mtu
        )
        self.bridge = network.bridge
        addresses = endpoint.addresses
        isIsolated = !network.allowsTrafficInside
    }
}

/// What is done to a container's network namespace before the container sees it.
struct NamespaceSetup {
    let interfaces: [ContainerInterface]
    /// The endpoint that the default route goes by, if anything leads outside.
    let primary: NetworkAttachment.Endpoint?

    /// Makes the namespace with its interfaces on a file that is there already.
    func create(at path: FilePath, route: inout NetlinkSocket) throws {
        try NetworkNamespace.create(at: path, isClaimed: true) { namespace in
            try writeSettings()
            try route.perform(
                interfaces.flatMap { interface -> [NetlinkMessage] in
                    let creation = NetlinkMessage.create(interface.cable, into: namespace)
                    return interface.isIsolated ? [creation, .isolatePort(interface.cable.name)] : [creation]
                }
            )
            var inside = try NetlinkSocket(.route)
            try inside.perform([.switchOn(1)] + interfaces.map { .switchOn(named: $0.cable.innerName) })
            guard !interfaces.isEmpty else { return }
            let indices = Dictionary(try inside.links().map { ($0.name, $0.index) }) { first, _ in first }
            try inside.perform(routing(indices))
        }
        try settle(&route)
    }

    /// Has the kernel notice at once that the cables are connected (asking for an interface makes it do so, before it
    /// answers): until it has, bridges and ports lose what they should send, and a first packet lost costs a second.
    private func settle(_ route: inout NetlinkSocket) throws(SystemError) {
        for interface in interfaces {
            _ = try route.link(named: interface.cable.name)
            _ = try route.link(named: interface.bridge)
        }
    }

    /// Docker's settings for a namespace of its own.
    private func writeSettings() throws(SystemError) {
        try KernelSetting.write("0 2147483647", to: "net/ipv4/ping_group_range")
        try KernelSetting.write("0", to: "net/ipv4/ip_unprivileged_port_start")
        // Interfaces to come take these over; loopback keeps its ::1.
        if interfaces.contains(where: \.hasIPv6) {
            try KernelSetting.write("0", to: "net/ipv6/conf/default/accept_ra")
        } else {
            try KernelSetting.write("1", to: "net/ipv6/conf/default/disable_ipv6")
        }
    }

    private func routing(_ indices: [String: Int32]) throws(SystemError) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        for interface in interfaces {
            let name = interface.cable.innerName
            guard let index = indices[name] else {
                throw SystemError("find interface", on: name, errno: .operationNotSupportedByDevice)
            }
            messages += interface.addresses.map { .setAddress($0.address, in: $0.subnet, of: index) }
            guard name == primary?.interface else { continue }
            messages += interface.addresses.map { .addDefaultRoute(by: $0.gateway, through: index) }
        }
        return messages
    }
}

extension ContainerInterface {
    var hasIPv6: Bool { addresses.contains { $0.address.family == .v6 } }
}
