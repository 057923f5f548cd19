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
        let held = addresses.filter { !isRouted($0.family, to: endpoint) }
        let number = held.isEmpty ? 0 : try Self.choose(port, at: held, request, claims)
        for address in addresses {
            guard held.contains(address) else {
                let target = endpoint.address(address.family)
                if let target { hold(port, at: IPAddress(address.family, number: 0), 0, for: target) }
                continue
            }
            let path = claims.file(of: HostPort(port.transport, at: address, number: number))
            guard let target = endpoint.address(address.family) ?? endpoint.addresses.first?.address,
                try ClaimFile.read(at: path) != nil
            else { continue }
            self.claims.append(path)
            hold(port, at: address, number, for: target)
        }
    }

    private mutating func hold(
        _ port: AttachmentRequest.PortRequest,
        at address: IPAddress,
        _ number: UInt16,
        for target: IPAddress
    ) {
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

    /// Whether the container is reached at its own address alone by whoever speaks the protocol.
    private func isRouted(_ family: IPAddress.Family, to endpoint: NetworkAttachment.Endpoint) -> Bool {
        let target = endpoint.address(family) ?? endpoint.addresses.first?.address
        return network?.gatewayMode(target?.family ?? family) == .routed
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
            try claims.claim(number, port.transport, at: addresses, for: request)
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
        let passing = redirects.filter { redirect in !barriers.contains { $0.concerns(redirect.host.family) } }
        let chains = [
            FilterChain(.arrival, passing.map { $0.arrival(bridge: network?.bridge ?? "") }),
            FilterChain(.departure, redirects.map(\.departure)),
            FilterChain(.permission, openings),
        ]
        let used = chains.filter { !$0.rules.isEmpty }
        return used.isEmpty ? nil : FilterTable(name: Self.table(of: container), chains: used)
    }

    /// Lets in those who come by the container's own address and may: all where the network is routed, those from trusted
    /// interfaces elsewhere.
    private var openings: [[FilterExpression]] {
        var seen: Set<[FilterExpression]> = []
        return ports.flatMap { port -> [[FilterExpression]] in
            guard let network, let target = IPAddress(port.targetAddress),
                let block = Subnet(target, prefixLength: target.family.width)
            else { return [] }
            let rest: [FilterExpression] = [
                .family(target.family), .destination(block), .port(port.transport, port.targetPort), .allow,
            ]
            switch network.gatewayMode(target.family) {
            case .routed: return [rest]
            case .nat: return network.trustedInterfaces.map { [.arrivedBy($0)] + rest }
            case .unprotected, .isolated: return []
            }
        }.filter { seen.insert($0).inserted }
    }
}

/// A held port that the kernel itself can lead to the container.
private struct Redirect {
    let host: IPAddress
    let target: IPAddress
    let port: HeldPort

    init?(_ port: HeldPort) {
        guard let host = IPAddress(port.hostAddress), let target = IPAddress(port.targetAddress),
            host.family == target.family, !host.isLoopback, port.hostPort > 0
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
        return [place, .port(port.transport, port.hostPort), .redirect(target, port: port.targetPort)]
    }
}
