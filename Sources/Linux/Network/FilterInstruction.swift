/// One instruction of nftables' machine: most load a value into a register, or compare what is there.
struct FilterInstruction: Hashable, Sendable {
    let name: String
    private(set) var body = NetlinkBody()

    private init(_ name: String, _ build: (inout NetlinkBody) -> Void) {
        self.name = name
        build(&body)
    }

    /// The general register, 16 bytes wide, and a second one for the port of a rewritten destination.
    private static let register = UInt32(1).bigEndian
    private static let secondRegister = UInt32(2).bigEndian

    /// What is known about a packet besides its contents.
    enum Fact: UInt32 {
        case mark = 3
        case arrivalName = 6
        case exitName = 7
        case family = 15
        case transport = 16
    }

    /// What is known about a packet's connection.
    enum ConnectionFact: UInt32 {
        case state = 0
        case status = 2
    }

    /// Which header an offset counts from.
    enum Header: UInt32 {
        case network = 1
        case transport = 2
    }

    static func load(_ fact: Fact) -> Self {
        Self("meta") { body in
            body.attribute(1, register)
            body.attribute(2, fact.rawValue.bigEndian)
        }
    }

    static func load(_ fact: ConnectionFact) -> Self {
        Self("ct") { body in
            body.attribute(1, register)
            body.attribute(2, fact.rawValue.bigEndian)
        }
    }

    static func load(_ header: Header, offset: Int, count: Int) -> Self {
        Self("payload") { body in
            body.attribute(1, register)
            body.attribute(2, header.rawValue.bigEndian)
            body.attribute(3, UInt32(offset).bigEndian)
            body.attribute(4, UInt32(count).bigEndian)
        }
    }

    /// What the routing tables say a destination is: a host's own address is a 2 (`RTN_LOCAL`).
    static let loadDestinationType = Self("fib") { body in
        body.attribute(1, register)
        body.attribute(2, UInt32(3).bigEndian)
        body.attribute(3, UInt32(2).bigEndian)
    }

    static func mask(_ mask: [UInt8]) -> Self {
        combine(mask, [UInt8](repeating: 0, count: mask.count))
    }

    /// Keeps some bits, and then flips some.
    static func combine(_ kept: [UInt8], _ flipped: [UInt8]) -> Self {
        Self("bitwise") { body in
            body.attribute(1, register)
            body.attribute(2, register)
            body.attribute(3, UInt32(kept.count).bigEndian)
            body.nest(4) { $0.attribute(1, kept) }
            body.nest(5) { $0.attribute(1, flipped) }
        }
    }

    static func store(_ fact: Fact) -> Self {
        Self("meta") { body in
            body.attribute(2, fact.rawValue.bigEndian)
            body.attribute(3, register)
        }
    }

    static func compare(_ value: [UInt8], isEqual: Bool = true) -> Self {
        Self("cmp") { body in
            body.attribute(1, register)
            body.attribute(2, UInt32(isEqual ? 0 : 1).bigEndian)
            body.nest(3) { $0.attribute(1, value) }
        }
    }

    static func decide(_ verdict: Int32) -> Self {
        Self("immediate") { body in
            body.attribute(1, UInt32(0))
            body.nest(2) { $0.nest(2) { $0.attribute(1, verdict.bigEndian) } }
        }
    }

    static let masquerade = Self("masq") { _ in }

    /// The instructions that rewrite a source.
    static func translateSource(_ address: IPAddress) -> [Self] {
        [
            Self("immediate") { body in
                body.attribute(1, register)
                body.nest(2) { $0.attribute(1, address.bytes) }
            },
            Self("nat") { body in
                body.attribute(1, UInt32(0))
                body.attribute(2, UInt32(address.family.number).bigEndian)
                body.attribute(3, register)
            },
        ]
    }

    /// The instructions that rewrite a destination.
    static func redirect(_ address: IPAddress, port: UInt16) -> [Self] {
        [
            Self("immediate") { body in
                body.attribute(1, register)
                body.nest(2) { $0.attribute(1, address.bytes) }
            },
            Self("immediate") { body in
                body.attribute(1, secondRegister)
                body.nest(2) { $0.attribute(1, port.bigEndian) }
            },
            Self("nat") { body in
                body.attribute(1, UInt32(1).bigEndian)
                body.attribute(2, UInt32(address.family.number).bigEndian)
                body.attribute(3, register)
                body.attribute(5, secondRegister)
            },
        ]
    }
}

extension FilterExpression {
    /// The bit of a packet's mark that says ``allow``. It is lost when the packet enters another namespace.
    private static let allowance: UInt32 = 0x1000_0000

    /// What the machine does for this.
    var instructions: [FilterInstruction] {
        switch self {
        case .family(let family): [.load(.family), .compare([family.number])]
        case .arrivedBy(let name, let holds): [.load(.arrivalName), .compare(Self.interface(name), isEqual: holds)]
        case .leavesBy(let name, let holds): [.load(.exitName), .compare(Self.interface(name), isEqual: holds)]
        case .source(let subnet, let holds): Self.inside(subnet, at: subnet.family == .v4 ? 12 : 8, holds)
        case .destination(let subnet, let holds): Self.inside(subnet, at: subnet.family == .v4 ? 16 : 24, holds)
        case .destinationIsLocal: [.loadDestinationType, .compare(Self.bytes(of: 2))]
        case .port(let transport, let port):
            [
                .load(.transport), .compare([transport.number]), .load(.transport, offset: 2, count: 2),
                .compare([UInt8(port >> 8), UInt8(port & 0xFF)]),
            ]
        case .isEstablished: [.load(.state), .mask(Self.bytes(of: 6)), .compare(Self.bytes(of: 0), isEqual: false)]
        case .isRedirected: [.load(.status), .mask(Self.bytes(of: 0x20)), .compare(Self.bytes(of: 0), isEqual: false)]
        case .isControlMessage(let family): [.load(.transport), .compare([family == .v4 ? 1 : 58])]
        case .isAllowed:
            [.load(.mark), .mask(Self.bytes(of: Self.allowance)), .compare(Self.bytes(of: 0), isEqual: false)]
        case .allow:
            [
                .load(.mark), .combine(Self.bytes(of: ~Self.allowance), Self.bytes(of: Self.allowance)),
                .store(.mark),
            ]
        case .accept: [.decide(1)]
        case .drop: [.decide(0)]
        case .masquerade: [.masquerade]
        case .translateSource(let address): FilterInstruction.translateSource(address)
        case .redirect(let address, let port): FilterInstruction.redirect(address, port: port)
        }
    }

    /// A name as registers hold it: 16 bytes, zeros at the end.
    private static func interface(_ name: String) -> [UInt8] {
        let bytes = Array(name.utf8.prefix(15))
        return bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
    }

    private static func inside(_ subnet: Subnet, at offset: Int, _ holds: Bool) -> [FilterInstruction] {
        let base = subnet.base.bytes
        let mask = IPAddress(subnet.family, number: ~(subnet.last.number ^ subnet.base.number)).bytes
        return [
            .load(.network, offset: offset, count: base.count), .mask(mask), .compare(base, isEqual: holds),
        ]
    }

    /// A number in the machine's own order.
    private static func bytes(of number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }
}
