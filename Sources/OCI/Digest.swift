/// The name of contents: what they hash to. OCI image specification, descriptor.md
///
/// Only a text that was checked becomes a digest, so one can be put into a path.
public struct Digest: Hashable, Sendable {
    /// `sha256` or `sha512`.
    public let algorithm: String
    /// In lower case; 64 digits for `sha256`.
    public let hex: String

    /// Reads `sha256:` and 64 digits, or `sha512:` and 128.
    public init(parsing text: String) throws(OCIError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = ["sha256": 64, "sha512": 128][String(parts[0])],
            parts[1].utf8.count == length, Self.isHexadecimal(parts[1])
        else { throw .notADigest(text) }
        self.algorithm = String(parts[0])
        self.hex = String(parts[1])
    }

    /// The digest of a SHA-256 sum.
    ///
    /// - Precondition: `sum` has 32 bytes.
    public init(sha256 sum: [UInt8]) {
        precondition(sum.count == 32, "a SHA-256 sum has 32 bytes")
        algorithm = "sha256"
        hex = Self.hexadecimal(sum)
    }

    /// The digest of a SHA-512 sum.
    ///
    /// - Precondition: `sum` has 64 bytes.
    public init(sha512 sum: [UInt8]) {
        precondition(sum.count == 64, "a SHA-512 sum has 64 bytes")
        algorithm = "sha512"
        hex = Self.hexadecimal(sum)
    }

    private static func hexadecimal(_ sum: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: sum.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether a text has nothing but digits of the lower-case hexadecimal kind.
    static func isHexadecimal(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }

    /// Where the contents are in a layout, such as `blobs/sha256/` and 64 digits. OCI image specification, image-layout.md
    public var layoutPath: String { "blobs/\(algorithm)/\(hex)" }

    /// The first twelve digits, as lists show them.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest: CustomStringConvertible {
    /// Such as `sha256:` and 64 digits.
    public var description: String { "\(algorithm):\(hex)" }
}

extension Digest: Codable {
    /// Reads the text, checked as any.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: String(from: decoder))
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
    }
}

extension Digest: Comparable {
    /// By the text.
    public static func < (one: Digest, other: Digest) -> Bool { one.description < other.description }
}
