import Containers
import Linux
import Supervision

/// A `-p` value: `[[address:][host]:]container[/protocol]`, with ranges.
struct PortSpecification {
    let mappings: [PortMapping]

    /// - Throws: ``UsageError`` for what is no port.
    init(parsing text: String) throws(UsageError) {
        let invalid = UsageError.conflict(
            "invalid publish value \(text.quoted): not [[ADDRESS:][HOST]:]CONTAINER[/PROTOCOL]"
        )
        let halves = text.split(separator: "/", maxSplits: 1)
        let name = halves.count > 1 ? halves[1].lowercased() : "tcp"
        guard let body = halves.first, let transport = TransportProtocol(rawValue: name) else { throw invalid }
        var (address, host, container) = ("", "", String(body))
        if let colon = body.lastIndex(of: ":") {
            container = String(body[body.index(after: colon)...])
            (address, host) = Self.hostPart(body[..<colon])
        }
        guard let targets = Self.range(container), address.isEmpty || IPAddress(address) != nil else { throw invalid }
        // Port 0 is any that is free.
        if host == "0" { host = "" }
        guard host.isEmpty || Self.range(host) != nil else { throw invalid }
        let sources = Self.range(host)
        let isPaired = sources?.count == targets.count
        // Several ports of the host for one of the container: the first that is free.
        guard sources == nil || isPaired || targets.count == 1 else { throw invalid }
        mappings = targets.enumerated().map { place, target in
            var ports = sources
            if isPaired, let first = sources?.lowerBound {
                let port = first + UInt16(place)
                ports = port...port
            }
            return PortMapping(
                transport: transport,
                containerPort: target,
                hostAddress: address.isEmpty ? nil : address,
                hostPorts: ports
            )
        }
    }

    /// Splits `address:port`, `[address]:port` and `port`.
    private static func hostPart(_ text: Substring) -> (address: String, port: String) {
        guard let colon = text.lastIndex(of: ":") else { return ("", String(text)) }
        let address = text[..<colon]
        let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
        return (
            String(isBracketed ? address.dropFirst().dropLast() : address), String(text[text.index(after: colon)...])
        )
    }

    private static func range(_ text: String) -> ClosedRange<UInt16>? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil else { return nil }
        guard first <= last, first > 0 || bounds.count == 1 else { return nil }
        return first == 0 ? nil : first...last
    }
}
