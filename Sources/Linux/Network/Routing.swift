/// An address of an interface, with the block that is reached through it.
public struct InterfaceAddress: Hashable, Sendable {
    /// The interface's index.
    public let link: Int32
    /// The address.
    public let address: IPAddress
    /// The block that it lies in.
    public let subnet: Subnet
}

/// A block of addresses that packets are sent to by way of an interface.
public struct Route: Hashable, Sendable {
    /// The protocol that it is of.
    public let family: IPAddress.Family
    /// The block; nil is the default route.
    public let destination: Subnet?
    /// The router that packets are handed to, if they do not reach the block at once.
    public let gateway: IPAddress?
    /// The interface's index.
    public let link: Int32
}

/// Numbers of the address and route attributes, `IFA_…` and `RTA_…`.
private enum RoutingAttribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let broadcast: UInt16 = 4
    static let flags: UInt16 = 8

    static let destination: UInt16 = 1
    static let outgoingLink: UInt16 = 4
    static let gateway: UInt16 = 5
    static let table: UInt16 = 15
}

extension IPAddress.Family {
    /// The family's number, `AF_INET` or `AF_INET6`.
    var number: UInt8 { self == .v4 ? 2 : 10 }

    init?(number: UInt8) {
        switch number {
        case 2: self = .v4
        case 10: self = .v6
        default: return nil
        }
    }
}

extension NetlinkMessage {
    private enum RoutingKind {
        static let newAddress: UInt16 = 20
        static let deleteAddress: UInt16 = 21
        static let getAddress: UInt16 = 22
        static let newRoute: UInt16 = 24
        static let deleteRoute: UInt16 = 25
        static let getRoute: UInt16 = 26
    }

    /// Gives an interface an address, which may be there already. A version 6 address is used without asking whether
    /// anybody has it (`IFA_F_NODAD`): leases have settled that.
    public static func setAddress(_ address: IPAddress, in subnet: Subnet, of link: Int32) -> NetlinkMessage {
        var body = NetlinkBody()
        body.append(address.family.number)
        body.append(UInt8(subnet.prefixLength))
        body.append(UInt8(0))
        body.append(UInt8(0))
        body.append(link)
        body.attribute(RoutingAttribute.local, address.bytes)
        body.attribute(RoutingAttribute.address, address.bytes)
        if address.family == .v4 {
            if subnet.prefixLength < 31 { body.attribute(RoutingAttribute.broadcast, subnet.last.bytes) }
        } else {
            body.attribute(RoutingAttribute.flags, UInt32(2))
        }
        return NetlinkMessage(
            "set address",
            on: "\(address)/\(subnet.prefixLength)",
            type: RoutingKind.newAddress,
            flags: Flag.create | Flag.replace,
            body: body
        )
    }

    /// Takes an address of an interface away.
    public static func removeAddress(_ address: IPAddress, in subnet: Subnet, of link: Int32) -> NetlinkMessage {
        var body = NetlinkBody()
        body.append(address.family.number)
        body.append(UInt8(subnet.prefixLength))
        body.append(UInt16(0))
        body.append(link)
        body.attribute(RoutingAttribute.local, address.bytes)
        return NetlinkMessage(
            "remove address",
            on: "\(address)/\(subnet.prefixLength)",
            type: RoutingKind.deleteAddress,
            body: body
        )
    }

    /// Sends what has no better way out of an interface, to a router or to whoever hears it.
    public static func addDefaultRoute(
        _ family: IPAddress.Family,
        by gateway: IPAddress?,
        through link: Int32
    ) -> NetlinkMessage {
        NetlinkMessage(
            "add default route",
            on: gateway.map { "by \($0)" } ?? "through \(link)",
            type: RoutingKind.newRoute,
            flags: Flag.create | Flag.exclusive,
            body: defaultRoute(family, by: gateway, through: link)
        )
    }

    /// Takes a default route away.
    public static func removeDefaultRoute(
        _ family: IPAddress.Family,
        by gateway: IPAddress?,
        through link: Int32
    ) -> NetlinkMessage {
        NetlinkMessage(
            "remove default route",
            on: "through \(link)",
            type: RoutingKind.deleteRoute,
            body: defaultRoute(family, by: gateway, through: link)
        )
    }

    private static func defaultRoute(
        _ family: IPAddress.Family,
        by gateway: IPAddress?,
        through link: Int32
    ) -> NetlinkBody {
        var body = route(family)
        if let gateway { body.attribute(RoutingAttribute.gateway, gateway.bytes) }
        body.attribute(RoutingAttribute.outgoingLink, link)
        return body
    }

    /// The fixed fields of a request about a route, `struct rtmsg`: main table, by an administrator, everywhere, unicast.
    private static func route(_ family: IPAddress.Family) -> NetlinkBody {
        var body = NetlinkBody()
        for field: UInt8 in [family.number, 0, 0, 0, 254, 4, 0, 1] { body.append(field) }
        body.append(UInt32(0))
        return body
    }

    fileprivate static func addresses() -> NetlinkMessage {
        var body = NetlinkBody()
        body.append(UInt64(0))
        return NetlinkMessage("list addresses", type: RoutingKind.getAddress, body: body)
    }

    fileprivate static func routes(_ family: IPAddress.Family) -> NetlinkMessage {
        NetlinkMessage("list routes", type: RoutingKind.getRoute, body: route(family))
    }
}

extension NetlinkSocket {
    /// The addresses of all interfaces, of both families.
    public mutating func addresses() throws(SystemError) -> [InterfaceAddress] {
        try dump(.addresses()).compactMap { reply in
            let attributes = reply.attributes(after: 8)
            let value = attributes[RoutingAttribute.local] ?? attributes[RoutingAttribute.address]
            guard let address = value.flatMap({ IPAddress(bytes: $0) }),
                let subnet = Subnet(address, prefixLength: Int(reply.body.number(at: 1, as: UInt8.self)))
            else { return nil }
            return InterfaceAddress(link: reply.body.number(at: 4, as: Int32.self), address: address, subnet: subnet)
        }
    }

    /// The routes to elsewhere, of both families and all tables but the one of the host's own addresses.
    public mutating func routes() throws(SystemError) -> [Route] {
        var routes: [Route] = []
        for family in IPAddress.Family.allCases { routes += try dump(.routes(family)).compactMap(Self.route) }
        return routes
    }

    private static func route(_ reply: NetlinkReply) -> Route? {
        let attributes = reply.attributes(after: 12)
        let table = attributes[RoutingAttribute.table]?.number(at: 0, as: UInt32.self) ?? 0
        guard table != 255, let family = IPAddress.Family(number: reply.body.number(at: 0, as: UInt8.self)) else {
            return nil
        }
        let length = Int(reply.body.number(at: 1, as: UInt8.self))
        let base =
            attributes[RoutingAttribute.destination].flatMap { IPAddress(bytes: $0) } ?? IPAddress(family, number: 0)
        return Route(
            family: family,
            destination: length == 0 ? nil : Subnet(base, prefixLength: length),
            gateway: attributes[RoutingAttribute.gateway].flatMap { IPAddress(bytes: $0) },
            link: attributes[RoutingAttribute.outgoingLink]?.number(at: 0, as: Int32.self) ?? 0
        )
    }
}
