import Linux
import NameResolution
import Supervision
import SystemPackage

extension NetworkStore {
    /// Changes a namespace that is in use to what a request wants: what fits stays as it is, addresses included, the rest is
    /// unplugged, and what is missing is plugged in.
    public func rearrange(_ request: AttachmentRequest) throws -> NetworkAttachment {
        let networks = try networks(of: request)
        guard let before = try attachment(of: request.namespaceID) else {
            throw NetworksError.noNamespace(request.containerName)
        }
        var rest = before.endpoints
        let kept = zip(request.endpoints, networks).map { wish, network -> NetworkAttachment.Endpoint? in
            guard let place = rest.firstIndex(where: { wish.isMet(by: $0, on: network) }) else { return nil }
            return rest.remove(at: place)
        }
        var sockets = try HostSockets(root)
        let path = FilePath(before.namespace)
        try NamespaceSetup.unplug(rest.map(\.interface), at: path)
        for endpoint in rest { try release(endpoint) }
        var after = before
        after.containerID = request.containerID
        after.endpoints = kept.compactMap(\.self)
        var fresh: [ContainerInterface] = []
        var all: [NetworkAttachment.Endpoint] = []
        do {
            for (present, (wish, network)) in zip(kept, zip(request.endpoints, networks)) {
                if let present {
                    all.append(try adopt(present, wish, on: network, for: request))
                    continue
                }
                let bridge = try sockets.ensureBridge(of: network)
                let name = freeName(for: wish, on: network, besides: after.endpoints)
                let endpoint = try endpoint(wish, on: network, as: name, for: request)
                after.endpoints.append(endpoint)
                all.append(endpoint)
                fresh.append(ContainerInterface(endpoint, on: network, bridge: bridge))
            }
            after.endpoints = all
            after.names = names(for: after, on: networks, asking: request.nameServers)
            try save(after)
            try NamespaceSetup(interfaces: fresh, primary: after.primaryEndpoint)
                .change(at: path, route: &sockets.route)
        } catch {
            for endpoint in all where !before.endpoints.contains(where: { $0.interface == endpoint.interface }) {
                try? release(endpoint)
                try? NamespaceSetup.unplug([endpoint.interface], at: path)
            }
            after.endpoints = kept.compactMap(\.self)
            try? save(after)
            throw error
        }
        return after
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
