import JSON
public import Linux
import NameResolution
public import Supervision
import SystemPackage

extension NetworkStore {
    /// Begins the use of a namespace, which keeps it and its addresses however many containers come and go.
    public func use(namespace id: String) throws(SystemError) -> SharedUse {
        try resource(of: id).join()
    }

    /// What is in a namespace at present; nil if there is none.
    public func attachment(of namespace: String) throws -> NetworkAttachment? {
        let resource = resource(of: namespace)
        guard resource.isMade, let bytes = try ClaimFile.read(at: recordFile(resource)) else { return nil }
        return try JSON.decode(NetworkAttachment.self, from: bytes)
    }

    /// Makes everything a container needs of the network to start, for somebody who calls ``detach(_:)`` when it has ended.
    public func attach(_ request: AttachmentRequest) throws -> NetworkAttachment {
        var use: SharedUse? = try use(namespace: request.namespaceID)
        do {
            return try attach(request, using: use)
        } catch {
            use = nil
            _ = try? resource(of: request.namespaceID).leave()
            throw error
        }
    }

    /// Makes everything a container needs of the network to start: its namespace with an interface on each network,
    /// addresses and names, and rules for published ports. A namespace that is in use is taken as it is, but for networks
    /// that have changed. When anything is refused, all that was made before is undone, the namespace with its last user.
    ///
    /// - Parameter use: of the request's namespace; it must not end before the call does.
    public func attach(_ request: AttachmentRequest, using use: SharedUse?) throws -> NetworkAttachment {
        defer { withExtendedLifetime(use) {} }
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
        let networks = try networks(of: request)
        let resource = resource(of: request.namespaceID)
        do {
            var made: NetworkAttachment?
            try resource.make(undoneBy: []) { made = try build(request, on: networks) }
            if made == nil { try releaseOwn(container: request.containerID) }
            var attachment = try made ?? rearrange(request)
            try publish(request, on: networks, &attachment)
            try checkPresence(of: networks)
            return attachment
        } catch {
            try? releaseOwn(container: request.containerID)
            if !resource.isMade { try? releaseLeases(container: request.containerID) }
            // Whatever went wrong, it may be for want of a network that has just been removed.
            try checkPresence(of: networks)
            throw error
        }
    }

    /// Makes sure that networks are there which somebody else may have removed before our leases were there.
    private func checkPresence(of networks: [Network]) throws {
        for network in networks where try record(of: network.name) != network {
            throw NetworksError.notFound(network.name)
        }
    }

    /// The networks of a request's endpoints, in their order.
    func networks(of request: AttachmentRequest) throws -> [Network] {
        let networks = try request.endpoints.map { try find($0.network) }
        if let other = networks.first(where: { !$0.isJoinable }) {
            throw NetworksError.cannotJoin(network: other.name)
        }
        return networks
    }

    /// Undoes what ``attach(_:)`` did; the namespace, unless others use it.
    public func detach(_ attachment: NetworkAttachment) throws {
        if let failure = Teardown.perform(attachment.teardown).first { throw failure.reason }
        try SharedResource(folder: FilePath(attachment.resource)).leave()
    }

    /// Undoes whatever is there of a container's network, without knowing what there is: for one whose start or end was
    /// cut short. Not an error if there is nothing. What others share with it stays theirs.
    public func release(container id: String, namespace: String? = nil) throws {
        try releaseOwn(container: id)
        if try resource(of: namespace ?? id).leave() { try releaseLeases(container: id) }
    }

    /// Undoes what of the host is the container's alone.
    private func releaseOwn(container id: String) throws {
        var filter = try NetlinkSocket(.netfilter)
        try filter.deleteTable(.inet, named: PortForwarding.table(of: id))
        try PortClaims(root: root).release(container: id)
    }

    /// Gives up the addresses of a container whose namespace is gone.
    private func releaseLeases(container id: String) throws {
        for network in try ClaimFile.names(in: root.leases) {
            let table = NameTable(folder: root.leases.appending(network))
            for (address, lease) in try table.leases() where lease.containerID == id { try table.release(address) }
        }
    }

    // MARK: The namespace

    func resource(of namespace: String) -> SharedResource {
        SharedResource(folder: root.attachment(namespace))
    }

    private func recordFile(_ resource: SharedResource) -> FilePath { resource.folder.appending("attachment.json") }

    /// Writes down what is in a namespace and what undoes it.
    func save(_ attachment: NetworkAttachment) throws {
        let resource = SharedResource(folder: FilePath(attachment.resource))
        let leases = attachment.endpoints.flatMap { endpoint in
            let table = NameTable(folder: root.leases.appending(endpoint.networkID))
            return endpoint.addresses.map { TeardownStep.removeFile(table.file(of: $0.address).string) }
        }
        try resource.setTeardown([.unmount(attachment.namespace)] + leases)
        try WholeFile.replace(recordFile(resource), with: JSON.encode(attachment), isDurable: false)
    }

    /// Makes the namespace with its interfaces.
    private func build(_ request: AttachmentRequest, on networks: [Network]) throws -> NetworkAttachment {
        let path = root.networkNamespace(request.namespaceID)
        try ClaimFile.makeFolder(root.networkNamespaces)
        try NetworkNamespace.remove(at: path)
        var sockets = try HostSockets(root)
        var bridges: [Int32] = []
        for network in networks { bridges.append(try sockets.ensureLink(of: network)) }
        var attachment = NetworkAttachment(
            containerID: request.containerID,
            resource: root.attachment(request.namespaceID).string,
            namespace: path.string,
            endpoints: [],
            ports: [],
            teardown: []
        )
        for (place, (wish, network)) in zip(request.endpoints, networks).enumerated() {
            let name = wish.interface(on: network, number: place)
            attachment.endpoints.append(try endpoint(wish, on: network, as: name, for: request))
        }
        attachment.names = names(for: attachment, on: networks, as: request)
        attachment.idleRemovals = try idleRemovals(networks)
        try save(attachment)
        let interfaces = zip(attachment.endpoints, zip(networks, bridges)).map {
            ContainerInterface($0, on: $1.0, bridge: $1.1)
        }
        try NamespaceSetup(interfaces: interfaces, primary: attachment.primaryEndpoint)
            .create(at: path, route: &sockets.route)
        return attachment
    }

    /// What removes those of the networks that nobody creates, and so nobody removes but the last to leave.
    func idleRemovals(_ networks: [Network]) throws -> [NetworkRemoval] {
        try networks.filter(\.isPredefined).map(removal)
    }

    /// What its resolver answers from. On the default bridge alone there is none, as with Docker.
    func names(for attachment: NetworkAttachment, on networks: [Network], as request: AttachmentRequest) -> NameOrder? {
        let named = networks.filter(\.hasNames)
        guard !named.isEmpty else { return nil }
        var configuration = ResolverConfiguration.host()
        if !request.nameServers.isEmpty { configuration.nameServers = request.nameServers }
        if !request.resolverOptions.isEmpty { configuration.options = request.resolverOptions }
        let upstreams = configuration.nameServers
        return NameOrder(
            tables: named.map { table(of: $0).folder.string },
            upstreams: attachment.primaryEndpoint == nil ? [] : upstreams,
            port: attachment.names?.port ?? .random(in: 32768...60999),
            keepsShortNames: configuration.countsDots,
            links: request.links.isEmpty ? nil : request.links
        )
    }

    // MARK: Ports

    /// Claims the container's ports and makes the rules that lead to it.
    func publish(_ request: AttachmentRequest, on networks: [Network], _ attachment: inout NetworkAttachment) throws {
        attachment.teardown = []
        let claims = PortClaims(root: root)
        let forwarding = try PortForwarding(request, attachment, on: networks, claims: claims)
        attachment.ports = forwarding.ports
        guard !forwarding.ports.isEmpty else { return }
        var sockets = try HostSockets(root)
        let barriers = try sockets.filter.forwardBarriers()
        if let table = forwarding.rules(container: request.containerID, barriers: barriers) {
            try sockets.filter.create(sockets.marked(table))
            attachment.teardown.append(.deleteTable(family: table.family.name, name: table.name))
        }
        attachment.teardown += forwarding.claims.map { .releasePort($0.string) }
    }
}

extension AttachmentRequest.EndpointRequest {
    private static let nameOption = "com.docker.network.endpoint.ifname"

    /// The name that was asked for, if one was.
    var wantedInterface: String? { interfaceName ?? options[Self.nameOption] }

    /// The name of the interface, with a number where the user gave none.
    func interface(on network: Network, number: Int) -> String {
        wantedInterface ?? "\(network.interfacePrefix)\(number)"
    }
}
