/// Another name for another container, which this one alone knows.
public struct ContainerLink: Codable, Hashable, Sendable {
    /// The other container's name, or the beginning of its identifier.
    public var container: String
    /// What it is called here.
    public var alias: String

    /// Reads `container[:alias]`; nil for another text.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
            String(part.hasPrefix("/") ? part.dropFirst() : part)
        }
        guard let container = parts.first, let alias = parts.last, parts.count <= 2, !parts.contains("") else {
            return nil
        }
        self.container = container
        self.alias = alias
    }
}
