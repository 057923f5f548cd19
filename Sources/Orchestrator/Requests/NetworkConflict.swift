/// What a container cannot have of its own which has its network from elsewhere.
public enum NetworkConflict: Hashable, Sendable {
    case hostname, links, dns, extraHosts, hardwareAddress, publishedPorts, exposedPorts

    /// Why not where the network is another container's, in Docker's words.
    public var description: String {
        switch self {
        case .hostname: "conflicting options: hostname and the network mode"
        case .links: Self.links(with: "container type network")
        case .dns: "conflicting options: dns and the network mode"
        case .extraHosts: "conflicting options: custom host-to-IP mapping and the network mode"
        case .hardwareAddress: "conflicting options: mac-address and the network mode"
        case .publishedPorts: "conflicting options: port publishing and the container type network mode"
        case .exposedPorts: "conflicting options: port exposing and the container type network mode"
        }
    }

    /// Why there are no links where nobody answers names.
    public static func links(with network: String) -> String {
        "conflicting options: \(network) can't be used with links. This would result in undefined behavior"
    }

    /// What becomes of published ports where there is no network that they could be published on.
    public static func discardedPorts(_ mode: String) -> String {
        "Published ports are discarded when using \(mode) network mode"
    }
}
