import Linux

/// One block of 512 bytes that begins a member.
struct TarHeader {
    static let blockSize = 512

    let bytes: [UInt8]

    /// Where a field lies in the block.
    enum Field {
        static let name = 0..<100, mode = 100..<108, uid = 108..<116, gid = 116..<124, size = 124..<136
        static let time = 136..<148, sum = 148..<156, link = 157..<257, magic = 257..<263
        static let major = 329..<337, minor = 337..<345, prefix = 345..<500
        static let type = 156
    }

    var type: UInt8 { bytes[Field.type] }

    /// The sum of all bytes, the sum's own field taken for blanks.
    var isIntact: Bool {
        guard let expected = number(Field.sum) else { return false }
        var sum = 0
        var signedSum = 0
        for (place, byte) in bytes.enumerated() {
            let byte = Field.sum.contains(place) ? UInt8(ascii: " ") : byte
            sum += Int(byte)
            signedSum += Int(Int8(bitPattern: byte))
        }
        return expected == Int64(sum) || expected == Int64(signedSum)
    }

    /// The path, put together as POSIX says; GNU's older form has other things in the prefix' place.
    var path: [UInt8] {
        let name = text(Field.name)
        let isPOSIX = bytes[Field.magic].elementsEqual("ustar\0".utf8)
        let prefix = isPOSIX ? text(Field.prefix) : []
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The bytes of a field up to NUL.
    func text(_ field: Range<Int>) -> [UInt8] {
        Array(bytes[field].prefix { $0 != 0 })
    }

    /// A number in octal digits, or in GNU's way of 256 to the digit; nil if it is neither.
    func number(_ field: Range<Int>) -> Int64? {
        let raw = bytes[field]
        guard let first = raw.first else { return nil }
        if first & 0x80 != 0 { return binary(raw) }
        let digits = raw.drop { $0 == UInt8(ascii: " ") || $0 == 0 }
            .prefix { $0 != UInt8(ascii: " ") && $0 != 0 }
        if digits.isEmpty { return 0 }
        return Int64(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    private func binary(_ raw: ArraySlice<UInt8>) -> Int64? {
        let isNegative = raw[raw.startIndex] & 0x40 != 0
        var value: Int64 = isNegative ? -1 : 0
        for (place, byte) in raw.enumerated() {
            let digit = place == 0 ? (isNegative ? byte | 0x80 : byte & 0x7f) : byte
            let (product, overflows) = value.multipliedReportingOverflow(by: 256)
            guard !overflows else { return nil }
            value = product | Int64(digit)
        }
        return value
    }
}
