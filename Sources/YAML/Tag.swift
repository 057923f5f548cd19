/// What a tag says about a node.
enum Tag: Equatable {
    /// None, or one that leaves the choice to the content.
    case none
    /// `!`: the content is a string.
    case nonSpecific
    /// YAML's own, by the part after `tag:yaml.org,2002:`.
    case standard(String)
    /// The document's own, such as `!reset`.
    case other(String)

    private static let prefix = "tag:yaml.org,2002:"

    init(_ text: String?) {
        switch text {
        case nil, "": self = .none
        case "!": self = .nonSpecific
        case let text? where text.hasPrefix(Self.prefix): self = .standard(String(text.dropFirst(Self.prefix.count)))
        case let text?: self = .other(text)
        }
    }

    /// The tag, if it is the document's own.
    var local: String? {
        guard case .other(let text) = self else { return nil }
        return text
    }
}
