public import Supervision

/// The network that a start finds ready: made before, undone by the monitor.
public struct NetworkPreparation: Hashable, Sendable {
    /// The namespace's file; nil is the host's own.
    public var namespace: String?
    /// The contents of `/etc/hosts` and `/etc/resolv.conf`.
    public var hosts: String
    /// The contents of `/etc/resolv.conf`.
    public var resolverConfiguration: String
    /// What the resolver on 127.0.0.11 answers from; nil where there is none.
    public var names: NameOrder?
    /// The host ports that the container answers on.
    public var ports: [HeldPort]
    /// What undoes it all, but for the namespace.
    public var teardown: [TeardownStep]
    /// What removes the networks that go with the last container on them.
    public var idleRemovals: [NetworkRemoval] = []
    /// The names of the networks that the container is on, by their identifiers.
    public var networks: [String: String] = [:]

    /// A value of these parts.
    public init(
        namespace: String?,
        hosts: String,
        resolverConfiguration: String,
        names: NameOrder? = nil,
        ports: [HeldPort] = [],
        teardown: [TeardownStep] = []
    ) {
        self.namespace = namespace
        self.hosts = hosts
        self.resolverConfiguration = resolverConfiguration
        self.names = names
        self.ports = ports
        self.teardown = teardown
    }
}
