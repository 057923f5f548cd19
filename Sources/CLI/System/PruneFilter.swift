/// What `--filter` of a prune says: labels that a thing must have or lack, and how old it must be.
struct PruneFilter {
    static let flag = flag(and: "until=24h")

    /// - Parameter further: What this prune knows besides labels.
    static func flag(and further: String) -> Flag<[String]> {
        Flag.list(
            "--filter",
            "Remove what has a property: label=NAME, label!=NAME, \(further)",
            placeholder: "filter"
        )
    }

    private let filters: [String: [String]]
    /// Only what was made before may go, in nanoseconds since 1970.
    let limit: Int64

    /// Nothing is excepted.
    init() {
        filters = [:]
        limit = .max
    }

    /// - Parameter further: What this prune knows besides labels, `until` among it.
    init(_ arguments: Arguments, further: Set<String> = ["until"]) throws(UsageError) {
        filters = try Docker.filters(arguments[Self.flag], known: further.union(["label", "label!"]))
        limit = try Docker.until(filters["until"])
    }

    /// The last value of another condition.
    subscript(key: String) -> String? { filters[key]?.last }

    /// Whether something may go that has these labels and was made then, in nanoseconds since 1970.
    func takes(_ labels: [String: String], createdAt: Int64) -> Bool {
        let isExcepted = (filters["label!"] ?? []).contains { Docker.matches(labels, [$0]) }
        return Docker.matches(labels, filters["label"]) && !isExcepted && createdAt < limit
    }
}
