public import Linux

/// The rules by which a container's questions to 127.0.0.11 reach its resolver.
///
/// The resolver listens on ports of the kernel's choice, so that a container may listen on port 53 itself.
public enum ResolverRedirect {
    /// The address that a container's `resolv.conf` names.
    public static let address = IPAddress(.v4, number: 0x7F00_000B)

    /// The table's name inside the container's namespace.
    static let table = "tutti-names"

    /// Leads questions to port 53 to these ports of 127.0.0.11, in the network namespace of the calling thread.
    /// Rules of an earlier call are replaced, unless they are known to be the same.
    public static func install(udpPort: UInt16, tcpPort: UInt16, isShared: Bool = false) throws(SystemError) {
        guard let own = Subnet(address, prefixLength: 32) else { return }
        let rules: [[FilterExpression]] = [
            [.destination(own), .port(.udp, 53), .redirect(address, port: udpPort)],
            [.destination(own), .port(.tcp, 53), .redirect(address, port: tcpPort)],
        ]
        var socket = try NetlinkSocket(.netfilter)
        if !isShared { try socket.deleteTable(.ip, named: table) }
        do {
            try socket.create(FilterTable(.ip, name: table, chains: [FilterChain(.departure, rules)]))
        } catch {
            guard isShared, error.errno == .fileExists else { throw error }
        }
    }
}
