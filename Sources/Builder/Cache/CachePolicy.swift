import JSON

/// What is removed from the build cache, the longest unused first.
public struct CacheRule: Hashable, Sendable {
    /// Which things it is about; nil is all kinds.
    public var kinds: Set<CacheItem.Kind>?
    /// Whether what images have too is forgotten as well.
    public var includesShared = false
    /// Whether it is only about what images have too, or only about what none has; nil is both.
    public var isShared: Bool?
    /// What was used since this many nanoseconds stays.
    public var unusedFor: Int64 = 0
    /// Things by the beginnings of their names; nil is any.
    public var ids: [String]?
    /// So many bytes stay in any case.
    public var reserved: Int64 = 0
    /// More bytes than this are not kept; 0 is no bound.
    public var maximum: Int64 = 0
    /// So many bytes of the file system are to be free; 0 is no bound.
    public var minimumFree: Int64 = 0

    /// A rule that removes everything that no image has.
    public init() {}

    /// Whether a thing may go by this rule.
    func covers(_ item: CacheItem, now: Int64) -> Bool { !item.isInUse && matches(item, now: now) }

    /// Whether the rule is about a thing, whoever uses it.
    public func matches(_ item: CacheItem, now: Int64) -> Bool {
        guard isShared ?? item.isShared == item.isShared else { return false }
        guard includesShared || !item.isShared, kinds?.contains(item.kind) ?? true else { return false }
        guard unusedFor == 0 || item.usedAt <= now - unusedFor else { return false }
        return ids.map { $0.contains { item.id.hasPrefix($0) } } ?? true
    }

    /// How many bytes may stay.
    func budget(total: Int64, free: Int64) -> Int64 {
        guard reserved > 0 || maximum > 0 || minimumFree > 0 else { return 0 }
        var budget = maximum
        let excess = minimumFree - free
        if excess > 0 { budget = budget == 0 ? total - excess : min(budget, total - excess) }
        return max(budget, reserved)
    }

    /// What goes.
    ///
    /// - Parameter free: how many bytes of the file system are free.
    public func choose(among items: [CacheItem], free: Int64, now: Int64) -> [CacheItem] {
        let counted = items.filter { (kinds?.contains($0.kind) ?? true) && (includesShared || !$0.isShared) }
        var left = counted.reduce(0) { $0 + $1.size }
        let budget = budget(total: left, free: free)
        let isBounded = reserved > 0 || maximum > 0 || minimumFree > 0
        var chosen: [CacheItem] = []
        for item in items.filter({ covers($0, now: now) }).sorted(by: { ($0.usedAt, $0.id) < ($1.usedAt, $1.id) }) {
            if isBounded, left <= budget { break }
            chosen.append(item)
            left -= item.size
        }
        return chosen
    }
}

/// When and by which rules the build cache is cleared up without being asked.
public struct CachePolicy: Hashable, Sendable {
    /// In order; none keeps everything.
    public var rules: [CacheRule]

    /// These rules.
    public init(rules: [CacheRule]) { self.rules = rules }

    private static let day: Int64 = 86_400 * 1_000_000_000

    /// The rules where nobody has set any: mounts and contexts that were not used for two days go above 512 MB; then what
    /// was not used for sixty days, then anything, until the bounds hold.
    ///
    /// - Parameter total: how many bytes the file system has.
    public init(total: Int64, reserved: Int64? = nil, maximum: Int64? = nil, minimumFree: Int64? = nil) {
        var cheap = CacheRule()
        cheap.kinds = [.mount, .context]
        cheap.unusedFor = 2 * Self.day
        cheap.maximum = 512_000_000
        var bounded = CacheRule()
        bounded.reserved = reserved ?? min(total / 10, 10_000_000_000)
        bounded.maximum = max(maximum ?? min(total / 4 * 3, 100_000_000_000), bounded.reserved)
        bounded.minimumFree = minimumFree ?? total / 5
        var old = bounded
        old.unusedFor = 60 * Self.day
        var shared = bounded
        shared.includesShared = true
        rules = [cheap, old, bounded, shared]
    }
}
