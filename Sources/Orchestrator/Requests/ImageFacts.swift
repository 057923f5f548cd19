/// What an image says of the containers that are made from it.
public struct ImageFacts: Hashable, Sendable {
    /// The digest of its configuration.
    public var id: String
    /// Its layers as diff identifiers, base first.
    public var layers: [String] = []
    /// `NAME=value`.
    public var environment: [String] = []
    /// What the command is given to.
    public var entrypoint: [String] = []
    /// What runs if nothing else is asked for.
    public var command: [String] = []
    /// Empty is the root.
    public var workingDirectory: String = ""
    /// Empty is root.
    public var user: String = ""
    /// Such as `80/tcp`.
    public var exposedPorts: [String] = []
    /// Paths that get an anonymous volume unless something else is mounted there.
    public var volumes: [String] = []
    /// Labels of its author's.
    public var labels: [String: String] = [:]
    /// Nil is SIGTERM.
    public var stopSignal: String?
    /// What commands in the shell form are given to; nil is `/bin/sh -c`.
    public var shell: [String]?
    /// Its probe.
    public var health: HealthRequest?

    /// An image that says nothing.
    public init(id: String) {
        self.id = id
    }
}
