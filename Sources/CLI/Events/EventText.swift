import JSON
import Journal

/// Events as the commands show them.
enum EventText {
    /// Such as `2026-01-02T03:04:05.123456789Z container start 0123… (image=busybox, name=web)`.
    static func docker(_ entry: JournalEntry) -> String {
        let head = "\(TimeText.event(entry.time)) \(entry.subject.rawValue) \(entry.action) \(entry.id)"
        return entry.attributes.isEmpty ? head : "\(head) (\(pairs(entry.attributes)))"
    }

    /// What a template names, in Go's spelling.
    static func templateFields(_ entry: JournalEntry) -> JSONValue {
        let attributes = entry.attributes.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        return [
            "Type": .string(entry.subject.rawValue), "Action": .string(entry.action),
            "Actor": ["ID": .string(entry.id), "Attributes": .object(attributes)], "Scope": "local",
            "Time": .integer(entry.time / 1_000_000_000), "TimeNano": .integer(entry.time),
            "Status": .string(entry.action), "ID": .string(entry.id),
            "From": .string(entry.attributes["image"] ?? ""),
        ]
    }

    /// Such as `2026-01-02 03:04:05.123456 container start 0123… (image=busybox, name=p-web-1)`.
    static func compose(_ entry: JournalEntry) -> String {
        let time = TimeText.local(entry.time, digits: 6)
        return "\(time.date) \(time.clock) container \(entry.action) \(entry.id) (\(pairs(ownAttributes(entry))))"
    }

    /// An event as `docker compose events --json` has it.
    static func composeJSON(_ entry: JournalEntry, service: String) -> JSONValue {
        let attributes = ownAttributes(entry).sorted { $0.key < $1.key }
        return [
            "action": .string(entry.action),
            "attributes": .object(attributes.map { .init($0.key, .string($0.value)) }),
            "id": .string(entry.id), "service": .string(service),
            "time": .string(TimeText.event(entry.time)), "type": "container",
        ]
    }

    /// What is said of a container besides Compose's own labels.
    private static func ownAttributes(_ entry: JournalEntry) -> [String: String] {
        entry.attributes.filter { !$0.key.hasPrefix("com.docker.compose.") }
    }

    private static func pairs(_ attributes: [String: String]) -> String {
        attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ").printable
    }
}
