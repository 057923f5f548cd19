import JSON
import Linux
import Storage
import SystemPackage

extension NetworkStore {
    /// Creates a network with its bridge. Two at once never get the same name, nor overlapping addresses; bridges not even in
    /// different roots.
    public func create(_ request: NetworkRequest) throws -> Network {
        try make(request, driver: request.checked())
    }

    /// One of the networks that nobody creates, made when it is first used.
    func predefined(_ name: String, _ driver: Network.Driver) throws -> Network {
        if let network = try record(of: name) { return network }
        do {
            if driver == .bridge { return try make(NetworkRequest(name: name)) }
            var request = NetworkRequest(name: name)
            request.hasIPv4 = false
            let network = try settled(request, driver: driver, pools: [])
            try publish(network)
            return network
        } catch NetworksError.alreadyExists {
            guard let network = try record(of: name) else { throw NetworksError.notFound(name) }
            return network
        }
    }

    /// Held for as long as it takes to choose addresses and to put them where every other root sees them: on a bridge.
    static let choosing: FilePath = "/run/tutti-networks.lock"

    private func make(_ request: NetworkRequest, driver: Network.Driver = .bridge) throws -> Network {
        guard try record(of: request.name) == nil else { throw NetworksError.alreadyExists(request.name) }
        let lock = try FileLock.await(Self.choosing)
        var sockets = try HostSockets(root)
        try sockets.reclaim()
        if driver.isLayered {
            try request.checkParent(driver, besides: ClaimFile.names(in: root.networks).compactMap(record))
        }
        let network = try settled(request, driver: driver, pools: try pools(for: request))
        try publish(network)
        do {
            _ = try sockets.ensureLink(of: network)
        } catch {
            try? removeAlone(network)
            throw error
        }
        _ = consume lock
        note("create", network)
        return network
    }

    private func settled(_ request: NetworkRequest, driver: Network.Driver, pools: [AddressPool]) throws -> Network {
        let id = RandomName.hexadecimal()
        return Network(
            id: id,
            name: request.name,
            driver: driver,
            createdAt: ClaimFile.now,
            pools: pools,
            isInternal: request.isInternal || driver.isLayered && request.parent == nil,
            isAttachable: request.isAttachable,
            allowsTrafficInside: try request.flag(BridgeOption.trafficInside, default: true),
            masquerades: try request.flag(BridgeOption.masquerade, default: true),
            mtu: try request.mtu(),
            bridge: try request.link(of: driver, id: id),
            labels: request.labels,
            options: request.options
        )
    }

    /// Makes the record's folder appear under the network's name, complete, or not at all.
    private func publish(_ network: Network) throws {
        let draft = root.networks.appending(".draft-\(network.id)")
        try ClaimFile.makeFolder(draft)
        do {
            try WholeFile.replace(draft.appending("record.json"), with: JSON.encode(network), isDurable: true)
            try WholeFile.move(draft, to: folder(of: network.name))
        } catch {
            try? Removal.tree(draft)
            if let error = error as? SystemError, error.errno == .directoryNotEmpty || error.errno == .fileExists {
                throw NetworksError.alreadyExists(network.name)
            }
            throw error
        }
    }

    /// The pools that were asked for, and chosen ones for families that were asked for without.
    private func pools(for request: NetworkRequest) throws -> [AddressPool] {
        let networks = try ClaimFile.names(in: root.networks).compactMap(record)
        let idle = try request.idlePools()
        var pools = request.pools.filter { !idle.contains($0) }
        for pool in pools {
            for network in networks where network.pools.contains(where: { $0.subnet.overlaps(pool.subnet) }) {
                throw NetworksError.overlaps(pool.subnet, network: network.name)
            }
        }
        let missing = try request.families().filter { family in !pools.contains { $0.subnet.family == family } }
        guard !missing.isEmpty else { return pools }
        let taken = try networks.flatMap { $0.pools.map(\.subnet) } + Self.subnetsInUse()
        let blocks = try NetworkSettings.ofMachine().pools
        for family in missing {
            guard let subnet = DefaultSubnets.choose(family, from: blocks, avoiding: taken),
                var pool = AddressPool(subnet)
            else {
                throw NetworksError.noFreeSubnet
            }
            pool.isChance = true
            pools.append(pool)
        }
        return pools
    }

    /// What this host reaches by other ways than its default route.
    private static func subnetsInUse() throws -> [Subnet] {
        var socket = try NetlinkSocket(.route)
        return try socket.addresses().map(\.subnet) + socket.routes().compactMap(\.destination)
    }
}

/// The blocks that networks get which ask for none.
enum DefaultSubnets {
    /// Docker's own, in its order: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in parts of /20.
    private static let version4: [Subnet] =
        (17...31).compactMap { Subnet("172.\($0).0.0/16") }
        + (Subnet("192.168.0.0/16").map { Array($0.split(into: 20)) } ?? [])

    /// The first part that is free of the machine's own blocks; of Docker's, where it has none of the family.
    static func choose(
        _ family: IPAddress.Family,
        from blocks: [NetworkSettings.Pool],
        avoiding taken: [Subnet]
    ) -> Subnet? {
        func isFree(_ candidate: Subnet) -> Bool { !taken.contains { $0.overlaps(candidate) } }
        let own = blocks.filter { $0.base.family == family }
        guard own.isEmpty else {
            return own.lazy.compactMap { $0.base.split(into: $0.size).first(where: isFree) }.first
        }
        return family == .v4 ? version4.first(where: isFree) : randomUniqueLocal()
    }

    /// A block that nobody else has in all likelihood (RFC 4193).
    private static func randomUniqueLocal() -> Subnet? {
        let random = UInt128(UInt64.random(in: 0..<(1 << 40)))
        return Subnet(IPAddress(.v6, number: 0xFD << 120 | random << 80), prefixLength: 64)
    }
}
