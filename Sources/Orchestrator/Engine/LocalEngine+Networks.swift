import ComposeSpec
import Linux
import Networks

extension LocalEngine {
    /// Makes a project's network. Reports what has no effect, and what is in its packets' way.
    func create(_ network: ProjectNetwork, _ progress: (Event) -> Void) throws {
        let request = try NetworkRequest(network)
        for finding in try networks.findings(on: networks.create(request), made: request) {
            progress(Event(.network(network.name), .warning, details: finding))
        }
    }

    /// Gives up the addresses of containers that are no more, for whatever reason they still have them.
    private func releaseLost(_ name: String) throws {
        for (_, lease) in try networks.endpoints(of: networks.find(name)) {
            guard !Folder.hasEntry(root.container(lease.containerID)) else { continue }
            try networks.release(container: lease.containerID, namespace: lease.namespaceID)
        }
    }

    /// Removes a network; one that containers run on stays, with a warning.
    func removeUnlessUsed(network name: String) throws -> Event? {
        do {
            try releaseLost(name)
            try networks.remove(name)
        } catch NetworksError.hasActiveEndpoints {
            return Event(.network(name), .inUse)
        } catch NetworksError.notFound {
            return Event(.network(name), .notFound)
        }
        return nil
    }
}

extension NetworkRequest {
    /// What a project's network is to be like.
    init(_ network: ProjectNetwork) throws {
        let definition = network.definition
        self.init(name: definition.name)
        driver = definition.driver ?? "bridge"
        options = definition.driverOptions
        labels = network.labels
        isInternal = definition.isInternal
        isAttachable = definition.isAttachable
        hasIPv4 = definition.enablesIPv4 ?? true
        hasIPv6 = definition.enablesIPv6 ?? false
        guard [nil, "", "default"].contains(definition.ipamDriver) else {
            throw NetworksError.unsupportedAddressManager(definition.ipamDriver ?? "")
        }
        pools = try definition.pools.compactMap { pool in
            guard let subnet = pool.subnet else {
                let rest = [pool.gateway, pool.range].compactMap(\.self) + pool.auxiliaryAddresses.values.sorted()
                guard let text = rest.first else { return nil }
                throw NetworksError.noSubnet(for: text, network: definition.name)
            }
            return try AddressPool(
                subnet: subnet,
                gateway: pool.gateway,
                range: pool.range,
                reserved: pool.auxiliaryAddresses
            )
        }
    }
}
