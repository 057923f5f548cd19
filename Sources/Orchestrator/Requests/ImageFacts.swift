/// What an image says of the containers that are made from it.
public struct ImageFacts: Hashable, Sendable {
    /// The digest of its configuration.
    public var id: String
    /// Its layers as diff identifiers, base first.
    public var layers: [String] = []
    /// `NAME=value`.
    public var environment: [String] = []
    public var entrypoint: [String] = []
    public var command: [String] = []
    public var workingDirectory: String = ""
    public var user: String = ""
    /// Such as `80/tcp`.
    public var exposedPorts: [String] = []
    /// Paths that get an anonymous volume unless something else is mounted there.
    public var volumes: [String] = []
    public var labels: [String: String] = [:]
    public var stopSignal: String?
    public var health: HealthRequest?

    public init(id: String) {
        self.id = id
    }
}
