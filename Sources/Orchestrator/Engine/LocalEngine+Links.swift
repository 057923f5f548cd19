import Containers
import Networks

extension LocalEngine {
    /// Makes sure that a container's links lead somewhere; gives the lines of its `hosts` for them, where nobody answers
    /// names: on the default bridge alone.
    func linkedHosts(
        of configuration: ContainerConfiguration,
        _ links: [ContainerLink],
        _ attachment: NetworkAttachment
    ) throws -> [String] {
        try links.flatMap { link -> [String] in
            let container = try containers.find(link.container)
            guard attachment.names == nil else { return [] }
            let isThere = try container.status.isActive
            guard isThere else {
                throw EngineError.cannotLink(container: container.name, to: configuration.name, as: link.alias)
            }
            let leases = try attachment.endpoints.flatMap { try networks.endpoints(of: networks.find($0.network)) }
            let names = [link.alias, String(container.id.prefix(12)), container.name]
            return leases.filter { $0.lease.containerID == container.id }.flatMap { found in
                names.map { "\($0):\(found.address)" }
            }
        }
    }
}

extension LocalEngine {
    /// The same links, with whole identifiers in the place of their beginnings: who answers names does not know those.
    func resolved(_ links: [ContainerLink]) throws -> [ContainerLink] {
        try links.map { link in
            var link = link
            let container = try containers.find(link.container)
            if containers.holder(of: link.container) == nil { link.container = container.id }
            return link
        }
    }
}

extension ContainerLink {
    /// A name that those know who answer names: they know identifiers by their beginnings.
    var knownName: String { container.count == 64 ? String(container.prefix(12)) : container }
}
