/// How a port is spoken to.
public enum TransportProtocol: String, Codable, Hashable, Sendable, CaseIterable {
    case tcp, udp, sctp

    /// Its number in an IP packet.
    public var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }

    /// Whether those who speak it connect first.
    public var hasConnections: Bool { self != .udp }
}
