public import Containers
import Linux
import Networks
import Supervision

extension LocalEngine {
    /// Puts a container on a network; one that runs is there at once.
    ///
    /// - Parameter links: what the container is to call others from then on.
    public func connect(_ reference: String, to wish: EndpointRequest, links: [ContainerLink] = []) throws {
        let container = try containers.find(reference)
        let lock = try self.lock(container.id)
        defer { lock.release() }
        let network = try networks.find(wish.network)
        guard network.isJoinable else { throw NetworksError.cannotJoin(network: network.name) }
        var wishes = try attachments(of: container)
        guard !wishes.endpoints.contains(where: { $0.network == network.name }) else {
            throw EngineError.isConnected(container: container.name, network: network.name)
        }
        var endpoint = wish
        endpoint.network = network.name
        try endpoint.check()
        wishes.endpoints.append(endpoint)
        if !links.isEmpty { wishes.links = try (wishes.links ?? []) + resolved(links) }
        try change(container, to: wishes)
    }

    /// Takes a container off a network.
    ///
    /// - Parameter isForced: whether one that is no more is taken off as well.
    public func disconnect(_ reference: String, from name: String, isForced: Bool = false) throws {
        let network = try networks.find(name)
        guard !isForced || (try? containers.find(reference)) != nil else {
            return try release(reference, from: network)
        }
        let container = try containers.find(reference)
        let lock = try self.lock(container.id)
        defer { lock.release() }
        var wishes = try attachments(of: container)
        guard let place = wishes.endpoints.firstIndex(where: { $0.network == network.name }) else {
            throw EngineError.isNotConnected(container: container.id, network: network.name)
        }
        wishes.endpoints.remove(at: place)
        try change(container, to: wishes)
    }

    /// Gives a container another name, by which it is found on its networks from then on.
    public func rename(_ reference: String, to name: String) throws {
        let container = try containers.find(reference)
        let lock = try self.lock(container.id)
        defer { lock.release() }
        let renamed = try container.rename(to: name)
        guard case .networks(let wishes) = renamed.configuration.network, try renamed.status.isActive else { return }
        _ = try networks.rearrange(AttachmentRequest(renamed.configuration, wishes))
    }

    private func release(_ name: String, from network: Network) throws {
        let leases = try networks.endpoints(of: network).map(\.lease)
        guard let lease = leases.first(where: { $0.containerName == name || $0.containerID.hasPrefix(name) }) else {
            throw EngineError.isNotConnected(container: name, network: network.name)
        }
        try networks.release(container: lease.containerID, namespace: lease.namespaceID)
    }

    private func attachments(of container: Container) throws -> NetworkAttachments {
        guard case .networks(let wishes) = container.configuration.network else {
            throw EngineError.cannotConnect(container: container.name)
        }
        return wishes
    }

    private func change(_ container: Container, to wishes: NetworkAttachments) throws {
        if try container.status.isActive { try rearrange(container, to: wishes) }
        _ = try container.rewrite(network: .networks(wishes))
    }

    // MARK: Running containers

    private func rearrange(_ container: Container, to wishes: NetworkAttachments) throws {
        let id = container.configuration.namespaceID
        guard let before = try networks.attachment(of: id), let order = container.order else {
            throw NetworksError.noNamespace(container.name)
        }
        var request = AttachmentRequest(container.configuration, wishes)
        var after = try networks.rearrange(request)
        after.ports = order.ports
        var steps = order.teardown.filter(\.isOfPorts)
        let hasMoved = before.primaryEndpoint?.addresses != after.primaryEndpoint?.addresses
        if hasMoved, !wishes.ports.isEmpty {
            // Those that were chosen for it stay its own; where it had none of the host's, it may get some now.
            if !order.ports.contains(where: { $0.hostPort == 0 }), !order.ports.isEmpty {
                request.ports = order.ports.map(AttachmentRequest.PortRequest.init)
            }
            try container.change(names: after.names, ports: [], undoneBy: [], idleRemovals: after.idleRemovals)
            after = try networks.republish(request, after)
            steps = after.teardown
        }
        let present = Dictionary(after.endpoints.map { ($0.networkID, $0.network) }) { first, _ in first }
        try container.change(
            names: after.names,
            ports: after.ports,
            networks: present,
            undoneBy: steps,
            idleRemovals: after.idleRemovals
        )
        try rewriteFiles(of: container, before, after, wishes)
        try tellGuests(of: id, before, after, wishes)
    }

    /// Lets those who share a namespace know of what has changed in it.
    func tellGuests(
        of namespace: String,
        _ before: NetworkAttachment,
        _ after: NetworkAttachment,
        _ wishes: NetworkAttachments
    ) throws {
        for guest in try containers.all() where guest.configuration.namespaceID == namespace {
            guard guest.configuration.isGuest, try guest.status.isActive else { continue }
            try guest.change(names: after.names, ports: [], undoneBy: [], idleRemovals: after.idleRemovals)
            try rewriteFiles(of: guest, before, after, wishes)
        }
    }

    /// Changes what the container reads of its addresses and name servers. What it wrote there itself stays.
    private func rewriteFiles(
        of container: Container,
        _ before: NetworkAttachment,
        _ after: NetworkAttachment,
        _ wishes: NetworkAttachments
    ) throws {
        let former = Set(before.ownAddresses), present = after.ownAddresses
        let lines = try container.hosts().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let gone = former.subtracting(present)
        var kept = lines.filter { line in !gone.contains(line.prefix { $0 != "\t" && $0 != " " }.description) }
        if kept.last == "" { kept.removeLast() }
        let configuration = container.configuration
        let names = NetworkAttachment.hostNames(configuration.hostname, domainname: configuration.domainname)
        kept += present.filter { !former.contains($0) }.map { "\($0)\t\(names)" }
        try container.write(kept.map { $0 + "\n" }.joined(), to: .hosts)
        guard (before.names == nil) != (after.names == nil) else { return }
        let resolver = after.resolverConfiguration(
            nameServers: wishes.dns,
            search: wishes.dnsSearch,
            options: wishes.dnsOptions
        )
        try container.write(resolver, to: .resolverConfiguration)
    }
}

extension NetworkAttachment {
    /// The addresses that its container is reached by.
    fileprivate var ownAddresses: [String] {
        endpoints.flatMap { endpoint in endpoint.addresses.map(\.address.description) }
    }
}

extension AttachmentRequest.PortRequest {
    /// The same port of the host once more.
    fileprivate init(_ port: HeldPort) {
        self.init(
            port.transport,
            containerPort: port.targetPort,
            hostAddress: port.hostAddress,
            hostPorts: port.hostPort...port.hostPort
        )
    }
}
