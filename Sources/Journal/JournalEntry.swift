public import JSON
import Linux

/// Something that has happened to one of the things that there are.
public struct JournalEntry: Hashable, Sendable {
    /// The kinds of things.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        case builder, container, image, network, volume
    }

    /// What kind of thing it has happened to.
    public var subject: Subject
    /// What has happened, in Docker's word for it: `start`, `die`, `health_status: healthy`.
    public var action: String
    /// The identifier of the thing, or its name where it has no other.
    public var id: String
    /// What else there is to say, labels included.
    public var attributes: [String: String]
    /// When, in nanoseconds since 1970.
    public var time: Int64

    /// Something that happens now, unless another time is given.
    public init(
        _ subject: Subject,
        _ action: String,
        id: String,
        attributes: [String: String] = [:],
        time: Int64? = nil
    ) {
        self.subject = subject
        self.action = action
        self.id = id
        self.attributes = attributes
        self.time = time ?? WallClock.now
    }
}

extension JournalEntry {
    private static let second: Int64 = 1_000_000_000

    /// The entry as Docker's events are: what the journal holds, a line each, and what `--format json` shows.
    public var json: JSONValue {
        let pairs = attributes.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        var members: [JSONValue.Member] = []
        if subject == .container || subject == .image {
            members = [.init("status", .string(action)), .init("id", .string(id))]
            if subject == .container { members.append(.init("from", .string(attributes["image"] ?? ""))) }
        }
        return .object(
            members + [
                .init("Type", .string(subject.rawValue)), .init("Action", .string(action)),
                .init("Actor", ["ID": .string(id), "Attributes": .object(pairs)]), .init("scope", "local"),
                .init("time", .integer(time / Self.second)), .init("timeNano", .integer(time)),
            ]
        )
    }

    /// Reads a line of the journal; nil for what is none.
    init?(parsing line: ArraySlice<UInt8>) {
        guard let value = try? JSONValue(parsing: line), case .integer(let time)? = value["timeNano"],
            let subject = value["Type"]?.text.flatMap(Subject.init(rawValue:)), let action = value["Action"]?.text,
            let actor = value["Actor"], let id = actor["ID"]?.text
        else { return nil }
        var attributes: [String: String] = [:]
        if case .object(let members)? = actor["Attributes"] {
            for member in members { attributes[member.name] = member.value.text }
        }
        self.init(subject, action, id: id, attributes: attributes, time: time)
    }
}
