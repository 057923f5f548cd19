public import SystemPackage

/// An interface inside a namespace that lies upon another one outside, and shares its cable.
public struct LayeredLink: Hashable, Sendable {
    /// What tells it apart from others upon the same one.
    public enum Kind: Hashable, Sendable {
        /// Its hardware address; the mode says how those that share a cable speak to each other.
        case macvlan(Macvlan, address: HardwareAddress)
        /// Its IP addresses.
        case ipvlan(Ipvlan, flag: IpvlanFlag)
    }

    /// The modes of macvlan, by the kernel's numbers (`MACVLAN_MODE_…`).
    public enum Macvlan: UInt32, Sendable {
        case `private` = 1
        case vepa = 2
        case bridge = 4
        case passthru = 8
    }

    /// The modes of ipvlan, by the kernel's numbers (`IPVLAN_MODE_…`).
    public enum Ipvlan: UInt16, Sendable {
        case l2, l3, l3s
    }

    /// What ipvlan lets those do that share a cable (`IPVLAN_F_…`).
    public enum IpvlanFlag: UInt16, Sendable {
        case bridge, `private`, vepa
    }

    /// What tells it apart.
    public var kind: Kind
    /// The index of the interface below.
    public var parent: Int32
    /// Its name inside.
    public var name: String
    /// The largest packet, in bytes; that of the interface below if it is nil.
    public var mtu: UInt32?

    /// An interface of these parts.
    public init(_ kind: Kind, on parent: Int32, named name: String, mtu: UInt32? = nil) {
        self.kind = kind
        self.parent = parent
        self.name = name
        self.mtu = mtu
    }
}

extension NetlinkMessage {
    /// Makes an interface upon another, in the namespace and still off.
    public static func create(_ layer: LayeredLink, into namespace: FileDescriptor) -> NetlinkMessage {
        var body = link()
        body.attribute(LinkAttribute.name, layer.name)
        body.attribute(LinkAttribute.below, layer.parent)
        body.attribute(LinkAttribute.namespaceDescriptor, namespace.rawValue)
        if let mtu = layer.mtu { body.attribute(LinkAttribute.mtu, mtu) }
        if case .macvlan(_, let address) = layer.kind { body.attribute(LinkAttribute.address, address.bytes) }
        body.nest(LinkAttribute.information) { information in
            switch layer.kind {
            case .macvlan(let mode, _):
                information.attribute(LinkAttribute.kind, "macvlan")
                information.nest(LinkAttribute.data) { $0.attribute(1, mode.rawValue) }
            case .ipvlan(let mode, let flag):
                information.attribute(LinkAttribute.kind, "ipvlan")
                information.nest(LinkAttribute.data) { data in
                    data.attribute(1, mode.rawValue)
                    data.attribute(2, flag.rawValue)
                }
            }
        }
        return creation(body, of: layer.name)
    }

    /// Makes an interface that leads nowhere, and switches it on.
    public static func createDummy(named name: String) -> NetlinkMessage {
        var body = link(isUp: true)
        body.attribute(LinkAttribute.name, name)
        body.nest(LinkAttribute.information) { $0.attribute(LinkAttribute.kind, "dummy") }
        return creation(body, of: name)
    }

    /// Makes an interface for the packets of another that bear a mark (IEEE 802.1Q), and switches it on.
    public static func createVLAN(named name: String, mark: UInt16, on parent: Int32) -> NetlinkMessage {
        var body = link(isUp: true)
        body.attribute(LinkAttribute.name, name)
        body.attribute(LinkAttribute.below, parent)
        body.nest(LinkAttribute.information) { information in
            information.attribute(LinkAttribute.kind, "vlan")
            information.nest(LinkAttribute.data) { $0.attribute(1, mark) }
        }
        return creation(body, of: name)
    }

    private static func creation(_ body: NetlinkBody, of name: String) -> NetlinkMessage {
        NetlinkMessage(
            "create interface",
            on: name,
            type: LinkKind.new,
            flags: Flag.create | Flag.exclusive,
            body: body
        )
    }
}
