import Linux
import NameResolution
import Supervision
import SystemPackage

extension NetworkStore {
    /// Claims addresses on a network, and settles what else an interface is to be.
    func endpoint(
        _ wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        as interface: String,
        for request: AttachmentRequest
    ) throws -> NetworkAttachment.Endpoint {
        try ClaimFile.makeFolder(table(of: network).folder)
        let linkLocal = try wish.linkLocal()
        let settings = try EndpointOption.settings(wish.options, of: interface)
        var mac = try wish.hardwareAddress(on: network)
        let addresses = try claim(wish, on: network, with: &mac, for: request)
        return NetworkAttachment.Endpoint(
            networkID: network.id,
            network: network.name,
            interface: interface,
            mac: mac?.description ?? "",
            addresses: addresses,
            aliases: wish.aliases,
            gatewayPriority: wish.gatewayPriority,
            isInternal: network.isInternal,
            linkLocalAddresses: linkLocal,
            settings: settings,
            routesByLink: network.routesByLink
        )
    }

    /// Claims an address of each family that the network has, or none at all. The hardware address goes with the first one
    /// where none was asked for.
    private func claim(
        _ wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        with mac: inout HardwareAddress?,
        for request: AttachmentRequest
    ) throws -> [NetworkAttachment.Address] {
        var addresses: [NetworkAttachment.Address] = []
        do {
            for (family, text) in [(IPAddress.Family.v4, wish.ipv4), (.v6, wish.ipv6)] {
                let pools = network.pools(family)
                guard !pools.isEmpty else {
                    guard text == nil else { throw NetworksError.noAddresses(of: family, network: network.name) }
                    continue
                }
                // A candidate that somebody else got first leaves nothing.
                let settled = mac
                let (address, pool) = try claim(text, from: pools, of: network) { address in
                    mac = settled ?? (network.driver == .ipvlan ? nil : HardwareAddress(of: address))
                    return lease(of: mac?.description ?? "", wish, on: network, for: request)
                }
                addresses.append(.init(address: address, subnet: pool.subnet, gateway: pool.gateway))
            }
        } catch {
            for address in addresses { try? table(of: network).release(address.address) }
            throw error
        }
        return addresses
    }

    /// What the others on a network see of a container.
    func lease(
        of mac: String,
        _ wish: AttachmentRequest.EndpointRequest,
        on network: Network,
        for request: AttachmentRequest
    ) -> NameLease {
        NameLease(
            containerID: request.containerID,
            containerName: request.containerName,
            namespaceID: request.namespaceID,
            network: network.name,
            aliases: wish.aliases + (request.hostname.isEmpty ? [] : [request.hostname]),
            mac: mac
        )
    }

    /// Claims the address of a text, or the lowest free one of the first pool that has any left.
    private func claim(
        _ text: String?,
        from pools: [AddressPool],
        of network: Network,
        for lease: (IPAddress) -> NameLease
    ) throws -> (IPAddress, AddressPool) {
        if let text { return try claim(text, pools[0].subnet.family, of: network, for: lease) }
        let table = table(of: network)
        let taken = Set(try table.addresses())
        for pool in pools {
            for address in pool.candidates where !taken.contains(address) {
                if try table.claim(address, for: lease(address)) { return (address, pool) }
            }
        }
        throw NetworksError.noFreeAddress(of: pools[0].subnet.family, network: network.name)
    }

    /// Claims an address that somebody has asked for. A network whose subnet came about by chance has it no longer when it
    /// is made anew, so nobody can count on an address of it.
    private func claim(
        _ text: String,
        _ family: IPAddress.Family,
        of network: Network,
        for lease: (IPAddress) -> NameLease
    ) throws -> (IPAddress, AddressPool) {
        guard let address = IPAddress(text) else { throw NetworksError.notAnAddress(text) }
        guard address.family == family else { throw NetworksError.notOfFamily(address, family) }
        guard network.pools(family).allSatisfy({ $0.isChance != true }) else {
            throw NetworksError.notFixed(network: network.name)
        }
        guard let pool = network.pool(of: address) else {
            throw NetworksError.notConfigured(address, network: network.name)
        }
        let table = table(of: network)
        if pool.offers(address), try table.claim(address, for: lease(address)) { return (address, pool) }
        let holder = try table.lease(of: address).map { NetworksError.Holder.container($0.containerName) }
        throw NetworksError.addressTaken(address, network: network.name, by: holder ?? .unknown)
    }
}

extension AttachmentRequest.EndpointRequest {
    fileprivate func linkLocal() throws(NetworksError) -> [IPAddress] {
        try linkLocalAddresses.map { text throws(NetworksError) in
            guard let address = IPAddress(text) else { throw .notAnAddress(text) }
            return address
        }
    }

    /// The hardware address that was asked for, if one was.
    fileprivate func hardwareAddress(on network: Network) throws(NetworksError) -> HardwareAddress? {
        guard let mac else { return nil }
        guard network.driver != .ipvlan else { throw .noHardwareAddress(network: network.name) }
        guard let address = HardwareAddress(mac) else { throw .notAHardwareAddress(mac) }
        return address
    }
}

/// The options of an endpoint that mean something here.
enum EndpointOption {
    private static let settings = "com.docker.network.endpoint.sysctls"
    /// What stands for the interface's name in them.
    private static let placeholder = "IFNAME"

    /// Kernel settings of an interface by their places below `/proc/sys`, from `net.ipv4.conf.IFNAME.log_martians=1,…`.
    static func settings(_ options: [String: String], of interface: String) throws(NetworksError) -> [String: String] {
        var found: [String: String] = [:]
        for item in (options[settings] ?? "").split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            let words = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, words.count == 5, words[0] == "net", words[3] == placeholder,
                ["ipv4", "ipv6", "mpls"].contains(words[1]), !words.contains(where: { $0.contains("/") || $0.isEmpty })
            else { throw .badOption(settings, String(item)) }
            found["net/\(words[1])/\(words[2])/\(interface)/\(words[4])"] = parts[1]
        }
        return found
    }
}
