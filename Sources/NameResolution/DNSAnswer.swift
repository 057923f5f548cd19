/// How a question came, which bounds how long an answer may be.
public enum DNSTransport: Hashable, Sendable {
    case udp, tcp
}

/// What became of a question (RFC 1035, section 4.1.1).
public enum DNSOutcome: UInt8, Hashable, Sendable {
    case success = 0
    case serverFailure = 2
    case notImplemented = 4
    case refused = 5
}

extension DNSQuery {
    /// Seconds that whoever asked may remember an answer.
    static let timeToLive: UInt32 = 600
    /// The largest packet that we send over UDP, whatever the other side claims to take.
    static let largestDatagram = 4096

    /// The answer without records: a name that exists but has none of the type asked for, or an error.
    public func answer(_ outcome: DNSOutcome) -> [UInt8] {
        answer(outcome, records: [], over: .tcp)
    }

    /// The answer with these records, each the bytes that follow a record's length.
    ///
    /// Records that do not fit are left out, and the answer says that it is not the whole.
    func answer(_ outcome: DNSOutcome = .success, records: [[UInt8]], over transport: DNSTransport) -> [UInt8] {
        let addition: [UInt8] =
            bufferSize == nil ? [] : [0, 0, 41] + Self.bytes(UInt16(Self.largestDatagram)) + [0, 0, 0, 0, 0, 0]
        let limit = transport == .udp ? min(max(bufferSize ?? 512, 512), Self.largestDatagram) : Int(UInt16.max)
        var body = question
        var count: UInt16 = 0
        for record in records where 12 + body.count + 12 + record.count + addition.count <= limit {
            body += [0xC0, 12] + Self.bytes(type.rawValue) + [0, 1]
            body += Self.bytes(UInt16(Self.timeToLive >> 16)) + Self.bytes(UInt16(Self.timeToLive & 0xFFFF))
            body += Self.bytes(UInt16(record.count)) + record
            count += 1
        }
        return header(outcome, count: count, isCut: Int(count) < records.count, additions: addition.isEmpty ? 0 : 1)
            + body + addition
    }

    private func header(_ outcome: DNSOutcome, count: UInt16, isCut: Bool, additions: UInt16) -> [UInt8] {
        var flags: UInt16 = 0x8080 | UInt16(outcome.rawValue) | UInt16(operation) << 11
        if isRecursionDesired { flags |= 0x0100 }
        if isCut { flags |= 0x0200 }
        return [id, flags, 1, count, 0, additions].flatMap(Self.bytes)
    }

    private static func bytes(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 0xFF)]
    }
}
