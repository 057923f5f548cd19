/// A request to the kernel over netlink: a kind, and a body of fixed fields followed by attributes (netlink(7)).
public struct NetlinkMessage: Hashable, Sendable {
    /// What the request does, for errors.
    let name: String
    /// What it does it to, for errors.
    let subject: String?
    let type: UInt16
    let flags: UInt16
    let body: [UInt8]

    init(_ name: String, on subject: String? = nil, type: UInt16, flags: UInt16 = 0, body: NetlinkBody) {
        self.name = name
        self.subject = subject
        self.type = type
        self.flags = flags
        self.body = body.bytes
    }

    /// Flags of a request, `NLM_F_…`.
    enum Flag {
        static let request: UInt16 = 1
        static let acknowledge: UInt16 = 4
        static let replace: UInt16 = 0x100
        static let exclusive: UInt16 = 0x200
        static let dump: UInt16 = 0x300
        static let create: UInt16 = 0x400
        static let append: UInt16 = 0x800
    }

    /// Kinds that netlink itself defines, `NLMSG_…`.
    enum Kind {
        static let error: UInt16 = 2
        static let done: UInt16 = 3
    }

    /// The bytes of the message with its header.
    func encoded(sequence: UInt32, adding more: UInt16 = 0) -> [UInt8] {
        var message = NetlinkBody()
        message.append(UInt32(16 + body.count))
        message.append(type)
        message.append(flags | Flag.request | more)
        message.append(sequence)
        message.append(UInt32(0))
        message.append(body)
        return message.bytes
    }
}

/// The inside of a message, written from front to back. Numbers stand in the machine's own order unless said.
struct NetlinkBody: Hashable, Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes += $0 }
    }

    /// Raw bytes, filled up to a multiple of four.
    mutating func append(_ more: [UInt8]) {
        bytes += more
        bytes += [UInt8](repeating: 0, count: -bytes.count & 3)
    }

    mutating func attribute(_ type: UInt16, _ value: [UInt8]) {
        append(UInt16(4 + value.count))
        append(type)
        append(value)
    }

    mutating func attribute(_ type: UInt16, _ number: some FixedWidthInteger) {
        attribute(type, withUnsafeBytes(of: number) { Array($0) })
    }

    /// Text with a zero byte after it.
    mutating func attribute(_ type: UInt16, _ text: String) {
        attribute(type, Array(text.utf8) + [0])
    }

    /// An attribute that consists of attributes.
    mutating func nest(_ type: UInt16, _ build: (inout NetlinkBody) -> Void) {
        var inside = NetlinkBody()
        build(&inside)
        attribute(type | 0x8000, inside.bytes)
    }
}

/// One message from the kernel.
struct NetlinkReply: Hashable, Sendable {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    let body: ArraySlice<UInt8>

    /// The messages in what one read brought.
    static func all(in bytes: [UInt8]) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var rest = bytes[...]
        while rest.count >= 16 {
            let length = Int(rest.number(at: 0, as: UInt32.self))
            guard (16...rest.count).contains(length) else { break }
            let message = rest.prefix(length)
            replies.append(
                NetlinkReply(
                    type: message.number(at: 4, as: UInt16.self),
                    flags: message.number(at: 6, as: UInt16.self),
                    sequence: message.number(at: 8, as: UInt32.self),
                    body: message.dropFirst(16)
                )
            )
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return replies
    }

    /// The attributes after so many bytes of fixed fields.
    func attributes(after fixed: Int) -> [UInt16: ArraySlice<UInt8>] {
        body.dropFirst(fixed).attributes
    }
}

extension ArraySlice<UInt8> {
    /// A number in the machine's own order; 0 where the bytes end too early.
    func number<Number: FixedWidthInteger>(at offset: Int, as _: Number.Type) -> Number {
        let size = MemoryLayout<Number>.size
        guard count >= offset + size else { return 0 }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }

    /// Text up to its first zero byte.
    var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }

    /// The bytes as attributes, by type.
    var attributes: [UInt16: ArraySlice<UInt8>] {
        var found: [UInt16: ArraySlice<UInt8>] = [:]
        var rest = self
        while rest.count >= 4 {
            let length = Int(rest.number(at: 0, as: UInt16.self))
            guard (4...rest.count).contains(length) else { break }
            found[rest.number(at: 2, as: UInt16.self) & 0x3FFF] = rest.prefix(length).dropFirst(4)
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return found
    }
}
