public import Supervision

/// The network that a start finds ready: made before, undone by the monitor.
public struct NetworkPreparation: Hashable, Sendable {
    /// The namespace's file; nil is the host's own.
    public var namespace: String?
    /// The contents of `/etc/hosts` and `/etc/resolv.conf`.
    public var hosts: String
    public var resolverConfiguration: String
    public var names: NameOrder?
    public var ports: [HeldPort]
    /// What undoes it all.
    public var teardown: [TeardownStep]

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
