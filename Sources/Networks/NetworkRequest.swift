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
