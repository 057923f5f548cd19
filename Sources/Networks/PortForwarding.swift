import Linux
import Supervision
import SystemPackage

/// The host's ports that lead to a container, chosen and claimed.
struct PortForwarding {
    private(set) var ports: [HeldPort] = []
    /// The files that claim them.
    private(set) var claims: [FilePath] = []
    /// The network whose address they lead to.
    private let network: Network?

    /// The name of a container's table of filter rules.
    static func table(of container: String) -> String { "tutti-\(container.prefix(12))" }

    /// Chooses and claims the ports. A container that nothing outside reaches publishes none.
    init(
        _ request: AttachmentRequest,
        _ attachment: NetworkAttachment,
        on networks: [Network],
        claims: PortClaims
    ) throws {
        network = networks.first { $0.id == attachment.primaryEndpoint?.networkID }
        // Who is on a network of the host itself is reached there.
        guard let endpoint = attachment.primaryEndpoint, network?.driver == .bridge else { return }
        for port in request.ports { try add(port, of: endpoint, request, claims) }
    }

    private mutating func add(
        _ port: AttachmentRequest.PortRequest,
        of endpoint: NetworkAttachment.Endpoint,
        _ request: AttachmentRequest,
        _ claims: PortClaims
    ) throws {
        let addresses = try Self.hostAddresses(port.hostAddress ?? network?.hostBinding)
        let number = try Self.choose(port, at: addresses, request, claims)
        for address in addresses {
            let path = claims.file(of: HostPort(port.filterTransport, at: address, number: number))
            guard let target = endpoint.address(address.family) ?? endpoint.addresses.first?.address,
                try ClaimFile.read(at: path) != nil
            else { continue }
            self.claims.append(path)
            ports.append(
                HeldPort(
                    transport: port.transport,
                    hostAddress: address.description,
                    hostPort: number,
                    targetAddress: target.description,
                    targetPort: port.containerPort
                )
            )
        }
    }

    private static func hostAddresses(_ text: String?) throws(NetworksError) -> [IPAddress] {
        guard let text, !text.isEmpty else { return IPAddress.Family.allCases.map { IPAddress($0, number: 0) } }
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        guard let address = IPAddress(bare) else { throw .notAnAddress(text) }
        return [address]
    }

    /// The only port asked for, the first free one of several, or any.
    private static func choose(
        _ port: AttachmentRequest.PortRequest,
        at addresses: [IPAddress],
        _ request: AttachmentRequest,
        _ claims: PortClaims
    ) throws -> UInt16 {
        func claim(_ number: UInt16?) throws -> UInt16 {
            try claims.claim(number, port.filterTransport, at: addresses, for: request)
        }
        guard let numbers = port.hostPorts, numbers.lowerBound > 0 else { return try any(claim) }
        guard numbers.count > 1 else { return try claim(numbers.lowerBound) }
        for number in numbers {
            do {
                return try claim(number)
            } catch NetworksError.portTaken {
                continue
            }
        }
        throw NetworksError.noFreePort(numbers)
    }

    /// What is free at the first address may be taken at the second, so it takes more than one attempt at times.
    private static func any(_ claim: (UInt16?) throws -> UInt16) throws -> UInt16 {
        for _ in 0..<16 {
            do {
                return try claim(nil)
            } catch NetworksError.portTaken {
                continue
            }
        }
        return try claim(nil)
    }

    /// The rules that lead connections to the container, so that the monitor has to carry only those which the kernel
    /// cannot lead: from the host's loopback, from the container's own bridge, from one protocol to the other, and from
    /// elsewhere where somebody's rules drop what passes through the host. Nil if there are none.
    func rules(container: String, barriers: [ForwardBarrier]) -> FilterTable? {
        let redirects = ports.compactMap(Redirect.init)
        guard !redirects.isEmpty else { return nil }
        let passing = redirects.filter { redirect in !barriers.contains { $0.concerns(redirect.host.family) } }
        return FilterTable(
            name: Self.table(of: container),
            chains: [
                FilterChain(.arrival, passing.map { $0.arrival(bridge: network?.bridge ?? "") }),
                FilterChain(.departure, redirects.map(\.departure)),
            ]
        )
    }
}

extension AttachmentRequest.PortRequest {
    /// The transport as rules and sockets know it.
    var filterTransport: FilterExpression.Transport { transport == .tcp ? .tcp : .udp }
}

/// A held port that the kernel itself can lead to the container.
private struct Redirect {
    let host: IPAddress
    let target: IPAddress
    let port: HeldPort

    init?(_ port: HeldPort) {
        guard let host = IPAddress(port.hostAddress), let target = IPAddress(port.targetAddress),
            host.family == target.family, !host.isLoopback
        else { return nil }
        self.host = host
        self.target = target
        self.port = port
    }

    /// A neighbour's answer would go straight to the neighbour, who asked somebody else.
    func arrival(bridge: String) -> [FilterExpression] {
        [.family(host.family), .arrivedBy(bridge, false)] + rest
    }

    /// An answer to loopback could not find its way back.
    var departure: [FilterExpression] {
        let loopback = IPAddress(host.family, number: host.family == .v4 ? 127 << 24 : 1)
        let block = Subnet(loopback, prefixLength: host.family == .v4 ? 8 : 128)
        return [.family(host.family)] + (block.map { [.destination($0, false)] } ?? []) + rest
    }

    private var rest: [FilterExpression] {
        let block = Subnet(host, prefixLength: host.family.width)
        let place: FilterExpression =
            if !host.isUnspecified, let block { .destination(block) } else { .destinationIsLocal }
        let transport: FilterExpression.Transport = port.transport == .tcp ? .tcp : .udp
        return [place, .port(transport, port.hostPort), .redirect(target, port: port.targetPort)]
    }
}
