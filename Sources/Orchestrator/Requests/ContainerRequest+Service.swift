import ComposeSpec
import Containers
import Linux
import Supervision

extension ContainerRequest {
    /// What a container is to its service.
    enum Role: Hashable, Sendable {
        case replica(number: Int)
        /// Made by `run`. The slug is 64 hexadecimal digits.
        case oneOff(slug: String, usesAliases: Bool, publishesPorts: Bool)
    }

    /// The request for a container of a service.
    ///
    /// - Parameter containerOf: the identifier of the container that stands for another service, whose namespaces or
    ///   volumes this one shares.
    init(
        _ service: Service,
        of project: Project,
        identity: ContainerIdentity,
        role: Role,
        containerOf: @escaping (String) -> String?
    ) throws(PlanError) {
        self.init(id: identity.id, name: identity.name, image: project.imageName(of: service))
        let resolve = Resolution(service: service, containerOf: containerOf)
        platform = project.platform(of: service)
        try service.refuseWhatCannotBeHad()
        annotations = service.annotations
        labels = service.labels.merging(project.controlLabels(of: service, role)) { _, ours in ours }
        setProcess(service)
        setHost(service)
        mounts = try service.mounts.map { mount throws(PlanError) in try MountRequest(mount, of: service, in: project) }
        mounts += try service.tmpfs.map { entry throws(PlanError) in MountRequest(tmpfs: entry) }
        mounts += try project.fileMounts(of: service)
        volumesFrom = try service.volumesFrom.map { entry throws(PlanError) in try resolve.volumes(from: entry) }
        network = try project.network(of: service, role, resolve)
        resources = Resources(service.resources)
        security = Security(service, of: project)
        namespaces = try Namespaces(service, resolve)
    }

    private mutating func setProcess(_ service: Service) {
        entrypoint = service.entrypoint
        command = service.command
        environment = service.environment.sorted { $0.key < $1.key }.map { EnvironmentEntry($0.key, $0.value) }
        workingDirectory = service.workingDirectory
        user = service.user
        additionalGroups = service.additionalGroups
        hasTerminal = service.hasTerminal
        keepsStandardInputOpen = service.keepsStandardInputOpen
        hasInit = service.hasInit ?? false
    }

    private mutating func setHost(_ service: Service) {
        hostname = service.hostname
        domainname = service.domainname ?? ""
        restart = RestartPolicy(service.restart)
        health = service.healthCheck.map(HealthRequest.init)
        stopSignal = service.stopSignal
        // Docker Compose drops what is less than a second.
        stopTimeout = service.stopGracePeriod.map { $0 / 1_000_000_000 }
        if let driver = service.logging?.driver { log.driver = driver }
        log.options = service.logging?.options ?? [:]
    }
}

/// Finds the containers that a service's attributes refer to.
struct Resolution {
    let service: Service
    let containerOf: (String) -> String?

    func container(of name: String, _ key: String) throws(PlanError) -> String {
        guard let id = containerOf(name) else {
            throw .unsupported(service: service.name, key: key, why: "service \(name) has no container")
        }
        return id
    }

    func volumes(from entry: String) throws(PlanError) -> VolumesFrom {
        var parts = entry.split(separator: ":").map(String.init)
        var isReadOnly = false
        if let last = parts.last, parts.count > 1, last == "ro" || last == "rw" {
            isReadOnly = last == "ro"
            parts.removeLast()
        }
        if parts.first == "container", parts.count > 1 {
            return VolumesFrom(container: parts[1], isReadOnly: isReadOnly)
        }
        let id = try container(of: parts.first ?? entry, "volumes_from")
        return VolumesFrom(container: id, isReadOnly: isReadOnly)
    }
}

extension Project {
    /// The labels by which a container belongs to the project.
    func controlLabels(of service: Service, _ role: ContainerRequest.Role) -> [String: String] {
        var labels = [
            ControlLabel.project: name,
            ControlLabel.service: service.name,
            ControlLabel.version: ControlLabel.ownVersion,
            ControlLabel.workingDirectory: workingDirectory.string,
            ControlLabel.configFiles: composeFiles.joined(separator: ","),
            ControlLabel.configHash: service.configurationHash,
            ControlLabel.dependsOn: ServiceGraph(self).dependencies(of: service.name).map(\.label).joined(
                separator: ","
            ),
        ]
        if !environmentFiles.isEmpty {
            labels[ControlLabel.environmentFile] = environmentFiles.joined(separator: ",")
        }
        switch role {
        case .replica(let number):
            labels[ControlLabel.oneOff] = "False"
            labels[ControlLabel.containerNumber] = String(number)
        case .oneOff(let slug, _, _):
            labels[ControlLabel.oneOff] = "True"
            labels[ControlLabel.slug] = slug
        }
        return labels
    }

    /// The network that a service's container asks for.
    fileprivate func network(of service: Service, _ role: ContainerRequest.Role, _ resolve: Resolution)
        throws(PlanError) -> NetworkConfiguration
    {
        switch service.networkMode {
        case nil: return try attachments(of: service, role, endpoints(of: service, role))
        case .some(.none): return .none
        case .host: return .host
        case .service(let name): return .container(id: try resolve.container(of: name, "network_mode"))
        case .container(let name): return .container(id: name)
        case .bridge: return try attachments(of: service, role, [EndpointRequest(network: "bridge")])
        case .network(let name): return try attachments(of: service, role, [EndpointRequest(network: name)])
        }
    }

    private func attachments(of service: Service, _ role: ContainerRequest.Role, _ endpoints: [EndpointRequest])
        throws(PlanError) -> NetworkConfiguration
    {
        guard !endpoints.isEmpty else { return .none }
        var attachments = NetworkAttachments(endpoints: endpoints)
        attachments.ports = try ports(of: service, role)
        attachments.exposed = service.exposed
        attachments.dns = service.dns
        attachments.dnsSearch = service.dnsSearch
        attachments.dnsOptions = service.dnsOptions
        let links = try service.externalLinks.map { text throws(PlanError) in
            guard let link = ContainerLink(text) else {
                throw .unsupported(
                    service: service.name,
                    key: "external_links",
                    why: "\"\(text)\" is not CONTAINER[:ALIAS]"
                )
            }
            return link
        }
        if !links.isEmpty { attachments.links = links }
        attachments.extraHosts = service.extraHosts.map { $0.replacingFirst("=", with: ":") }
        return .networks(attachments)
    }

    private func endpoints(of service: Service, _ role: ContainerRequest.Role) -> [EndpointRequest] {
        let links = services.flatMap(\.links).compactMap { link -> String? in
            let parts = link.split(separator: ":")
            return parts.count == 2 && parts[0] == service.name ? String(parts[1]) : nil
        }
        return service.networks.enumerated().compactMap { index, attachment in
            guard let network = network(attachment.network) else { return nil }
            var endpoint = EndpointRequest(network: network.name)
            if role.usesAliases { endpoint.aliases = attachment.aliases + [service.name] + links }
            endpoint.ipv4 = attachment.ipv4
            endpoint.ipv6 = attachment.ipv6
            endpoint.mac = attachment.mac ?? (index == 0 ? service.macAddress : nil)
            endpoint.interfaceName = attachment.interfaceName
            endpoint.gatewayPriority = attachment.gatewayPriority
            endpoint.linkLocalAddresses = attachment.linkLocalAddresses
            endpoint.driverOptions = attachment.driverOptions
            return endpoint
        }
    }

    private func ports(of service: Service, _ role: ContainerRequest.Role) throws(PlanError) -> [PortMapping] {
        guard role.publishesPorts else { return [] }
        return try service.ports.map { port throws(PlanError) in
            guard let transport = TransportProtocol(rawValue: port.transport) else {
                throw .unsupported(service: service.name, key: "ports", why: "\(port.transport) cannot be published")
            }
            return PortMapping(
                transport: transport,
                containerPort: port.target,
                hostAddress: port.hostIP,
                hostPorts: port.published
            )
        }
    }
}

extension ContainerRequest.Role {
    var usesAliases: Bool {
        switch self {
        case .replica: true
        case .oneOff(_, let usesAliases, _): usesAliases
        }
    }

    var publishesPorts: Bool {
        switch self {
        case .replica: true
        case .oneOff(_, _, let publishesPorts): publishesPorts
        }
    }
}

extension String {
    /// The text with the first occurrence of one character replaced by another.
    func replacingFirst(_ old: Character, with new: Character) -> String {
        guard let place = firstIndex(of: old) else { return self }
        return self[..<place] + String(new) + self[index(after: place)...]
    }
}
