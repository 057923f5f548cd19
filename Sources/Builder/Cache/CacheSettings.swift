import Images
import JSON
import Linux

/// What `builder.gc` of `daemon.json` says, in Docker's words.
struct CacheSettings: Decodable, Hashable {
    private struct File: Decodable {
        struct Builder: Decodable {
            let gc: CacheSettings?
        }

        let builder: Builder?
    }

    /// One rule of `policy`.
    struct Rule: Decodable, Hashable {
        let all: Bool?
        let keepStorage: Size?
        let reservedSpace: Size?
        let maxUsedSpace: Size?
        let minFreeSpace: Size?
        let keepDuration: String?
        let filter: [String]?
    }

    /// A number of bytes, or a text such as `10GB`.
    struct Size: Decodable, Hashable {
        let bytes: Int64

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int64.self) {
                bytes = number
                return
            }
            let text = try value.decode(String.self)
            guard let bytes = CacheSettings.bytes(text) else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "\"\(text)\" is not a size")
            }
            self.bytes = bytes
        }
    }

    let enabled: Bool?
    let defaultKeepStorage: Size?
    let defaultReservedSpace: Size?
    let defaultMaxUsedSpace: Size?
    let defaultMinFreeSpace: Size?
    let policy: [Rule]?

    /// The policy of this machine; nil where nothing is to be removed without being asked.
    static func policy(total: Int64) throws -> CachePolicy? {
        guard let (path, bytes) = try DaemonFile.read() else { return CachePolicy(total: total) }
        do {
            let settings = try JSON.decode(File.self, from: bytes).builder?.gc
            return try settings.map { try $0.policy(total: total) } ?? CachePolicy(total: total)
        } catch let error as DecodingError {
            throw BuilderError(.other("\(path): builder.gc: \(error)"))
        }
    }

    func policy(total: Int64) throws -> CachePolicy? {
        guard enabled ?? true else { return nil }
        let reserved = defaultReservedSpace ?? defaultKeepStorage
        guard let policy, !policy.isEmpty else {
            return CachePolicy(
                total: total,
                reserved: reserved?.bytes,
                maximum: defaultMaxUsedSpace?.bytes ?? defaultKeepStorage?.bytes,
                minimumFree: defaultMinFreeSpace?.bytes ?? (defaultKeepStorage == nil ? nil : 0)
            )
        }
        return CachePolicy(
            rules: try policy.map { rule in
                var made = CacheRule()
                made.includesShared = rule.all ?? false
                made.reserved = (rule.reservedSpace ?? rule.keepStorage)?.bytes ?? 0
                made.maximum = rule.maxUsedSpace?.bytes ?? 0
                made.minimumFree = rule.minFreeSpace?.bytes ?? 0
                try made.apply(filters: (rule.keepDuration.map { ["until=\($0)"] } ?? []) + (rule.filter ?? []))
                return made
            }
        )
    }

    /// Reads `10GB`, `512m`, `2GiB` or a number of bytes.
    static func bytes(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(number.count).lowercased()[...]
        if unit.hasPrefix(" ") { unit = unit.dropFirst() }
        let isBinary = unit.hasSuffix("ib")
        if isBinary { unit = unit.dropLast(2) } else if unit.hasSuffix("b") { unit = unit.dropLast() }
        guard let value = Double(number), let place = ["", "k", "m", "g", "t"].firstIndex(of: String(unit)) else {
            return nil
        }
        var bytes = value
        for _ in 0..<place { bytes *= isBinary ? 1024 : 1000 }
        return bytes < 9e18 ? Int64(bytes) : nil
    }
}

extension CacheRule {
    /// Adds what filters say: `until=24h`, `unused-for=24h`, `type=exec.cachemount`, `id=…`.
    ///
    /// - Throws: ``BuilderError`` for one that is none.
    public mutating func apply(filters: [String]) throws {
        for filter in filters {
            let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw BuilderError(.badFilter(filter)) }
            let value = parts[1].hasPrefix("=") ? String(parts[1].dropFirst()) : parts[1]
            switch parts[0] {
            case "until", "unused-for":
                guard let span = Self.duration(value) else { throw BuilderError(.badFilter(filter)) }
                unusedFor = span
            case "id": ids = (ids ?? []) + [value]
            case "type":
                guard let kind = CacheItem.Kind(rawValue: value) else { throw BuilderError(.badFilter(filter)) }
                kinds = (kinds ?? []).union([kind])
            case "shared", "private":
                guard ["true", "1", "false", "0"].contains(value) else { throw BuilderError(.badFilter(filter)) }
                includesShared = (parts[0] == "shared") == ["true", "1"].contains(value)
            default: throw BuilderError(.badFilter(filter))
            }
        }
    }

    /// Reads `1h30m`, `24h`, `90s`.
    private static func duration(_ text: String) -> Int64? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var seconds = 0.0
        var number = ""
        for character in text {
            guard let unit = units[character] else {
                number.append(character)
                continue
            }
            guard let value = Double(number) else { return nil }
            seconds += value * unit
            number = ""
        }
        guard !number.isEmpty else { return seconds < 9e9 ? Int64(seconds * 1e9) : nil }
        return number == text ? Int64(number).map { $0 * 1_000_000_000 } : nil
    }
}
