/// What an image runs on. OCI image specification, image-index.md
public struct Platform: Codable, Hashable, Sendable {
    /// In the words of Go, such as `amd64`.
    public var architecture: String
    /// In the words of Go, such as `linux`.
    public var os: String
    /// Such as `v7` of `arm`.
    public var variant: String?
    /// Windows alone has one.
    public var osVersion: String?
    /// What the system must have; Windows alone names any.
    public var osFeatures: [String]?

    enum CodingKeys: String, CodingKey {
        case architecture, os, variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    /// A platform of these parts.
    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Reads `os/architecture[/variant]`, or one of them alone, as Docker's `--platform` takes it.
    public init(parsing text: String) throws(OCIError) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && Self.isWord($0) }) else {
            throw .notAPlatform(text)
        }
        switch parts.count {
        case 1 where parts[0] == "linux": self.init(os: "linux", architecture: Platform.host.architecture)
        case 1: self.init(os: "linux", architecture: parts[0])
        case 2: self.init(os: parts[0], architecture: parts[1])
        default: self.init(os: parts[0], architecture: parts[1], variant: parts[2])
        }
        self = normalized
    }

    private static func isWord(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
    }

    /// What this machine is.
    public static var host: Platform {
        #if arch(x86_64)
        Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
        Platform(os: "linux", architecture: "arm64")
        #else
        Platform(os: "linux", architecture: "unknown")
        #endif
    }

    /// Architectures under the name that Go has for them.
    private static let aliases: [String: (architecture: String, variant: String?)] = [
        "x86_64": ("amd64", nil), "x86-64": ("amd64", nil), "aarch64": ("arm64", nil), "armhf": ("arm", "v7"),
        "armel": ("arm", "v6"), "i386": ("386", nil), "i686": ("386", nil),
    ]

    /// The same platform by its usual name: `x86_64` is `amd64`, `arm64/v8` is `arm64`, `arm` is `arm/v7`.
    public var normalized: Platform {
        var platform = self
        if let alias = Self.aliases[architecture] {
            platform.architecture = alias.architecture
            platform.variant = alias.variant ?? variant
        }
        switch (platform.architecture, platform.variant) {
        case ("arm64", "v8"), ("arm64", "8"), ("amd64", "v1"), (_, ""): platform.variant = nil
        case ("arm", nil): platform.variant = "v7"
        default: break
        }
        return platform
    }

    /// How well an image for `other` runs here: 0 is best, nil not at all.
    public func rank(of other: Platform) -> Int? {
        let (mine, its) = (normalized, other.normalized)
        guard mine.os == its.os else { return nil }
        return mine.accepted.firstIndex { $0.architecture == its.architecture && $0.variant == its.variant }
    }

    /// What runs on this platform, best first.
    private var accepted: [Platform] {
        func variants(_ architecture: String, from highest: Int, to lowest: Int) -> [Platform] {
            guard highest >= lowest else { return [] }
            return (lowest...highest).reversed().map {
                Platform(os: os, architecture: architecture, variant: "v\($0)")
            }
        }
        let level = variant.flatMap { Int($0.drop { $0 == "v" }) }
        switch architecture {
        case "amd64":
            let plain = [Platform(os: os, architecture: "amd64"), Platform(os: os, architecture: "386")]
            return variants("amd64", from: level ?? 1, to: 2) + plain
        case "arm64":
            return [self, Platform(os: os, architecture: "arm64")] + variants("arm", from: 8, to: 5)
        case "arm": return variants("arm", from: level ?? 7, to: 5)
        default: return [self]
        }
    }

    /// The best of several images for this platform; nil if none runs here. Of equals the first is taken.
    public func choose(among descriptors: [Descriptor]) -> Descriptor? {
        var best: (rank: Int, descriptor: Descriptor)?
        for descriptor in descriptors {
            guard let platform = descriptor.platform, let rank = rank(of: platform) else { continue }
            if best.map({ rank < $0.rank }) ?? true { best = (rank, descriptor) }
        }
        return best?.descriptor ?? (descriptors.count == 1 && descriptors[0].platform == nil ? descriptors[0] : nil)
    }
}

extension Platform: CustomStringConvertible {
    /// Such as `linux/arm/v7`.
    public var description: String { ([os, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/") }
}
