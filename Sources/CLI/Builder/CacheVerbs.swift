import Builder
import JSON
import Linux

extension Docker {
    /// `docker builder prune`, `docker buildx prune`
    struct PruneCache: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove what the build cache holds",
            flags: [all, filter, DockerFlag.force, keepStorage, reserved, maximum, minimumFree, verbose],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Forget also what images have too")
        private static let filter = Flag.list(
            "--filter",
            "Remove what has a property: until=24h, id=…, type=…",
            placeholder: "filter"
        )
        private static let keepStorage = Flag<Int64?>.bytes("--keep-storage", "The same as --reserved-space").hidden
        private static let reserved = Flag<Int64?>.bytes("--reserved-space", "How much stays in any case")
        private static let maximum = Flag<Int64?>.bytes("--max-used-space", "How much may stay")
        private static let minimumFree = Flag<Int64?>.bytes("--min-free-space", "How much of the disk is to be free")
        private static let verbose = Flag.toggle("--verbose", "Say more of what went")

        private let arguments: Arguments
        private let rule: CacheRule

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            var rule = CacheRule()
            rule.includesShared = arguments[Self.all]
            rule.reserved = arguments[Self.reserved] ?? arguments[Self.keepStorage] ?? 0
            rule.maximum = arguments[Self.maximum] ?? 0
            rule.minimumFree = arguments[Self.minimumFree] ?? 0
            try rule.apply(filters: arguments[Self.filter])
            self.rule = rule
        }

        func run(_ session: Session) throws -> Int32 {
            let what = rule.includesShared ? "all build cache" : "all dangling build cache"
            guard try arguments[DockerFlag.force] || Question.confirm(warning: "This will remove \(what).") else {
                return 0
            }
            let cache = try CacheStore(root: session.root, images: session.engine.images)
            try Console.print(CacheListing.text(cache.prune(rule), isVerbose: arguments[Self.verbose]))
            return 0
        }
    }

    /// `docker buildx du`
    struct CacheUse: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show what the build cache holds",
            flags: [filter, verbose, format],
            arity: .none
        )

        private static let filter = Flag.list("--filter", "Show what has a property", placeholder: "filter")
        private static let verbose = Flag.toggle("--verbose", "Show all that is known")
        private static let format = Flag<String?>.text("--format", "json, or a template")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            var rule = CacheRule()
            rule.includesShared = true
            try rule.apply(filters: arguments[Self.filter])
            let cache = try CacheStore(root: session.root, images: session.engine.images)
            let chosen = rule
            let items = try cache.items().filter { chosen.matches($0, now: WallClock.now) }
            if let format = arguments[Self.format] {
                try Console.print(CacheListing.listing(items).text(format))
                return 0
            }
            try Console.print(CacheListing.text(items, isVerbose: arguments[Self.verbose], hasSums: true))
            return 0
        }
    }
}

/// How things of the build cache are listed.
enum CacheListing {
    private static let columns: [Listing.Column] = [
        .init("ID", "CACHE ID"), .init("CacheType", "CACHE TYPE"), .init("Size", "SIZE"),
        .init("CreatedSince", "CREATED"), .init("LastUsedSince", "LAST USED"), .init("Shared", "SHARED"),
    ]

    /// Things as a table with Docker's columns, or in a format of the user's.
    static func listing(_ items: [CacheItem]) -> Listing {
        var listing = Listing(columns)
        listing.rows = items.map(row)
        return listing
    }

    private static func row(_ item: CacheItem) -> JSONValue {
        [
            "ID": .string(String(item.id.prefix(12))),
            "CacheType": .string(item.kind.rawValue),
            "Size": .string(ByteSize(item.size).decimal()),
            "CreatedSince": .string(Age.since(item.createdAt, now: WallClock.now)),
            "LastUsedSince": .string(Age.since(item.usedAt, now: WallClock.now)),
            "Shared": .string("\(item.isShared)"),
            "InUse": .string("\(item.isInUse)"),
            "Description": .string(item.description),
            "Reclaimable": .string("\(item.isReclaimable)"),
        ]
    }

    /// The table, or all that is known of each, and the sum.
    ///
    /// - Parameter hasSums: Whether it is told how much of it others have too.
    static func text(_ items: [CacheItem], isVerbose: Bool, hasSums: Bool = false) -> String {
        var text = isVerbose ? items.map(details).joined() : table(items)
        func sum(_ name: String, _ items: [CacheItem]) {
            text += "\(name):\t\(ByteSize(items.reduce(0) { $0 + $1.size }).decimal())\n"
        }
        if hasSums {
            sum("Shared", items.filter(\.isShared))
            sum("Private", items.filter { !$0.isShared })
            sum("Reclaimable", items.filter(\.isReclaimable))
        }
        sum("Total", items)
        return text
    }

    private static func table(_ items: [CacheItem]) -> String {
        guard !items.isEmpty else { return "" }
        var table = Table(["ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED"])
        for item in items {
            table.add([
                item.id, "\(item.isReclaimable)", ByteSize(item.size).decimal(),
                Age.since(item.usedAt, now: WallClock.now),
            ])
        }
        return table.text
    }

    private static func details(_ item: CacheItem) -> String {
        let fields = [
            ("ID", item.id), ("Created at", Timestamp.text(item.createdAt)), ("Reclaimable", "\(item.isReclaimable)"),
            ("Shared", "\(item.isShared)"), ("Size", ByteSize(item.size).decimal()),
            ("Description", item.description.printable), ("Last used", Age.since(item.usedAt, now: WallClock.now)),
            ("Type", item.kind.rawValue),
        ]
        return fields.map { "\($0):\t\($1)\n" }.joined() + "\n"
    }
}
