/// A question about a name, as it came in a packet.
///
/// The wire format is that of RFC 1035, section 4; of RFC 6891 only the size of the sender's buffer is read.
public struct DNSQuery: Hashable, Sendable {
    /// What is asked for, by its number (RFC 1035, section 3.2.2).
    public struct RecordType: RawRepresentable, Hashable, Sendable {
        /// The number.
        public var rawValue: UInt16

        /// The type of a number.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// An address of version 4.
        public static let a = RecordType(rawValue: 1)
        /// The name of an address.
        public static let ptr = RecordType(rawValue: 12)
        /// Where mail goes.
        public static let mx = RecordType(rawValue: 15)
        /// The extension record, which is no data (RFC 6891).
        public static let opt = RecordType(rawValue: 41)
        /// An address of version 6 (RFC 3596).
        public static let aaaa = RecordType(rawValue: 28)
        /// Everything there is.
        public static let any = RecordType(rawValue: 255)
    }

    /// The number that the answer must repeat.
    public let id: UInt16
    /// What kind of request it is; 0 is a question.
    public let operation: UInt8
    /// Whether other servers may be asked for the answer.
    public let isRecursionDesired: Bool
    /// The name in lower case, without the last dot; empty for the root.
    public let name: String
    /// What is asked for.
    public let type: RecordType
    /// 1 is the Internet.
    public let classNumber: UInt16
    /// The largest answer over UDP that the sender takes, in bytes; nil if it does not say.
    public let bufferSize: Int?
    /// The question as it stood in the packet, with the sender's own spelling of the name.
    let question: [UInt8]

    /// Reads a packet; nil if it is not a well-formed request with exactly one question.
    public init?(packet: [UInt8]) {
        var reader = DNSReader(packet)
        guard packet.count <= Int(UInt16.max), let id = reader.number(), let flags = reader.number(),
            flags & 0x8000 == 0, let questions = reader.number(), questions == 1,
            let answers = reader.number(), let authorities = reader.number(), let additions = reader.number()
        else { return nil }
        let start = reader.position
        guard let name = reader.name(), let type = reader.number(), let classNumber = reader.number() else {
            return nil
        }
        self.id = id
        operation = UInt8(flags >> 11 & 0xF)
        isRecursionDesired = flags & 0x100 != 0
        self.name = name
        self.type = RecordType(rawValue: type)
        self.classNumber = classNumber
        question = DNSName.uncompressed(name: name, in: packet[start..<reader.position])
        bufferSize = reader.bufferSize(skipping: Int(answers) + Int(authorities), among: Int(additions))
    }
}

/// Names as packets carry them.
enum DNSName {
    /// The labels of a name, each with its length before it; nil if a label or the whole is too long.
    static func encoded(_ name: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { return nil }
            bytes.append(UInt8(label.count))
            bytes += label
        }
        return bytes.count < 255 ? bytes + [0] : nil
    }

    /// A question that needs no other part of the packet: one whose name points elsewhere is spelled out.
    static func uncompressed(name: String, in question: ArraySlice<UInt8>) -> [UInt8] {
        let spelled = name.isEmpty ? [0] : encoded(name)
        guard let spelled, spelled.count + 4 != question.count else { return Array(question) }
        return spelled + question.suffix(4)
    }
}

/// Reads a packet from front to back; every read past the end is nil.
struct DNSReader {
    private let packet: [UInt8]
    private(set) var position = 0

    init(_ packet: [UInt8]) {
        self.packet = packet
    }

    mutating func byte() -> UInt8? {
        guard position < packet.count else { return nil }
        defer { position += 1 }
        return packet[position]
    }

    mutating func number() -> UInt16? {
        guard let high = byte(), let low = byte() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    mutating func skip(_ count: Int) -> Bool {
        guard packet.count - position >= count else { return false }
        position += count
        return true
    }

    /// A name in lower case. Pointers may only lead backwards, so that every name ends.
    mutating func name() -> String? {
        var text: [UInt8] = []
        var resume: Int?
        var bound = position
        while let length = byte() {
            switch length {
            case 0:
                if let resume { position = resume }
                return String(validating: text, as: UTF8.self)
            case 1...63:
                guard position + Int(length) <= packet.count, text.count + Int(length) < 254 else { return nil }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                let label = packet[position..<(position + Int(length))]
                guard !label.contains(UInt8(ascii: ".")) else { return nil }
                text += label.map(Self.lowercased)
                position += Int(length)
            case 0xC0...:
                guard let low = byte() else { return nil }
                let target = Int(length & 0x3F) << 8 | Int(low)
                guard target < bound else { return nil }
                resume = resume ?? position
                bound = target
                position = target
            default:
                return nil
            }
        }
        return nil
    }

    /// Walks over further records to the one (RFC 6891) that says how much the sender takes.
    mutating func bufferSize(skipping others: Int, among additions: Int) -> Int? {
        for place in 0..<(others + additions) {
            guard name() != nil, let type = number(), let size = number(), skip(4), let length = number(),
                skip(Int(length))
            else { return nil }
            if place >= others, type == DNSQuery.RecordType.opt.rawValue { return Int(size) }
        }
        return nil
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
