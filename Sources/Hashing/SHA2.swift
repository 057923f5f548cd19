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

    private let context: OpaquePointer?
    private let length: Length

    /// The sum of nothing yet.
    public init(_ length: Length = .sha256) {
        self.length = length
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, length == .sha256 ? EVP_sha256() : EVP_sha512(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes some of the bytes in.
    public func update(_ bytes: [UInt8], _ range: Range<Int>) {
        bytes[range].withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// Takes the bytes in.
    public func update(_ bytes: some Collection<UInt8>) {
        let isContiguous: Void? = bytes.withContiguousStorageIfAvailable {
            _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        guard isContiguous == nil else { return }
        update(Array(bytes))
    }

    /// The sum so far; more can be taken in afterwards.
    public func sum() -> [UInt8] {
        let copy = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(copy) }
        var sum = [UInt8](repeating: 0, count: length.rawValue)
        EVP_MD_CTX_copy_ex(copy, context)
        EVP_DigestFinal_ex(copy, &sum, nil)
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
