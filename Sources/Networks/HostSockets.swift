import Linux
import Storage
import SystemPackage

/// Conversations with the kernel about the host's own interfaces and filter.
struct HostSockets: ~Copyable {
    var route: NetlinkSocket
    var filter: NetlinkSocket
    /// What is written on all that is made.
    let mark: OwnerMark?

    init(_ root: StateRoot) throws(SystemError) {
        mark = OwnerMark(root)
        let route = try NetlinkSocket(.route)
        let filter = try NetlinkSocket(.netfilter)
        self.route = route
        self.filter = filter
    }

    /// Makes what a network has on the host where it is missing; gives the index of its bridge or parent.
    mutating func ensureLink(of network: Network) throws -> Int32 {
        network.driver.isLayered ? try ensureParent(of: network) : try ensureBridge(of: network)
    }

    /// Makes a network's bridge and rules where they are missing, as they are after a boot or after somebody has
    /// flushed all rules; gives the bridge's index.
    private mutating func ensureBridge(of network: Network) throws(SystemError) -> Int32 {
        let found = try route.link(named: network.bridge)
        let bridge = if let found { found } else { try makeBridge(of: network) }
        try route.perform(network.ownPools.map { .setAddress($0.gateway, in: $0.subnet, of: bridge.index) })
        try enableForwarding(for: network)
        if try !filter.hasTable(.inet, named: network.table) {
            try Self.tolerating(.fileExists) { () throws(SystemError) in try filter.create(marked(network.rules)) }
        }
        return bridge.index
    }

    /// The table with the mark on it.
    func marked(_ table: FilterTable) -> FilterTable {
        var table = table
        table.comment = mark?.text
        return table
    }

    private mutating func makeBridge(of network: Network) throws(SystemError) -> Link {
        let gateway = network.pools.first?.gateway ?? IPAddress(.v4, number: 0)
        let creation = NetlinkMessage.createBridge(
            named: network.bridge,
            address: HardwareAddress(of: gateway),
            mtu: network.mtu
        )
        try Self.tolerating(.fileExists) { () throws(SystemError) in try route.perform(creation) }
        if let mark { try route.perform(.setAlias(mark.text, of: network.bridge)) }
        // A container must not be able to give the host a route or an address.
        try KernelSetting.write("0", to: "net/ipv6/conf/\(network.bridge)/accept_ra")
        if !network.has(.v6) {
            try KernelSetting.write("1", to: "net/ipv6/conf/\(network.bridge)/disable_ipv6")
        }
        guard let bridge = try route.link(named: network.bridge) else {
            throw SystemError("create bridge", on: network.bridge, errno: .operationNotSupportedByDevice)
        }
        // The kernel would add it once the first container is there, and believe it a second or two later: until then it
        // would ask for no container on behalf of those outside.
        let own = HardwareAddress(of: gateway).linkLocal
        if network.has(.v6), let link = Subnet(own, prefixLength: 64) {
            try route.perform(.setAddress(own, in: link, of: bridge.index))
        }
        return bridge
    }

    private func enableForwarding(for network: Network) throws(SystemError) {
        let settings: [(IPAddress.Family, String)] = [
            (.v4, "net/ipv4/ip_forward"), (.v6, "net/ipv6/conf/all/forwarding"),
        ]
        for (family, setting) in settings where network.has(family) {
            guard let value = try KernelSetting.read(setting), value != "1" else { continue }
            try KernelSetting.write("1", to: setting)
        }
    }

    /// Somebody else may have done the same at the same time.
    static func tolerating(_ errno: Errno, _ body: () throws(SystemError) -> Void) throws(SystemError) {
        do {
            try body()
        } catch {
            guard error.errno == errno else { throw error }
        }
    }
}
