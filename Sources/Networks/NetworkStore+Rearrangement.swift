import Linux
import NameResolution
import Supervision
import SystemPackage

/// What becomes of the endpoints of a namespace when other networks are wanted.
private struct Rearrangement {
    /// By wish: the endpoint that meets it already.
    private(set) var kept: [NetworkAttachment.Endpoint?] = []
    /// What nobody wants any more.
    private(set) var gone: [NetworkAttachment.Endpoint]

    init(of present: [NetworkAttachment.Endpoint], to request: AttachmentRequest, on networks: [Network]) {
        gone = present
        for (wish, network) in zip(request.endpoints, networks) {
            let place = gone.firstIndex { wish.isMet(by: $0, on: network) }
            kept.append(place.map { gone.remove(at: $0) })
        }
    }
}

extension NetworkStore {
    /// Changes a namespace that is in use to what a request wants: what fits stays as it is, addresses included, the rest is
    /// unplugged, and what is missing is plugged in.
    public func rearrange(_ request: AttachmentRequest) throws -> NetworkAttachment {
        let networks = try networks(of: request)
        guard let before = try attachment(of: request.namespaceID) else {
            throw NetworksError.noNamespace(request.containerName)
        }
        let change = Rearrangement(of: before.endpoints, to: request, on: networks)
        let path = FilePath(before.namespace)
        try NamespaceSetup.unplug(change.gone.map(\.interface), at: path)
        for endpoint in change.gone { try release(endpoint) }
        var after = before
        after.containerID = request.containerID
        after.endpoints = change.kept.compactMap(\.self)
        var fresh: [NetworkAttachment.Endpoint] = []
        do {
            fresh = try claim(request, on: networks, besides: after.endpoints, unless: change.kept)
            after.endpoints = try merge(change.kept, fresh, request, on: networks)
            after.names = names(for: after, on: networks, as: request)
            after.idleRemovals = try idleRemovals(networks)
            try save(after)
            try plugIn(fresh, on: networks, after)
        } catch {
            for endpoint in fresh {
                try? release(endpoint)
                try? NamespaceSetup.unplug([endpoint.interface], at: path)
            }
            after.endpoints = change.kept.compactMap(\.self)
            try? save(after)
            throw error
        }
        return after
    }

    /// Claims what is missing; nothing is kept of it if one claim is refused.
    private func claim(
        _ request: AttachmentRequest,
        on networks: [Network],
        besides present: [NetworkAttachment.Endpoint],
        unless kept: [NetworkAttachment.Endpoint?]
    ) throws -> [NetworkAttachment.Endpoint] {
        var fresh: [NetworkAttachment.Endpoint] = []
        do {
            for (place, (wish, network)) in zip(request.endpoints, networks).enumerated() where kept[place] == nil {
                let name = freeName(for: wish, on: network, besides: present + fresh)
                fresh.append(try endpoint(wish, on: network, as: name, for: request))
            }
        } catch {
            for endpoint in fresh { try? release(endpoint) }
            throw error
        }
        return fresh
    }

    /// The endpoints in the order of the wishes, those that stay with the names of their new holder.
    private func merge(
        _ kept: [NetworkAttachment.Endpoint?],
        _ fresh: [NetworkAttachment.Endpoint],
        _ request: AttachmentRequest,
        on networks: [Network]
    ) throws -> [NetworkAttachment.Endpoint] {
        var rest = fresh[...]
        return try zip(kept, zip(request.endpoints, networks)).compactMap { present, wish in
            guard let present else { return rest.popFirst() }
            return try adopt(present, wish.0, on: wish.1, for: request)
        }
    }

    private func plugIn(
        _ fresh: [NetworkAttachment.Endpoint],
        on networks: [Network],
        _ attachment: NetworkAttachment
    ) throws {
        var sockets = try HostSockets(root)
        var interfaces: [ContainerInterface] = []
        for endpoint in fresh {
            guard let network = networks.first(where: { $0.id == endpoint.networkID }) else { continue }
            let bridge = try sockets.ensureLink(of: network)
            interfaces.append(ContainerInterface(endpoint, on: network, bridge: bridge))
        }
        try NamespaceSetup(interfaces: interfaces, primary: attachment.primaryEndpoint)
            .change(at: FilePath(attachment.namespace), route: &sockets.route)
    }

    /// Gives up the ports of a container whose networks have changed, and publishes them where they lead now.
    public func republish(_ request: AttachmentRequest, _ attachment: NetworkAttachment) throws -> NetworkAttachment {
        var attachment = attachment
        var filter = try NetlinkSocket(.netfilter)
        try filter.deleteTable(.inet, named: PortForwarding.table(of: request.containerID))
        try PortClaims(root: root).release(container: request.containerID)
        try publish(request, on: networks(of: request), &attachment)
        return attachment
    }

    private func release(_ endpoint: NetworkAttachment.Endpoint) throws {
        let table = NameTable(folder: root.leases.appending(endpoint.networkID))
        for address in endpoint.addresses { try table.release(address.address) }
    }

    /// The endpoint as the new holder of the namespace wants it; its names are the holder's.
    private func adopt(
        _ endpoint: NetworkAttachment.Endpoint,
        _ wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        for request: AttachmentRequest
    ) throws -> NetworkAttachment.Endpoint {
        var endpoint = endpoint
        endpoint.aliases = wish.aliases
        endpoint.gatewayPriority = wish.gatewayPriority
        let lease = lease(of: endpoint.mac, wish, on: network, for: request)
        for address in endpoint.addresses { try table(of: network).replace(address.address, with: lease) }
        return endpoint
    }

    private func freeName(
        for wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        besides others: [NetworkAttachment.Endpoint]
    ) -> String {
        var number = 0
        let taken = Set(others.map(\.interface))
        while wish.wantedInterface == nil, taken.contains(wish.interface(on: network, number: number)) { number += 1 }
        return wish.interface(on: network, number: number)
    }
}

extension AttachmentRequest.EndpointRequest {
    /// Whether an endpoint that is there is what is wanted.
    fileprivate func isMet(by endpoint: NetworkAttachment.Endpoint, on network: Network) -> Bool {
        func fits(_ wanted: String?, _ present: IPAddress?) -> Bool {
            wanted.map { IPAddress($0) == present } ?? true
        }
        return endpoint.networkID == network.id
            && fits(ipv4, endpoint.address(.v4)) && fits(ipv6, endpoint.address(.v6))
            && mac.map { HardwareAddress($0)?.description == endpoint.mac } ?? true
            && wantedInterface.map { $0 == endpoint.interface } ?? true
            && linkLocalAddresses.compactMap { IPAddress($0) } == endpoint.linkLocalAddresses
    }
}
