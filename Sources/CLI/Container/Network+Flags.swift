import Containers
import Orchestrator

extension NetworkConfiguration {
    /// What the network flags say; the engine's own bridge where they name no network.
    ///
    /// - Throws: ``UsageError`` for what is none.
    init(_ arguments: Arguments) throws(UsageError) {
        let names = arguments[ContainerFlag.network]
        switch names.first {
        case "none" where names.count == 1:
            Self.noteDiscardedPorts(arguments, "none")
            self = .none
        case "host" where names.count == 1:
            guard arguments[ContainerFlag.link].isEmpty else {
                throw .conflict(NetworkConflict.links(with: "host type networking"))
            }
            Self.noteDiscardedPorts(arguments, "host")
            self = .host
        case let name? where name.hasPrefix("container:") && names.count == 1:
            for (flag, conflict) in Self.conflicts where arguments.has(flag) { throw .conflict(conflict.description) }
            self = .container(id: String(name.dropFirst("container:".count)))
        default: self = .networks(try NetworkAttachments(arguments, names: names.isEmpty ? ["bridge"] : names))
        }
    }
}

extension NetworkConfiguration {
    private static func noteDiscardedPorts(_ arguments: Arguments, _ mode: String) {
        guard !arguments[ContainerFlag.publish].isEmpty else { return }
        Console.note("WARNING: \(NetworkConflict.discardedPorts(mode))")
    }

    private static let conflicts: [(any FlagDeclaration, NetworkConflict)] = [
        (ContainerFlag.hostname, .hostname), (ContainerFlag.link, .links), (ContainerFlag.dns, .dns),
        (ContainerFlag.addHost, .extraHosts), (ContainerFlag.mac, .hardwareAddress),
        (ContainerFlag.publish, .publishedPorts), (ContainerFlag.publishAll, .publishedPorts),
        (ContainerFlag.expose, .exposedPorts),
    ]
}

extension NetworkAttachments {
    fileprivate init(_ arguments: Arguments, names: [String]) throws(UsageError) {
        var endpoints: [EndpointRequest] = []
        for name in names { endpoints.append(try EndpointRequest(parsing: name)) }
        // Flags without a network's name are about the first.
        endpoints[0].aliases += arguments[ContainerFlag.networkAliases]
        endpoints[0].ipv4 = arguments[ContainerFlag.ip] ?? endpoints[0].ipv4
        endpoints[0].ipv6 = arguments[ContainerFlag.ip6] ?? endpoints[0].ipv6
        endpoints[0].linkLocalAddresses += arguments[ContainerFlag.linkLocal]
        endpoints[0].mac = arguments[ContainerFlag.mac] ?? endpoints[0].mac
        self.init(endpoints: endpoints)
        for text in arguments[ContainerFlag.publish] { ports += try PortSpecification(parsing: text).mappings }
        exposed = arguments[ContainerFlag.expose].map { $0.contains("/") ? $0 : "\($0)/tcp" }
        let links = try arguments[ContainerFlag.link].map(ContainerLink.init(flag:))
        if !links.isEmpty { self.links = links }
        dns = arguments[ContainerFlag.dns]
        dnsOptions = arguments[ContainerFlag.dnsOptions]
        dnsSearch = arguments[ContainerFlag.dnsSearch]
        extraHosts = try ContainerFlag.hosts(arguments[ContainerFlag.addHost])
    }
}

extension EndpointRequest {
    /// A `--network` value: a name, or `name=…,alias=…,ip=…`.
    fileprivate init(parsing text: String) throws(UsageError) {
        guard text.contains("=") else {
            self.init(network: text == "default" ? "bridge" : text)
            return
        }
        self.init(network: "")
        for field in text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw .conflict("invalid network: \(text.quoted)") }
            switch parts[0] {
            case "name": network = parts[1]
            case "alias": aliases.append(parts[1])
            case "ip": ipv4 = parts[1]
            case "ip6": ipv6 = parts[1]
            case "mac-address": mac = parts[1]
            case "driver-opt": driverOptions.merge(LabelText.labels([parts[1]])) { $1 }
            case "link-local-ip": linkLocalAddresses.append(parts[1])
            case "gw-priority":
                guard let number = Int(parts[1]) else { throw .conflict("invalid gw-priority (\(parts[1]))") }
                gatewayPriority = number
            default: throw .conflict("invalid network: unknown field \(parts[0].quoted)")
            }
        }
        guard !network.isEmpty else { throw .conflict("invalid network: name is required in \(text.quoted)") }
    }
}

extension ContainerLink {
    /// A `--link` value.
    init(flag text: String) throws(UsageError) {
        guard let link = ContainerLink(text) else { throw .conflict("bad format for links: \(text)") }
        self = link
    }
}
