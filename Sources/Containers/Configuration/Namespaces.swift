/// The namespaces that are not the container's own; nil is one of its own.
public struct Namespaces: Codable, Hashable, Sendable {
    /// The process namespace.
    public var pid: NamespaceMode?
    /// The namespace of System V objects and message queues, with the shared memory of `/dev/shm`.
    public var ipc: SharedMemoryMode?
    /// The namespace of host and domain name.
    public var uts: NamespaceMode?
    /// Whether it sees the host's control groups, and not just its own.
    public var seesHostCgroups: Bool?
    /// The control group that the container's own is made in.
    public var cgroupParent: String?

    /// Every one its own.
    public init() {}
}

/// Whose namespace a container is in, if not in its own. Its text is Docker's: `host`, `container:<id>`.
public enum NamespaceMode: Hashable, Sendable {
    case host
    /// Another container's, by identifier, or by any name for it until it is settled.
    case container(String)
}

/// Whose shared memory a container has, if it is not its own alone.
public enum SharedMemoryMode: Hashable, Sendable {
    /// A namespace of its own, without `/dev/shm`.
    case none
    /// Its own, and other containers may join.
    case shareable
    case host
    /// Another container's, by identifier, or by any name for it until it is settled.
    case container(String)
}

extension NamespaceMode: LosslessStringConvertible, Codable {
    /// Reads `host` or `container:<reference>`; nil for anything else.
    public init?(_ text: String) {
        if text == "host" {
            self = .host
        } else if let reference = Self.container(text) {
            self = .container(reference)
        } else {
            return nil
        }
    }

    /// As Docker writes it.
    public var description: String {
        switch self {
        case .host: "host"
        case .container(let reference): "container:\(reference)"
        }
    }

    /// What `container:<reference>` refers to; nil for another text.
    static func container(_ text: String) -> String? {
        guard text.hasPrefix("container:"), text.utf8.count > 10 else { return nil }
        return String(text.dropFirst(10))
    }

    /// Reads the text.
    public init(from decoder: any Decoder) throws { self = try decoder.decodeText() }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws { try encoder.encode(text: description) }
}

extension SharedMemoryMode: LosslessStringConvertible, Codable {
    /// Reads `none`, `shareable`, `host` or `container:<reference>`; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "none": self = .none
        case "shareable": self = .shareable
        case "host": self = .host
        default:
            guard let reference = NamespaceMode.container(text) else { return nil }
            self = .container(reference)
        }
    }

    /// As Docker writes it.
    public var description: String {
        switch self {
        case .none: "none"
        case .shareable: "shareable"
        case .host: "host"
        case .container(let reference): "container:\(reference)"
        }
    }

    /// Whether its namespace is made for it.
    var isOwn: Bool { self == .none || self == .shareable }

    /// Reads the text.
    public init(from decoder: any Decoder) throws { self = try decoder.decodeText() }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws { try encoder.encode(text: description) }
}

extension Decoder {
    fileprivate func decodeText<Value: LosslessStringConvertible>() throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Value(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is not a mode")
        }
        return value
    }
}

extension Encoder {
    fileprivate func encode(text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
