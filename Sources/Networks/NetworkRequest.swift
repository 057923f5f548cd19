import Linux

/// What somebody wants of a new network.
public struct NetworkRequest: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// `bridge`, `macvlan` or `ipvlan`.
    public var driver: String = "bridge"
    /// What addresses come from. For a family that is wanted and has none here, one is chosen; what is here of a family that
    /// is not wanted counts for nothing.
    public var pools: [AddressPool] = []
    /// Whether containers get version 4 addresses.
    public var hasIPv4 = true
    /// Whether containers get version 6 addresses.
    public var hasIPv6 = false
    /// Whether nothing on it reaches anything outside.
    public var isInternal = false
    /// Whether it is asked that containers may join it by hand, which they always may.
    public var isAttachable = false
    /// The user's own words about it.
    public var labels: [String: String] = [:]
    /// The driver's options, such as `com.docker.network.bridge.name`.
    public var options: [String: String] = [:]

    /// A network with everything as it usually is.
    public init(name: String) {
        self.name = name
    }
}

extension NetworkRequest {
    /// The families that containers get addresses of.
    func families() throws(NetworksError) -> [IPAddress.Family] {
        let wantsIPv4 = try flag(BridgeOption.family(.v4), default: true)
        let wantsIPv6 = try flag(BridgeOption.family(.v6), default: false)
        let wishes: [(IPAddress.Family, Bool)] = [(.v4, hasIPv4 && wantsIPv4), (.v6, hasIPv6 || wantsIPv6)]
        return wishes.filter(\.1).map(\.0)
    }

    /// What is here of families that are not wanted.
    func idlePools() throws(NetworksError) -> [AddressPool] {
        let wanted = try families()
        return pools.filter { !wanted.contains($0.subnet.family) }
    }

    /// Refuses what no machine could have, whatever there is on it already.
    public func check() throws(NetworksError) { _ = try checked() }

    /// The same; gives the driver.
    func checked() throws(NetworksError) -> Network.Driver {
        guard NetworkStore.isName(name) else { throw .invalidName(name) }
        guard Network.predefined[name] == nil else { throw .predefined(name) }
        guard let driver = Network.Driver(rawValue: driver), driver == .bridge || driver.isLayered else {
            throw .unsupportedDriver(driver)
        }
        guard try !families().isEmpty else { throw .noFamily }
        try checkOptions(driver)
        try checkPools(driver)
        return driver
    }

    private func checkPools(_ driver: Network.Driver) throws(NetworksError) {
        for (place, pool) in pools.enumerated() {
            guard !pools[..<place].contains(where: { $0.subnet.overlaps(pool.subnet) }) else {
                throw .overlapsItself(pool.subnet)
            }
        }
        for family in IPAddress.Family.allCases where driver == .bridge {
            guard pools.count(where: { $0.subnet.family == family }) <= 1 else { throw .oneSubnetOnly(family) }
        }
    }
}
