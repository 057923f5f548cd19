import Containers
import Hashing
import JSON
import Linux
import NameResolution
import Networks
import Orchestrator
import Supervision

extension ContainerInspection {
    /// What `inspect` prints of a container's network.
    var networkSettings: JSONValue {
        get throws {
            let attachment =
                try summary.status.isActive ? engine.networks.attachment(of: configuration.namespaceID) : nil
            return [
                "SandboxID": .string(attachment == nil ? "" : configuration.namespaceID),
                "SandboxKey": .string(attachment?.namespace ?? ""),
                "Ports": ports,
                "Networks": try networks,
            ]
        }
    }

    /// Where each port is published; null for one that only the image or the user speaks of.
    private var ports: JSONValue {
        var published: [String: [JSONValue]] = [:]
        for port in summary.heldPorts {
            published["\(port.targetPort)/\(port.transport.rawValue)", default: []].append([
                "HostIp": .string(port.hostAddress), "HostPort": .string(port.hostPortText),
            ])
        }
        let exposed = summary.status.isActive ? configuration.exposedPorts : []
        let names = Set(exposed.map { "\($0.containerPort)/\($0.transport)" }).union(published.keys)
        return .object(names.sorted().map { .init($0, published[$0].map(JSONValue.array) ?? .null) })
    }

    private var networks: JSONValue {
        get throws {
            guard case .networks(let attachments) = configuration.network else { return [:] }
            return .object(
                try attachments.endpoints.sorted { $0.network < $1.network }.map { endpoint in
                    .init(endpoint.network, try engine.networks.endpoint(of: summary.id, as: endpoint))
                }
            )
        }
    }
}

extension NetworkStore {
    /// A container's place on a network as `inspect` prints it.
    fileprivate func endpoint(of id: String, as wish: EndpointRequest) throws -> JSONValue {
        guard let network = try? find(wish.network) else { return ["Aliases": .strings(wish.aliases)] }
        let mine = try endpoints(of: network).filter { $0.lease.containerID == id }
        let v4 = mine.first { $0.address.family == .v4 }
        let v6 = mine.first { $0.address.family == .v6 }
        func pool(_ found: (address: IPAddress, lease: NameLease)?) -> AddressPool? {
            found.flatMap { network.pool(of: $0.address) }
        }
        return [
            "IPAMConfig": wish.addressing,
            "Aliases": .strings(wish.aliases),
            "DriverOpts": wish.driverOptions.isEmpty ? .null : .strings(wish.driverOptions),
            "GwPriority": .integer(Int64(wish.gatewayPriority)),
            "NetworkID": .string(network.id),
            "EndpointID": .string(mine.first.map { network.endpointID(of: $0.lease) } ?? ""),
            "Gateway": .string(pool(v4).map { "\($0.gateway)" } ?? ""),
            "IPAddress": .string(v4.map { "\($0.address)" } ?? ""),
            "MacAddress": .string(mine.first?.lease.mac ?? ""),
            "IPPrefixLen": .integer(Int64(pool(v4)?.subnet.prefixLength ?? 0)),
            "IPv6Gateway": .string(pool(v6).map { "\($0.gateway)" } ?? ""),
            "GlobalIPv6Address": .string(v6.map { "\($0.address)" } ?? ""),
            "GlobalIPv6PrefixLen": .integer(Int64(pool(v6)?.subnet.prefixLength ?? 0)),
            "DNSNames": .strings(mine.first?.lease.names ?? []),
        ]
    }
}

extension EndpointRequest {
    /// The addresses that were asked for; null where none were.
    fileprivate var addressing: JSONValue {
        var members: [JSONValue.Member] = []
        if let ipv4 { members.append(.init("IPv4Address", .string(ipv4))) }
        if let ipv6 { members.append(.init("IPv6Address", .string(ipv6))) }
        if !linkLocalAddresses.isEmpty { members.append(.init("LinkLocalIPs", .strings(linkLocalAddresses))) }
        return members.isEmpty ? .null : .object(members)
    }
}

extension Network {
    /// A name for the place of a namespace on the network, which stays while the two do.
    func endpointID(of lease: NameLease) -> String {
        SHA256.hexadecimal(Array("\(id) \(lease.namespaceID)".utf8))
    }
}
