import Linux
import Storage
import Supervision
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
        _ = try removal(of: network).perform()
    }

    /// Removes every network, the predefined ones as well, for whoever removes the whole root.
    public func removeAll() throws {
        for network in try list() { try remove(network) }
    }

    private func remove(_ network: Network) throws {
        // Nobody may begin to use a link of the host's, or cease to, while it is looked who does.
        let lock = network.driver.isLayered ? try FileLock.await(Self.choosing) : nil
        try removeAlone(network)
        _ = consume lock
    }

    /// The same, for whoever holds ``choosing`` if the network lies upon a link of the host's.
    func removeAlone(_ network: Network) throws {
        switch try removal(of: network).perform() {
        case .removed: note("destroy", network)
        case .absent: throw NetworksError.notFound(network.name)
        case .used:
            let containers = Set(try endpoints(of: network).map(\.lease.containerName)).sorted()
            throw NetworksError.hasActiveEndpoints(network.name, containers: containers)
        }
    }

    /// Whether another network lies upon the same interface of the host, which then stays.
    private func sharesLink(_ network: Network) throws -> Bool {
        try network.driver.isLayered
            && ClaimFile.names(in: root.networks).compactMap(record).contains {
                $0.id != network.id && $0.driver.isLayered && $0.bridge == network.bridge
            }
    }

    /// What takes away what a network has on the host; nil if it has nothing, or nothing alone.
    func bridgeRemoval(of network: Network) throws -> BridgeRemoval? {
        try sharesLink(network) ? nil : network.bridgeRemoval(by: OwnerMark(root))
    }

    /// What removes a network.
    func removal(of network: Network) throws -> NetworkRemoval {
        NetworkRemoval(
            id: network.id,
            folder: folder(of: network.name).string,
            removed: root.networks.appending("\(StateRoot.doomedPrefix)\(network.id)").string,
            leases: table(of: network).folder.string,
            bridge: try bridgeRemoval(of: network)
        )
    }
}

extension Network {
    /// What takes its bridge and rules away; nil if it has none.
    func bridgeRemoval(by mark: OwnerMark?) -> BridgeRemoval? {
        guard isJoinable else { return nil }
        return BridgeRemoval(
            table: table,
            bridge: bridge,
            addresses: ownPools.map { BridgeRemoval.Address($0.gateway, in: $0.subnet) },
            mark: hasOwnName ? nil : mark?.text ?? ""
        )
    }

    /// Whether its link has a name that nobody else gives.
    var hasOwnName: Bool { bridge.hasSuffix(id.prefix(12)) }
}
