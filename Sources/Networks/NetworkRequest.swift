/// What somebody wants of a new network.
public struct NetworkRequest: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Only `bridge` can be created.
    public var driver: String = "bridge"
    /// What addresses come from. For a family that is wanted and has none here, one is chosen.
    public var pools: [AddressPool] = []
    /// Whether containers get version 4 addresses.
    public var hasIPv4 = true
    /// Whether containers get version 6 addresses.
    public var hasIPv6 = false
    /// Whether nothing on it reaches anything outside.
    public var isInternal = false
    /// The user's own words about it.
    public var labels: [String: String] = [:]
    /// The driver's options, such as `com.docker.network.bridge.name`.
    public var options: [String: String] = [:]

    /// A network with everything as it usually is.
    public init(name: String) {
        self.name = name
    }
}

/// The driver's options that mean something here.
enum BridgeOption {
    static let name = "com.docker.network.bridge.name"
    static let masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    static let trafficInside = "com.docker.network.bridge.enable_icc"
    static let interfacePrefix = "com.docker.network.container_iface_prefix"
    static let mtu = "com.docker.network.driver.mtu"
}

extension NetworkRequest {
    /// The value of an option that is true or false.
    func flag(_ option: String, default value: Bool) throws(NetworksError) -> Bool {
        switch options[option]?.lowercased() {
        case nil: return value
        case "true", "1", "t": return true
        case "false", "0", "f": return false
        case let text?: throw .badOption(option, text)
        }
    }

    /// The largest packet, if one was asked for.
    func mtu() throws(NetworksError) -> UInt32? {
        guard let text = options[BridgeOption.mtu] else { return nil }
        guard let number = UInt32(text), (68...65535).contains(number) else { throw .badOption(BridgeOption.mtu, text) }
        return number
    }

    /// The bridge's name, or the one that goes with the identifier.
    func bridge(id: String) throws(NetworksError) -> String {
        guard let name = options[BridgeOption.name] else { return "br-\(id.prefix(12))" }
        let isSound =
            (1...15).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        guard isSound else { throw .badOption(BridgeOption.name, name) }
        return name
    }
}
