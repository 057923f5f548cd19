import Linux

extension NetworkStore {
    /// Why packets of a network's containers may not get through, and what lets them; nil if nothing is in their way.
    ///
    /// Where somebody's rules drop what passes through the host, no rule of ours can let it through, and theirs are not ours to
    /// change. Published ports are reached nevertheless: the monitor carries their connections.
    public func obstacle(for network: Network) throws -> String? {
        guard network.driver == .bridge, !network.isInternal else { return nil }
        var filter = try NetlinkSocket(.netfilter)
        let barriers = try filter.forwardBarriers().filter { barrier in
            network.pools.contains { barrier.concerns($0.subnet.family) }
        }
        guard let barrier = barriers.first else { return nil }
        let place = "\(barrier.family) \(barrier.table) \(barrier.chain)"
        let name = "\"\(network.bridge)\""
        return
            "chain \(barrier.chain) of table \(barrier.family) \(barrier.table) drops what passes through this host: "
            + "containers on \(network.name) may reach nothing outside. To let them: "
            + "nft insert rule \(place) iifname \(name) accept; nft insert rule \(place) oifname \(name) accept"
    }
}
