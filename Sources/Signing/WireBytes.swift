/// Bytes as SSH puts them together. RFC 4251, section 5
public struct WireBytes {
    /// What was put together so far.
    public private(set) var bytes: [UInt8] = []

    /// Nothing yet.
    public init() {}

    /// Adds one byte.
    public mutating func add(byte: UInt8) { bytes.append(byte) }

    /// Adds a number of 32 bits.
    public mutating func add(number: UInt32) {
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// Adds a string with its length before it.
    public mutating func add(_ string: some Collection<UInt8>) {
        add(number: UInt32(clamping: string.count))
        bytes += string
    }

    /// Adds a number that is not negative, of any length.
    mutating func add(integer: [UInt8]) {
        let digits = integer.drop { $0 == 0 }
        add((digits.first ?? 0) & 0x80 == 0 ? Array(digits) : [0] + digits)
    }
}

/// Reads bytes as SSH puts them together. Whatever they are, nothing outside of them is read.
public struct WireReader {
    private var rest: ArraySlice<UInt8>

    /// Reads from the beginning.
    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// One byte; nil at the end.
    public mutating func byte() -> UInt8? { rest.popFirst() }

    /// A number of 32 bits.
    public mutating func number() -> UInt32? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A string with its length before it.
    public mutating func string() -> [UInt8]? {
        guard let count = number(), rest.count >= Int(count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }
}
