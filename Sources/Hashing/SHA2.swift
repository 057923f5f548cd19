import CCrypto

/// A SHA-2 sum of bytes that come in pieces. FIPS 180-4
///
/// libcrypto computes it, with the processor's own instructions where it has them.
public final class SHA2 {
    /// How many bytes a sum has.
    public enum Length: Int, Sendable {
        case sha256 = 32
        case sha512 = 64
    }

    private let length: Length
    private var short = SHA256_CTX()
    private var long = SHA512_CTX()

    /// The sum of nothing yet.
    public init(_ length: Length = .sha256) {
        self.length = length
        SHA256_Init(&short)
        SHA512_Init(&long)
    }

    private func update(_ bytes: UnsafeRawBufferPointer) {
        switch length {
        case .sha256: SHA256_Update(&short, bytes.baseAddress, bytes.count)
        case .sha512: SHA512_Update(&long, bytes.baseAddress, bytes.count)
        }
    }

    /// Takes some of the bytes in.
    public func update(_ bytes: [UInt8], _ range: Range<Int>) {
        bytes[range].withUnsafeBytes { update($0) }
    }

    /// Takes the bytes in.
    public func update(_ bytes: some Collection<UInt8>) {
        let isContiguous: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        guard isContiguous == nil else { return }
        update(Array(bytes))
    }

    /// The sum so far; more can be taken in afterwards.
    public func sum() -> [UInt8] {
        var sum = [UInt8](repeating: 0, count: length.rawValue)
        switch length {
        case .sha256:
            var copy = short
            SHA256_Final(&sum, &copy)
        case .sha512:
            var copy = long
            SHA512_Final(&sum, &copy)
        }
        return sum
    }
}

/// SHA-256 sums of bytes that are all there.
public enum SHA256 {
    /// The sum of all of the bytes, 32 bytes.
    public static func sum(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let hash = SHA2()
        hash.update(bytes)
        return hash.sum()
    }

    /// The sum of all of the bytes as 64 hexadecimal digits.
    public static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: sum(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
