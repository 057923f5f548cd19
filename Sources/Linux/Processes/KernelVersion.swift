import Glibc

/// The version of the running kernel, as far as features depend on it.
public struct KernelVersion: Hashable, Comparable, Sendable {
    /// The first number.
    public let major: Int
    /// The second one.
    public let minor: Int

    /// Reads `6.1` or `6.1.0-13-amd64`; nil for a text that does not start so.
    public init?(_ text: String) {
        let numbers = text.split(separator: ".", maxSplits: 2).prefix(2).map { $0.prefix { $0.isNumber } }
        guard numbers.count == 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        self.major = major
        self.minor = minor
    }

    /// What `uname -r` says; nil where it says something odd.
    public static var current: KernelVersion? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        return withUnsafeBytes(of: name.release) { bytes in
            KernelVersion(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// Whether one is older.
    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
