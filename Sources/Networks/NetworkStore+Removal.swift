import Linux
import SystemPackage

extension NetworkStore {
    /// Removes a network with its bridge and rules.
    ///
    /// - Throws: ``NetworksError/hasActiveEndpoints(_:containers:)`` while containers run on it.
    public func remove(_ reference: String) throws {
        let network = try find(reference)
        guard !network.isPredefined else { throw NetworksError.predefined(network.name) }
        try remove(network)
    }

    /// Removes the networks that no container runs on and that `isWanted` does not speak for; gives their names.
    public func prune(except isWanted: (Network) -> Bool) throws -> [String] {
        var removed: [String] = []
        for network in try list() where !network.isPredefined && !isWanted(network) {
            do {
                try remove(network)
                removed.append(network.name)
            } catch NetworksError.hasActiveEndpoints {
                continue
            }
        }
        return removed
    }

    /// Takes a predefined network's bridge and rules away if no container runs on it; it comes back with the next that does.
    public func removeIfIdle(_ name: String) throws {
        guard let network = try record(of: name), network.isPredefined else { return }
        do { try remove(network) } catch NetworksError.hasActiveEndpoints { return }
    }

    /// Removes every network, the predefined ones as well, for whoever removes the whole root.
    public func removeAll() throws {
        for network in try list() { try remove(network) }
    }

    /// A start first takes a lease and then looks whether the network is still there; a removal first takes the network
    /// away and then looks for leases. So one of the two always sees the other.
    func remove(_ network: Network) throws {
        let folder = folder(of: network.name)
        let removed = root.networks.appending(".removed-\(network.id)")
        try WholeFile.move(folder, to: removed)
        do {
            let endpoints = try endpoints(of: network)
            let containers = Set(endpoints.map(\.lease.containerName)).sorted()
            guard endpoints.isEmpty else {
                throw NetworksError.hasActiveEndpoints(network.name, containers: containers)
            }
            if network.driver == .bridge {
                var sockets = try HostSockets(root)
                try sockets.removeBridge(of: network)
            }
        } catch {
            try? WholeFile.move(removed, to: folder)
            throw error
        }
        note("destroy", network)
        try Removal.tree(table(of: network).folder)
        try Removal.tree(removed)
    }
}
