/// A block of addresses that share their first bits, such as `172.18.0.0/16`.
public struct Subnet: Hashable, Sendable {
    /// The block's lowest address.
    public let base: IPAddress
    /// How many leading bits are shared.
    public let prefixLength: Int

    /// The block that an address lies in; nil if the family has no such length.
    public init?(_ address: IPAddress, prefixLength: Int) {
        guard (0...address.family.width).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        let hostBits = address.family.width - prefixLength
        let mask: UInt128 = hostBits == 128 ? 0 : UInt128.max << UInt128(hostBits)
        base = IPAddress(address.family, number: address.number & mask)
    }

    /// The protocol of its addresses.
    public var family: IPAddress.Family { base.family }

    /// The block's highest address; in version 4 that is the broadcast address.
    public var last: IPAddress {
        let hostBits = family.width - prefixLength
        let hosts: UInt128 = hostBits == 128 ? .max : (1 << UInt128(hostBits)) - 1
        return IPAddress(family, number: base.number | hosts)
    }

    /// Whether an address lies in it.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == family && (base.number...last.number).contains(address.number)
    }

    /// Whether the two blocks have an address in common.
    public func overlaps(_ other: Subnet) -> Bool {
        contains(other.base) || other.contains(base)
    }

    /// The address so many numbers above the base; nil if that lies outside.
    public func address(at offset: UInt128) -> IPAddress? {
        guard let address = base.advanced(by: offset), contains(address) else { return nil }
        return address
    }

    /// The blocks of a longer prefix that this one consists of, lowest first.
    public func split(into length: Int) -> some Sequence<Subnet> {
        let step: UInt128 = length <= 0 ? 0 : 1 << UInt128(family.width - min(length, family.width))
        let first = length >= prefixLength && step > 0 ? Subnet(base, prefixLength: length) : nil
        return sequence(state: first) { [last] next -> Subnet? in
            guard let current = next else { return nil }
            next =
                current.last < last
                ? current.base.advanced(by: step).flatMap { Subnet($0, prefixLength: length) } : nil
            return current
        }
    }
}

extension Subnet: LosslessStringConvertible {
    /// Reads `ADDRESS/LENGTH`; bits of the address beyond the length are dropped.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])),
            let length = Int(parts[1]), String(length) == parts[1]
        else { return nil }
        self.init(address, prefixLength: length)
    }

    /// `ADDRESS/LENGTH`.
    public var description: String { "\(base)/\(prefixLength)" }
}

extension Subnet: Codable {
    /// Reads its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a subnet")
        }
        self = value
    }

    /// Writes its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
