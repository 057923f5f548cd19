import Linux
import NameResolution
import Supervision
import SystemPackage

extension NetworkStore {
    /// Claims addresses on each network.
    func leases(
        for request: AttachmentRequest,
        on networks: [Network]
    ) throws -> [NetworkAttachment.Endpoint] {
        try zip(request.endpoints, networks).enumerated().map { place, pair in
            try endpoint(pair.0, on: pair.1, at: place, for: request)
        }
    }

    private func endpoint(
        _ wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        at place: Int,
        for request: AttachmentRequest
    ) throws -> NetworkAttachment.Endpoint {
        let table = table(of: network)
        try ClaimFile.makeFolder(table.folder)
        let aliases = wish.aliases + (request.hostname.isEmpty ? [] : [request.hostname])
        var mac = try wish.mac.map { text throws(NetworksError) in
            guard let mac = HardwareAddress(text) else { throw .notAHardwareAddress(text) }
            return mac
        }
        var addresses: [NetworkAttachment.Address] = []
        for (family, text) in [(IPAddress.Family.v4, wish.ipv4), (.v6, wish.ipv6)] {
            guard let pool = network.pool(family) else {
                guard text == nil else { throw NetworksError.noAddresses(of: family, network: network.name) }
                continue
            }
            // That of the first family's address stays; a candidate that somebody else got first leaves nothing.
            let settled = mac
            let address = try claim(text, from: pool, of: network) { address in
                mac = settled ?? HardwareAddress(of: address)
                return NameLease(
                    containerID: request.containerID,
                    containerName: request.containerName,
                    network: network.name,
                    aliases: aliases,
                    mac: mac?.description ?? ""
                )
            }
            addresses.append(NetworkAttachment.Address(address: address, subnet: pool.subnet, gateway: pool.gateway))
        }
        return NetworkAttachment.Endpoint(
            networkID: network.id,
            network: network.name,
            interface: wish.interfaceName ?? "eth\(place)",
            mac: mac?.description ?? "",
            addresses: addresses,
            aliases: wish.aliases,
            gatewayPriority: wish.gatewayPriority,
            isInternal: network.isInternal
        )
    }

    /// Claims the address of a text, or the lowest free one.
    private func claim(
        _ text: String?,
        from pool: AddressPool,
        of network: Network,
        for lease: (IPAddress) -> NameLease
    ) throws -> IPAddress {
        let table = table(of: network)
        if let text {
            guard let address = IPAddress(text) else { throw NetworksError.notAnAddress(text) }
            guard pool.subnet.contains(address) else { throw NetworksError.outside(text, pool.subnet) }
            if pool.offers(address), try table.claim(address, for: lease(address)) { return address }
            let holder = try table.lease(of: address).map { NetworksError.Holder.container($0.containerName) }
            throw NetworksError.addressTaken(address, network: network.name, by: holder ?? .unknown)
        }
        let taken = Set(try table.addresses())
        for address in pool.candidates where !taken.contains(address) {
            if try table.claim(address, for: lease(address)) { return address }
        }
        throw NetworksError.noFreeAddress(network: network.name)
    }
}
