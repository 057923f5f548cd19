import Journal

/// What `docker events --filter` lets through: of one key any value, of different keys all.
struct EventFilter {
    private let wishes: [String: [String]]

    private static let known: Set<String> = [
        "config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret",
        "service", "type", "volume",
    ]

    init(_ texts: [String]) throws(UsageError) {
        wishes = try Docker.filters(texts, known: Self.known)
    }

    func admits(_ entry: JournalEntry) -> Bool {
        wishes.allSatisfy { key, values in values.contains { matches(entry, key, $0) } }
    }

    private func matches(_ entry: JournalEntry, _ key: String, _ value: String) -> Bool {
        switch key {
        case "type": entry.subject.rawValue == value
        // `exec_start: sh` and `health_status: healthy` have their kind before the colon.
        case "event": entry.action == value || entry.action.prefix { $0 != ":" } == value
        case "label": Docker.matches(entry.attributes, [value])
        case "scope": value == "local"
        case "image": names(of: entry).contains(value)
        case "container", "network", "volume":
            entry.subject.rawValue == key
                && (entry.id.hasPrefix(value) || entry.attributes["name"]?.hasPrefix(value) ?? false)
        // What only clusters and daemons have.
        default: false
        }
    }

    /// What the image of an event is known by, with and without its tag.
    private func names(of entry: JournalEntry) -> [String] {
        let name = entry.subject == .image ? entry.attributes["name"] : entry.attributes["image"]
        guard let name else { return [entry.id] }
        let last = name.lastIndex(of: "/") ?? name.startIndex
        guard let colon = name[last...].firstIndex(of: ":") else { return [entry.id, name] }
        return [entry.id, name, String(name[..<colon])]
    }
}
