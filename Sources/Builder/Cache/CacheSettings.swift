import JSON
import Linux
import Storage
import Units

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
            guard let bytes = SizeText.bytes(text) else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "\"\(text)\" is not a size")
            }
            self.bytes = Int64(bytes)
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
        } catch {
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
                guard let span = DurationText.nanoseconds(value), span >= 0 else {
                    throw BuilderError(.badFilter(filter))
                }
                unusedFor = Int64(span)
            case "id": ids = (ids ?? []) + [value]
            case "type":
                guard let kind = CacheItem.Kind(rawValue: value) else { throw BuilderError(.badFilter(filter)) }
                kinds = (kinds ?? []).union([kind])
            case "shared", "private":
                guard let isMeant = Bool(flag: value) else { throw BuilderError(.badFilter(filter)) }
                isShared = (parts[0] == "shared") == isMeant
                if isShared == true { includesShared = true }
            default: throw BuilderError(.badFilter(filter))
            }
        }
    }
}
