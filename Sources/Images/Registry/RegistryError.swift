/// Why a registry did not give what was asked for.
public struct RegistryError: Error, Hashable, Sendable {
    /// The image as the user named it.
    public let image: String
    /// The registry's host.
    public let host: String
    /// What went wrong.
    public let reason: String

    /// An error of these parts.
    public init(image: String, host: String, reason: String) {
        self.image = image
        self.host = host
        self.reason = reason
    }
}

extension RegistryError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String { "pull \(image): \(host): \(reason)" }
}
