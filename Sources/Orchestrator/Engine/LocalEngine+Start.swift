public import Containers
public import Linux
import Networks
import SystemPackage

extension LocalEngine {
    /// Starts a container; one that runs already is left alone.
    ///
    /// - Parameters:
    ///   - isAttached: whether its streams are wanted from the first byte on.
    ///   - terminalSize: rows and columns of the terminal that it will have, if it has one.
    /// - Returns: the connection to its streams, if it was asked for.
    @discardableResult
    public func start(
        _ reference: String,
        isAttached: Bool = false,
        terminalSize: WindowSize = WindowSize(rows: 0, columns: 0)
    ) throws -> Attachment? {
        let container = try containers.find(reference)
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
        defer { Self.end(&uses) }
        return try container.start(
            layers: layers,
            network: network(of: container),
            resources: uses.map(\.resource),
            isAttached: isAttached,
            terminalSize: terminalSize
        )
    }

    /// Stops a container and starts it again, as it is.
    public func restart(_ reference: String, timeout: Int? = nil) throws {
        let container = try containers.find(reference)
        _ = try container.stop(timeout: timeout)
        try start(container.id)
    }

    /// Makes the network that a container starts with.
    private func network(of container: Container) throws -> NetworkPreparation {
        let configuration = container.configuration
        switch configuration.network {
        case .none: return try attach(configuration, NetworkAttachments(endpoints: []))
        case .networks(let wishes): return try attach(configuration, wishes)
        case .host: return try .host()
        case .container(let id): return try sharedNetwork(with: id)
        }
    }

    private func attach(_ configuration: ContainerConfiguration, _ wishes: NetworkAttachments) throws
        -> NetworkPreparation
    {
        let attachment = try networks.attach(AttachmentRequest(configuration, wishes))
        do {
            return NetworkPreparation(
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
                names: attachment.names,
                ports: attachment.ports,
                teardown: attachment.teardown
            )
        } catch {
            try networks.detach(attachment)
            throw error
        }
    }

    /// The network that another container has at present. It stays that one's to undo.
    private func sharedNetwork(with id: String) throws -> NetworkPreparation {
        let other = try containers.find(id)
        if case .container(let next) = other.configuration.network, next != id { return try sharedNetwork(with: next) }
        guard try other.status.isActive else { throw EngineError.networkSharesNothing(container: other.name) }
        guard other.configuration.network != .host else { return try .host() }
        let folder = root.container(other.id)
        return NetworkPreparation(
            namespace: root.networkNamespace(other.id).string,
            hosts: try text(of: folder.appending("hosts")),
            resolverConfiguration: try text(of: folder.appending("resolv.conf"))
        )
    }

    private func text(of path: FilePath) throws -> String {
        String(decoding: try WholeFile.read(path), as: UTF8.self)
    }
}

extension NetworkPreparation {
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
    fileprivate init(_ configuration: ContainerConfiguration, _ wishes: NetworkAttachments) {
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
                return endpoint
            }
        )
        nameServers = wishes.dns
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
