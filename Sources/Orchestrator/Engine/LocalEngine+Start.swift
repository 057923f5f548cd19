public import Containers
public import Linux
import Networks
import Supervision
import SystemPackage

extension LocalEngine {
    /// Starts a container; one that runs already is left alone.
    ///
    /// - Parameters:
    ///   - isAttached: whether its streams are wanted from the first byte on.
    ///   - terminalSize: rows and columns of the terminal that it will have, if it has one.
    ///   - warn: takes what this machine cannot give, in words: the container runs without it.
    /// - Returns: the connection to its streams, if it was asked for.
    @discardableResult
    public func start(
        _ reference: String,
        isAttached: Bool = false,
        terminalSize: WindowSize = WindowSize(rows: 0, columns: 0),
        warn: @escaping (String) -> Void = { _ in }
    ) throws -> Attachment? {
        try start(
            containers.find(reference),
            isAttached: isAttached,
            terminalSize: terminalSize,
            warn: warn
        )
    }

    /// The same for a container whose record has just been read.
    @discardableResult
    public func start(
        _ container: Container,
        isAttached: Bool = false,
        terminalSize: WindowSize = WindowSize(rows: 0, columns: 0),
        warn: @escaping (String) -> Void = { _ in }
    ) throws -> Attachment? {
        let lock = try self.lock(container.id)
        defer { lock.release() }
        guard try !container.status.isActive else { return isAttached ? try container.attach() : nil }
        try clear(container)
        for mount in container.configuration.mounts {
            guard case .bind(let createsSource, _, _) = mount.kind else { continue }
            try provideSource(mount.source, creates: createsSource)
        }
        let layers = try layerFolders(container.configuration.layers)
        // The monitor holds them from its start on; one that has ended already leaves them to us.
        var uses = try uses(of: container)
        var hasStarted = false
        defer {
            Self.end(&uses)
            if !hasStarted { try? networks.removeIfIdle("bridge") }
        }
        if container.configuration.network != .host {
            uses.append(try networks.use(namespace: container.configuration.namespaceID))
        }
        let network = try network(of: container, using: uses.last)
        if case .networks(let wishes) = container.configuration.network {
            for finding in Self.findings(on: wishes.ports, of: container.name, network.ports) { warn(finding) }
        }
        let attachment = try container.start(
            layers: layers,
            network: network,
            resources: uses.map(\.resource),
            isAttached: isAttached,
            terminalSize: terminalSize,
            warn: warn
        )
        hasStarted = true
        return attachment
    }

    /// What of the ports that were asked for cannot be had.
    private static func findings(on wishes: [PortMapping], of name: String, _ held: [HeldPort]) -> [String] {
        guard !wishes.isEmpty, !held.isEmpty else {
            return wishes.isEmpty ? [] : ["ports of \(name) are not published: it is on no bridge that leads outside"]
        }
        return wishes.compactMap { wish in
            let mine = held.filter { $0.targetPort == wish.containerPort && $0.transport == wish.transport }
            guard let port = wish.hostPorts?.lowerBound, mine.allSatisfy({ $0.hostPort == 0 }) else { return nil }
            return "port \(port) of the host is not used: port \(wish.containerPort)/\(wish.transport) of \(name) "
                + "is reached by the container's own address, as its network is routed"
        }
    }

    /// Stops a container and starts it again, as it is.
    public func restart(
        _ reference: String,
        timeout: Int? = nil,
        warn: @escaping (String) -> Void = { _ in }
    ) throws {
        let container = try containers.find(reference)
        _ = try container.stop(timeout: timeout)
        try start(container.id, warn: warn)
        container.note("restart")
    }

    /// Makes the network that a container starts with.
    private func network(of container: Container, using use: SharedUse?) throws -> NetworkPreparation {
        let configuration = container.configuration
        switch configuration.network {
        case .none: return try attach(configuration, NetworkAttachments(endpoints: []), using: use)
        case .networks(let wishes): return try attach(configuration, wishes, using: use)
        case .host: return try .host()
        case .container(let id): return try sharedNetwork(of: configuration, with: id)
        }
    }

    private func attach(
        _ configuration: ContainerConfiguration,
        _ wishes: NetworkAttachments,
        using use: SharedUse?
    ) throws -> NetworkPreparation {
        try checkHolder(of: configuration)
        let before = try networks.attachment(of: configuration.namespaceID)
        let attachment = try networks.attach(AttachmentRequest(configuration, wishes), using: use)
        do {
            var told = wishes
            told.extraHosts += try linkedHosts(of: configuration, wishes.links ?? [], attachment)
            var preparation = try NetworkPreparation(attachment, configuration, told)
            preparation.ports = attachment.ports
            preparation.teardown = attachment.teardown
            if let before, before.endpoints != attachment.endpoints {
                try tellGuests(of: configuration.namespaceID, before, attachment, wishes)
            }
            for endpoint in attachment.endpoints { preparation.networks[endpoint.networkID] = endpoint.network }
            return preparation
        } catch {
            _ = Teardown.perform(attachment.teardown)
            throw error
        }
    }

    /// A container that takes another's place gets its namespace, but not while the other runs.
    private func checkHolder(of configuration: ContainerConfiguration) throws {
        guard configuration.networkNamespace != nil,
            let holder = try networks.attachment(of: configuration.namespaceID)?.containerID,
            holder != configuration.id, let other = try? containers.find(holder), try other.status.isActive
        else { return }
        throw EngineError.networkHeld(container: other.name)
    }

    /// The network that another container, or whoever has taken its place, was given. It is there as long as anybody is in it.
    private func sharedNetwork(of configuration: ContainerConfiguration, with id: String) throws -> NetworkPreparation {
        let owner = try owner(of: configuration.namespaceID, first: id)
        if owner?.configuration.network == .host { return try .host() }
        guard let attachment = try networks.attachment(of: configuration.namespaceID) else {
            throw EngineError.networkSharesNothing(container: owner?.name ?? id)
        }
        guard let owner, case .networks(let wishes) = owner.configuration.network else {
            return try NetworkPreparation(attachment, configuration, NetworkAttachments(endpoints: []))
        }
        var preparation = try NetworkPreparation(attachment, owner.configuration, wishes)
        preparation.hosts = try owner.hosts()
        return preparation
    }

    /// The container that a namespace was made for, or that has taken its place; nil if there is none any more.
    public func owner(of namespace: String, first id: String) throws -> Container? {
        if let container = try? containers.find(id), !container.configuration.isGuest { return container }
        return try containers.all().first { $0.configuration.namespaceID == namespace && !$0.configuration.isGuest }
    }
}

extension ContainerConfiguration {
    /// Whether it lives in another container's network.
    var isGuest: Bool {
        if case .container = network { true } else { false }
    }
}

extension NetworkPreparation {
    /// What a container finds of a namespace, whoever it was made for; no ports.
    fileprivate init(
        _ attachment: NetworkAttachment,
        _ configuration: ContainerConfiguration,
        _ wishes: NetworkAttachments
    ) throws {
        self.init(
            namespace: attachment.namespace,
            hosts: try attachment.hosts(
                hostname: configuration.hostname,
                domainname: configuration.domainname,
                extraHosts: wishes.extraHosts
            ),
            resolverConfiguration: attachment.resolverConfiguration(
                nameServers: wishes.dns,
                search: wishes.dnsSearch,
                options: wishes.dnsOptions
            ),
            names: attachment.names
        )
        idleRemovals = attachment.idleRemovals
    }

    /// The host's own network, with the host's own files.
    fileprivate static func host() throws -> NetworkPreparation {
        let hosts = try WholeFile.read("/etc/hosts")
        return NetworkPreparation(
            namespace: nil,
            hosts: String(decoding: hosts, as: UTF8.self),
            resolverConfiguration: ResolverConfiguration.host().text
        )
    }
}

extension AttachmentRequest {
    /// What a container asks of the network.
    init(_ configuration: ContainerConfiguration, _ wishes: NetworkAttachments) {
        self.init(
            containerID: configuration.id,
            containerName: configuration.name,
            hostname: configuration.hostname,
            endpoints: wishes.endpoints.map { wish in
                var endpoint = EndpointRequest(network: wish.network)
                endpoint.aliases = wish.aliases
                endpoint.ipv4 = wish.ipv4
                endpoint.ipv6 = wish.ipv6
                endpoint.mac = wish.mac
                endpoint.interfaceName = wish.interfaceName
                endpoint.gatewayPriority = wish.gatewayPriority
                endpoint.linkLocalAddresses = wish.linkLocalAddresses
                endpoint.options = wish.driverOptions
                return endpoint
            }
        )
        namespaceID = configuration.namespaceID
        nameServers = wishes.dns
        resolverOptions = wishes.dnsOptions
        for link in wishes.links ?? [] { links[link.alias] = link.knownName }
        ports = wishes.ports.map { port in
            PortRequest(
                port.transport,
                containerPort: port.containerPort,
                hostAddress: port.hostAddress,
                hostPorts: port.hostPorts
            )
        }
    }
}
