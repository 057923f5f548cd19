/// An Internet address of either family, as a number.
public struct IPAddress: Hashable, Sendable {
    /// Which Internet protocol an address belongs to.
    public enum Family: Hashable, Sendable, CaseIterable {
        case v4, v6

        /// How many bits an address has.
        public var width: Int { self == .v4 ? 32 : 128 }
    }

    /// The protocol it belongs to.
    public let family: Family
    /// The address as a number; of version 4 only the lowest 32 bits are ever set.
    public let number: UInt128

    /// The address with this number; bits that the family lacks are dropped.
    public init(_ family: Family, number: UInt128) {
        self.family = family
        self.number = family == .v4 ? number & UInt128(UInt32.max) : number
    }

    /// Reads the 4 or 16 bytes of an address as they stand in a packet; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(bytes.count == 4 ? .v4 : .v6, number: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// The address as it stands in a packet: 4 or 16 bytes.
    public var bytes: [UInt8] {
        stride(from: family.width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt128($0)) }
    }

    /// Whether it is one of the host's own that no packet on a wire may carry: `127.0.0.0/8` or `::1`.
    public var isLoopback: Bool { family == .v4 ? number >> 24 == 127 : number == 1 }

    /// Whether it stands for every address: `0.0.0.0` or `::`.
    public var isUnspecified: Bool { number == 0 }

    /// The address so many numbers further on; nil past the end of the family.
    public func advanced(by distance: UInt128) -> IPAddress? {
        let (sum, overflow) = number.addingReportingOverflow(distance)
        guard !overflow, family == .v6 || sum <= UInt128(UInt32.max) else { return nil }
        return IPAddress(family, number: sum)
    }
}

extension IPAddress: Comparable {
    /// By number, version 4 first.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.family == right.family ? left.number < right.number : left.family == .v4
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Reads dotted decimal without leading zeros, or the text forms of RFC 4291 without a zone.
    public init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            self.init(version6: text)
        } else {
            self.init(version4: text[...])
        }
    }

    private init?(version4 text: Substring) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt128 = 0
        for part in parts {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            number = number << 8 | UInt128(byte)
        }
        self.init(.v4, number: number)
    }

    private init?(version6 text: String) {
        guard text.utf8.count <= 45 else { return nil }
        guard let gap = Self.gap(in: text) else {
            guard let groups = Self.groups(text[...]), groups.count == 8 else { return nil }
            self.init(groups: groups)
            return
        }
        guard let head = Self.groups(text[..<gap], endsAddress: false),
            let tail = Self.groups(text[text.index(gap, offsetBy: 2)...]),
            head.count + tail.count < 8
        else { return nil }
        self.init(groups: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private init(groups: [UInt16]) {
        self.init(.v6, number: groups.reduce(0) { $0 << 16 | UInt128($1) })
    }

    /// Where the first `::` is.
    private static func gap(in text: String) -> String.Index? {
        zip(text.indices, text.indices.dropFirst()).first { text[$0] == ":" && text[$1] == ":" }?.0
    }

    /// The 16-bit groups between single colons; the address's last may be dotted decimal.
    private static func groups(_ text: Substring, endsAddress: Bool = true) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (place, part) in parts.enumerated() {
            if endsAddress, place == parts.count - 1, part.contains(".") {
                guard let quad = IPAddress(version4: part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: quad.number >> 16), UInt16(truncatingIfNeeded: quad.number)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    /// Dotted decimal, or the one form that RFC 5952 recommends.
    public var description: String {
        guard family == .v6 else { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: number >> UInt128($0)) }
        let text = groups.map { String($0, radix: 16) }
        let zeros = Self.longestZeros(groups)
        guard zeros.count > 1 else { return text.joined(separator: ":") }
        return text[..<zeros.lowerBound].joined(separator: ":") + "::"
            + text[zeros.upperBound...].joined(separator: ":")
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (place, group) in groups.enumerated() {
            guard group == 0 else {
                start = place + 1
                continue
            }
            if place + 1 - start > longest.count { longest = start..<(place + 1) }
        }
        return longest
    }
}

extension IPAddress: Codable {
    /// Reads its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an address")
        }
        self = value
    }

    /// Writes its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
