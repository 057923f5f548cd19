public import SystemPackage

/// A network interface as the kernel lists it.
public struct Link: Hashable, Sendable {
    /// The number by which other requests name it.
    public let index: Int32
    /// Its name, such as `eth0`.
    public let name: String
    /// The kind of a virtual interface, such as `bridge` or `veth`.
    public let kind: String?
    /// The bridge that it is a port of.
    public let bridge: Int32?
    /// Whether it has been switched on.
    public let isUp: Bool
    /// The largest packet, in bytes.
    public let mtu: UInt32
    /// What whoever made it wrote on it.
    public let alias: String?

    init(_ reply: NetlinkReply) {
        let attributes = reply.attributes(after: 16)
        index = reply.body.number(at: 4, as: Int32.self)
        isUp = reply.body.number(at: 8, as: UInt32.self) & 1 != 0
        name = attributes[LinkAttribute.name]?.text ?? ""
        mtu = attributes[LinkAttribute.mtu]?.number(at: 0, as: UInt32.self) ?? 0
        alias = attributes[LinkAttribute.alias]?.text
        bridge = attributes[LinkAttribute.master]?.number(at: 0, as: Int32.self)
        kind = attributes[LinkAttribute.information]?.attributes[LinkAttribute.kind]?.text
    }
}

/// Numbers of rtnetlink's link attributes, `IFLA_…` (linux/if_link.h).
enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    /// The interface that another lies upon.
    static let below: UInt16 = 5
    static let master: UInt16 = 10
    static let information: UInt16 = 18
    static let alias: UInt16 = 20
    static let namespaceDescriptor: UInt16 = 28
    static let sendingQueues: UInt16 = 31
    static let receivingQueues: UInt16 = 32

    // Inside `information`.
    static let kind: UInt16 = 1
    static let data: UInt16 = 2
    static let portKind: UInt16 = 4
    static let portData: UInt16 = 5
    static let isIsolated: UInt16 = 33
    static let peer: UInt16 = 1
}

/// An interface's hardware address.
public struct HardwareAddress: Hashable, Sendable, LosslessStringConvertible {
    /// The six bytes.
    public let bytes: [UInt8]

    /// The address that goes with an Internet address, so that whoever remembers it finds the next holder as well.
    public init(of address: IPAddress) {
        bytes = [0x02, 0x42] + address.bytes.suffix(4)
    }

    /// The address of version 6 that an interface with this one has on its link (RFC 4291, appendix A).
    public var linkLocal: IPAddress {
        let identifier = [bytes[0] ^ 2, bytes[1], bytes[2], 0xFF, 0xFE] + bytes[3...]
        return IPAddress(.v6, number: identifier.reduce(0) { $0 << 8 | UInt128($1) } | 0xFE80 << 112)
    }

    /// Reads six pairs of hexadecimal digits with colons or hyphens between them.
    public init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        let bytes = parts.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
        guard parts.count == 6, bytes.count == 6, !text.contains("+") else { return nil }
        self.bytes = bytes
    }

    /// Six pairs of lower-case digits with colons between them.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

/// The two ends of a virtual cable: one on a bridge here, the other inside a namespace.
public struct VirtualCable: Hashable, Sendable {
    /// The name of the end here, at most 15 bytes.
    public var name: String
    /// The bridge that the end here is a port of.
    public var bridge: Int32
    /// The name of the end inside.
    public var innerName: String
    /// The hardware address of the end inside.
    public var innerAddress: HardwareAddress
    /// The largest packet, in bytes; the kernel's own choice if it is nil.
    public var mtu: UInt32?

    /// A cable between a bridge and a namespace.
    public init(name: String, bridge: Int32, innerName: String, innerAddress: HardwareAddress, mtu: UInt32? = nil) {
        self.name = name
        self.bridge = bridge
        self.innerName = innerName
        self.innerAddress = innerAddress
        self.mtu = mtu
    }
}

extension NetlinkBody {
    /// One queue is what a cable's end uses. Left to itself the kernel makes one for each processor, puts all but one
    /// out of use, and waits for every processor to see it.
    fileprivate mutating func setSingleQueue() {
        attribute(LinkAttribute.sendingQueues, UInt32(1))
        attribute(LinkAttribute.receivingQueues, UInt32(1))
    }
}

extension NetlinkMessage {
    enum LinkKind {
        static let new: UInt16 = 16
        static let delete: UInt16 = 17
        static let get: UInt16 = 18
        static let set: UInt16 = 19
    }

    /// The fixed fields of a request about a link, `struct ifinfomsg`.
    static func link(_ index: Int32 = 0, isUp: Bool? = nil) -> NetlinkBody {
        var body = NetlinkBody()
        body.append(UInt32(0))
        body.append(index)
        body.append(UInt32(isUp == true ? 1 : 0))
        body.append(UInt32(isUp == nil ? 0 : 1))
        return body
    }

    /// Makes a bridge that is switched on. With an address of its own it does not borrow one from its ports.
    public static func createBridge(named name: String, address: HardwareAddress, mtu: UInt32? = nil) -> NetlinkMessage
    {
        var body = link(isUp: true)
        body.attribute(LinkAttribute.name, name)
        body.attribute(LinkAttribute.address, address.bytes)
        if let mtu { body.attribute(LinkAttribute.mtu, mtu) }
        body.nest(LinkAttribute.information) { $0.attribute(LinkAttribute.kind, "bridge") }
        return NetlinkMessage(
            "create bridge",
            on: name,
            type: LinkKind.new,
            flags: Flag.create | Flag.exclusive,
            body: body
        )
    }

    /// Makes a cable: one end on its bridge and switched on, the other in the namespace and still off, for the kernel
    /// makes that one first and an end without the other cannot be on.
    public static func create(_ cable: VirtualCable, into namespace: FileDescriptor) -> NetlinkMessage {
        var body = link(isUp: true)
        body.attribute(LinkAttribute.name, cable.name)
        body.attribute(LinkAttribute.master, cable.bridge)
        if let mtu = cable.mtu { body.attribute(LinkAttribute.mtu, mtu) }
        body.setSingleQueue()
        body.nest(LinkAttribute.information) { information in
            information.attribute(LinkAttribute.kind, "veth")
            information.nest(LinkAttribute.data) { data in
                var peer = link()
                peer.attribute(LinkAttribute.name, cable.innerName)
                peer.attribute(LinkAttribute.address, cable.innerAddress.bytes)
                if let mtu = cable.mtu { peer.attribute(LinkAttribute.mtu, mtu) }
                peer.setSingleQueue()
                peer.attribute(LinkAttribute.namespaceDescriptor, namespace.rawValue)
                data.attribute(LinkAttribute.peer, peer.bytes)
            }
        }
        return NetlinkMessage(
            "create veth",
            on: "\(cable.name) for \(cable.innerName)",
            type: LinkKind.new,
            flags: Flag.create | Flag.exclusive,
            body: body
        )
    }

    /// Keeps a bridge's port from speaking to other ports that are kept so; the bridge itself is still reached.
    public static func isolatePort(_ name: String) -> NetlinkMessage {
        var body = link()
        body.attribute(LinkAttribute.name, name)
        body.nest(LinkAttribute.information) { information in
            information.attribute(LinkAttribute.portKind, "bridge")
            information.nest(LinkAttribute.portData) { $0.attribute(LinkAttribute.isIsolated, UInt8(1)) }
        }
        return NetlinkMessage("isolate port", on: name, type: LinkKind.new, body: body)
    }

    /// Writes on an interface whose it is; at most 255 bytes.
    public static func setAlias(_ alias: String, of name: String) -> NetlinkMessage {
        var body = link()
        body.attribute(LinkAttribute.name, name)
        body.attribute(LinkAttribute.alias, Array(alias.utf8))
        return NetlinkMessage("set alias", on: name, type: LinkKind.set, body: body)
    }

    /// Switches an interface on. Loopback always has the index 1.
    public static func switchOn(_ index: Int32) -> NetlinkMessage {
        NetlinkMessage("switch on interface", on: "\(index)", type: LinkKind.set, body: link(index, isUp: true))
    }

    /// Switches an interface on.
    public static func switchOn(named name: String) -> NetlinkMessage {
        var body = link(isUp: true)
        body.attribute(LinkAttribute.name, name)
        return NetlinkMessage("switch on interface", on: name, type: LinkKind.set, body: body)
    }

    /// Removes an interface; of a cable, both ends.
    public static func deleteLink(named name: String) -> NetlinkMessage {
        var body = link()
        body.attribute(LinkAttribute.name, name)
        return NetlinkMessage("delete interface", on: name, type: LinkKind.delete, body: body)
    }

    fileprivate static func link(named name: String) -> NetlinkMessage {
        var body = link()
        body.attribute(LinkAttribute.name, name)
        return NetlinkMessage("find interface", on: name, type: LinkKind.get, body: body)
    }

    fileprivate static let links = NetlinkMessage("list interfaces", type: LinkKind.get, body: link())
}

extension NetlinkSocket {
    /// Every interface of the namespace.
    public mutating func links() throws(SystemError) -> [Link] {
        try dump(.links).map(Link.init)
    }

    /// The interface of a name; nil if there is none.
    public mutating func link(named name: String) throws(SystemError) -> Link? {
        try ask(.link(named: name), absent: [.operationNotSupportedByDevice, .noSuchAddressOrDevice]).map(Link.init)
    }

    /// Removes an interface. Not an error if there is none.
    public mutating func deleteLink(named name: String) throws(SystemError) {
        do {
            try perform(.deleteLink(named: name))
        } catch {
            guard error.errno != .operationNotSupportedByDevice else { return }
            throw error
        }
    }
}
