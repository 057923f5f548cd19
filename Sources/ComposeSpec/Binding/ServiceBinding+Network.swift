import YAML

extension ServiceBinding {
    func bindNetwork(_ service: inout Service) throws(LoadError) {
        service.networkMode = networkMode()
        service.networks = try attachments()
        service.ports = try reader.sections("ports").map(port)
        service.exposed = reader.strings("expose")
        service.links = reader.strings("links")
        service.externalLinks = reader.strings("external_links")
        service.extraHosts = reader.strings("extra_hosts")
        service.dns = reader.strings("dns")
        service.dnsSearch = reader.strings("dns_search")
        service.dnsOptions = reader.strings("dns_opt")
        service.macAddress = reader.string("mac_address")
    }

    private func networkMode() -> Service.NetworkMode? {
        guard let text = reader.string("network_mode") else { return nil }
        switch text {
        case "none", "disabled": return Service.NetworkMode.none
        case "host": return .host
        case "bridge", "default": return .bridge
        default: break
        }
        if let name = ServiceReference.name(text) { return .service(name) }
        if text.hasPrefix("container:") { return .container(String(text.dropFirst("container:".count))) }
        return .network(text)
    }

    /// The one with the highest priority first, then by name.
    private func attachments() throws(LoadError) -> [Service.NetworkAttachment] {
        var attachments: [Service.NetworkAttachment] = []
        for entry in reader["networks"]?.entries ?? [] {
            let section = NodeReader(node: entry.value, path: reader.path / "networks" / entry.key.text)
            var attachment = Service.NetworkAttachment(network: entry.key.text)
            attachment.aliases = section.strings("aliases")
            attachment.ipv4 = section.string("ipv4_address")
            attachment.ipv6 = section.string("ipv6_address")
            attachment.linkLocalAddresses = section.strings("link_local_ips")
            attachment.mac = section.string("mac_address")
            attachment.interfaceName = section.string("interface_name")
            attachment.driverOptions = section.map("driver_opts")
            attachment.priority = try section.integer("priority") ?? 0
            attachment.gatewayPriority = try section.integer("gw_priority") ?? 0
            attachment.place = entry.key.mark
            attachments.append(attachment)
        }
        attachments.sort { ($1.priority, $0.network) < ($0.priority, $1.network) }
        if let mac = reader.string("mac_address"), !attachments.isEmpty, attachments[0].mac == nil {
            attachments[0].mac = mac
        }
        return attachments
    }

    private func port(_ section: NodeReader) throws(LoadError) -> Service.Port {
        guard let target = try section.integer("target"), let number = UInt16(exactly: target) else {
            throw LoadError(.missingKey("target"), at: section.path, of: section.node)
        }
        let range = section.string("published").flatMap { PortSpec.range($0) }
        var published: ClosedRange<UInt16>?
        if let range, range != 0...0 { published = UInt16(range.lowerBound)...UInt16(range.upperBound) }
        var port = Service.Port(
            target: number,
            published: published,
            hostIP: section.string("host_ip"),
            transport: section.string("protocol") ?? "tcp"
        )
        port.mode = section.string("mode")
        port.applicationProtocol = section.string("app_protocol")
        port.name = section.string("name")
        port.place = section.node.mark
        return port
    }
}
