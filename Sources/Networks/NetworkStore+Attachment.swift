import Linux
import NameResolution
import Supervision
import SystemPackage

extension NetworkStore {
    /// Makes everything a container needs of the network to start: its namespace with an interface on each network,
    /// addresses and names, and rules for published ports. When anything is refused, all that was made before is undone.
    public func attach(_ request: AttachmentRequest) throws -> NetworkAttachment {
        // A predefined network goes when it is idle, perhaps just now: it is made again.
        for _ in 0..<4 {
            do {
                return try attachOnce(request)
            } catch NetworksError.notFound(let name) where Network.predefined[name] != nil {
                continue
            }
        }
        return try attachOnce(request)
    }

    private func attachOnce(_ request: AttachmentRequest) throws -> NetworkAttachment {
        let networks = try request.endpoints.map { try find($0.network) }
        guard networks.allSatisfy({ $0.driver == .bridge }) else {
            throw NetworksError.cannotJoin(network: networks.first { $0.driver != .bridge }?.name ?? "")
        }
        try claimNamespace(of: request.containerID)
        do {
            return try attach(request, to: networks)
        } catch {
            try? release(container: request.containerID)
            throw error
        }
    }

    /// Undoes what ``attach(_:)`` did.
    public func detach(_ attachment: NetworkAttachment) throws {
        if let failure = Teardown.perform(attachment.teardown).first { throw failure.reason }
    }

    /// Undoes whatever is there of a container's network, without knowing what there is: for one whose start or end was
    /// cut short. Not an error if there is nothing.
    public func release(container id: String) throws {
        var filter = try NetlinkSocket(.netfilter)
        try filter.deleteTable(.inet, named: PortForwarding.table(of: id))
        for network in try ClaimFile.names(in: root.leases) {
            let table = NameTable(folder: root.leases.appending(network))
            for (address, lease) in try table.leases() where lease.containerID == id { try table.release(address) }
        }
        try PortClaims(root: root).release(container: id)
        // Last, since whoever finds it knows that there is something to undo.
        try NetworkNamespace.remove(at: root.networkNamespace(id))
    }

    /// The file comes first: whoever finds it without a running container knows that there is something to undo.
    private func claimNamespace(of id: String) throws {
        try ClaimFile.makeFolder(root.networkNamespaces)
        let path = root.networkNamespace(id)
        guard try !ClaimFile.create(at: path, contents: []) else { return }
        try release(container: id)
        guard try ClaimFile.create(at: path, contents: []) else {
            throw SystemError("linkat", on: path.string, errno: .fileExists)
        }
    }

    private func attach(_ request: AttachmentRequest, to networks: [Network]) throws -> NetworkAttachment {
        let id = request.containerID
        let path = root.networkNamespace(id)
        var sockets = try HostSockets(root)
        var bridges: [Int32] = []
        for network in networks { bridges.append(try sockets.ensureBridge(of: network)) }
        var attachment = NetworkAttachment(
            namespace: path.string,
            endpoints: try leases(for: request, on: networks),
            ports: [],
            teardown: [.unmount(path.string)]
        )
        attachment.names = names(for: attachment, on: networks, asking: request.nameServers)
        let forwarding = try PortForwarding(request, attachment, claims: PortClaims(root: root))
        attachment.ports = forwarding.ports
        let interfaces = zip(attachment.endpoints, zip(networks, bridges)).map {
            ContainerInterface($0, on: $1.0, bridge: $1.1)
        }
        try NamespaceSetup(interfaces: interfaces, primary: attachment.primaryEndpoint)
            .create(at: path, route: &sockets.route)
        let bridge = networks.first { $0.id == attachment.primaryEndpoint?.networkID }?.bridge
        if let table = forwarding.rules(container: id, bridge: bridge ?? "") {
            try sockets.filter.create(sockets.marked(table))
            attachment.teardown.append(.deleteTable(family: table.family.name, name: table.name))
        }
        attachment.teardown += attachment.endpoints.flatMap { endpoint in
            let table = NameTable(folder: root.leases.appending(endpoint.networkID))
            return endpoint.addresses.map { TeardownStep.removeFile(table.file(of: $0.address).string) }
        }
        attachment.teardown += forwarding.claims.map { .removeFile($0.string) }
        for network in networks where try record(of: network.name) != network {
            throw NetworksError.notFound(network.name)
        }
        return attachment
    }

    /// What its resolver answers from. On the default bridge alone there is none, as with Docker.
    private func names(
        for attachment: NetworkAttachment,
        on networks: [Network],
        asking servers: [String]
    ) -> NameOrder? {
        let named = networks.filter(\.hasNames)
        guard !named.isEmpty else { return nil }
        let upstreams = servers.isEmpty ? ResolverConfiguration.host().nameServers : servers
        return NameOrder(
            tables: named.map { table(of: $0).folder.string },
            upstreams: attachment.primaryEndpoint == nil ? [] : upstreams
        )
    }
}
