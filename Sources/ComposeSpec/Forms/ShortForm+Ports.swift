import Linux
import YAML

extension ShortForm {
    /// A list of numbers, short strings and mappings → mappings, one a port inside.
    func ports() throws(LoadError) -> Node {
        guard let items = node.sequence else { return node }
        var ports: [Node] = []
        for (index, item) in items.enumerated() {
            guard item.mapping == nil, let text = item.scalarText else {
                ports.append(item)
                continue
            }
            let form = ShortForm(node: item, path: path[index])
            let mapping = try form.port(text)
            ports += mapping.map { Node(.mapping($0), at: item.mark) }
        }
        return with(.sequence(ports))
    }

    private func port(_ text: String) throws(LoadError) -> [Mapping] {
        guard let spec = PortSpec(text) else { throw malformed(text, "a port mapping") }
        return spec.pairs.map { target, published in
            var mapping = Mapping()
            mapping["mode"] = Node(.string("ingress"), at: node.mark)
            if let address = spec.hostIP { mapping["host_ip"] = Node(.string(address), at: node.mark) }
            mapping["target"] = Node(.integer(target), at: node.mark)
            if let published { mapping["published"] = Node(.string(published), at: node.mark) }
            mapping["protocol"] = Node(.string(spec.transport), at: node.mark)
            return mapping
        }
    }
}

/// A port mapping in short: `[[address:]published:]target[/transport]`, each of the two a port or a range.
struct PortSpec {
    /// Nil is every address.
    var hostIP: String?
    var transport = "tcp"
    /// Each port inside, and the host's port, range or none.
    var pairs: [(target: Int, published: String?)]

    /// Nil when the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count > 1, !parts[1].isEmpty { transport = parts[1].lowercased() }
        guard ["tcp", "udp", "sctp"].contains(transport), let spec = parts.first else { return nil }
        let (address, published, target) = Self.split(spec)
        guard let targets = Self.range(target) else { return nil }
        if !address.isEmpty {
            guard let ip = IPAddress(address) else { return nil }
            _ = ip
            hostIP = address
        }
        guard !published.isEmpty else {
            pairs = targets.map { ($0, nil) }
            return
        }
        guard let hosts = Self.range(published) else { return nil }
        if targets.count == hosts.count {
            pairs = zip(targets, hosts).map { ($0, String($1)) }
        } else if targets.count == 1 {
            pairs = [(targets.lowerBound, "\(hosts.lowerBound)-\(hosts.upperBound)")]
        } else {
            return nil
        }
    }

    /// An IPv6 address may stand in brackets, or bare before the last two colons.
    private static func split(_ spec: Substring) -> (address: String, published: Substring, target: Substring) {
        let parts = spec.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return ("", "", parts[0])
        case 2: return ("", parts[0], parts[1])
        default:
            let address = parts.dropLast(2).joined(separator: ":")
            let bare =
                address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
            return (bare, parts[parts.count - 2], parts[parts.count - 1])
        }
    }

    /// A port or a range of ports.
    static func range(_ text: some StringProtocol) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count <= 2 else { return nil }
        guard let lower = port(first), let upper = port(last), lower <= upper else { return nil }
        return lower...upper
    }

    private static func port(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return nil
        }
        return (0...65535).contains(number) ? number : nil
    }
}
