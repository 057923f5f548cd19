import Linux

extension NetworkStore {
    /// What whoever made a network should know: what of the request nobody heeds, and what is in its packets' way.
    public func findings(on network: Network, made request: NetworkRequest) throws -> [String] {
        let idle = try request.idlePools().map { pool in
            "subnet \(pool.subnet) has no effect: \(pool.subnet.family == .v4 ? "IPv4" : "IPv6") is not enabled"
        }
        let unknown = network.options.keys.filter { !network.knows($0) }.sorted().map {
            "network option \($0) has no effect: driver \(network.driver.rawValue) does not know it"
        }
        return try idle + unknown + [obstacle(for: network)].compactMap(\.self)
    }

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
        return
            "chain \(barrier.chain) of table \(barrier.family) \(barrier.table) drops what passes through this host: "
            + "containers on \(network.name) may reach nothing outside. To let them: "
            + barrier.openings(for: network.bridge).joined(separator: "; ")
    }
}

extension Network {
    /// Whether its driver knows an option.
    fileprivate func knows(_ option: String) -> Bool {
        let own = driver.isLayered ? ParentInterface.known(driver) : BridgeOption.known
        return own.contains(option) || BridgeOption.common.contains(option)
    }
}

extension ForwardBarrier {
    /// The commands that let pass what comes from a bridge and goes to it.
    fileprivate func openings(for bridge: String) -> [String] {
        guard isLegacy else {
            return ["iifname", "oifname"].map {
                "nft insert rule \(family) \(table) \(chain) \($0) \"\(bridge)\" accept"
            }
        }
        let program = family == "ip" ? "iptables-legacy" : "ip6tables-legacy"
        return ["-i", "-o"].map { "\(program) -I \(chain) \($0) \(bridge) -j ACCEPT" }
    }
}
