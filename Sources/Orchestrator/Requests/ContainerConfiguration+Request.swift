public import Containers
import Linux
import Supervision

extension ContainerConfiguration {
    /// What comes of a request and its image; mounts are not settled yet, see ``ContainerRequest/mounts(image:inherited:)``.
    ///
    /// - Parameter createdAt: nanoseconds since 1970.
    public init(_ request: ContainerRequest, image: ImageFacts, createdAt: Int64) throws(RequestError) {
        try request.check()
        let entrypoint = request.entrypoint ?? image.entrypoint
        let command = request.command ?? (request.entrypoint == nil ? image.command : [])
        guard let program = (entrypoint + command).first, !program.isEmpty else {
            throw .noCommand(image: request.image)
        }
        var process = ProcessConfiguration(
            arguments: entrypoint + command,
            environment: try request.environment(over: image.environment)
        )
        process.entrypoint = entrypoint
        process.workingDirectory = request.workingDirectory ?? image.workingDirectory.nonEmpty ?? "/"
        process.user = request.user ?? image.user
        process.additionalGroups = request.additionalGroups
        process.hasTerminal = request.hasTerminal
        process.keepsStandardInputOpen = request.keepsStandardInputOpen
        process.shell = image.shell
        self.init(
            id: request.id,
            name: request.name,
            image: request.image,
            imageID: image.id,
            layers: image.layers,
            createdAt: createdAt,
            process: process,
            hostname: request.hostname ?? request.hostsHostname ?? String(request.id.prefix(12))
        )
        domainname = request.domainname
        labels = request.labels(over: image)
        annotations = request.annotations
        network = request.network(image: image)
        networkNamespace = request.networkNamespace
        resources = request.resources.withoutNoughts
        security = request.security
        namespaces = request.namespaces
        restart = request.restart
        health = HealthCheck(request.health, over: image.health)
        log = request.log
        stopSignal = request.stopSignal ?? image.stopSignal ?? "SIGTERM"
        if let timeout = request.stopTimeout { stopTimeout = timeout }
        removesItself = request.removesItself
        // Elsewhere another process is the first one.
        hasInit = request.hasInit && request.namespaces.pid == nil
    }
}

extension ContainerRequest {
    /// Refuses what contradicts itself and what would write lines of its own into the container's files.
    fileprivate func check() throws(RequestError) {
        if removesItself, restart != .no { throw .restartOfOneThatRemovesItself }
        for (key, value) in [("hostname", hostname ?? ""), ("domainname", domainname)] where value.hasControlCharacter {
            throw .controlCharacter(key: key, value: value)
        }
        if namespaces.uts == .host, hostname != nil || !domainname.isEmpty { throw .hostnameOfTheHost }
        guard case .networks(let attachments) = network else { return }
        for endpoint in attachments.endpoints { try endpoint.check() }
        let texts =
            attachments.extraHosts + attachments.dns + attachments.dnsSearch + attachments.dnsOptions
            + (attachments.links ?? []).map(\.alias)
        for text in texts where text.hasControlCharacter {
            throw .controlCharacter(key: "network setting", value: text)
        }
    }

    /// The name that the container has of the host, where it is on the host's network or in its namespace of names.
    fileprivate var hostsHostname: String? {
        network == .host || namespaces.uts == .host ? OwnProcess.hostname : nil
    }

    /// The image's variables with the request's put over them. One without a value takes the image's away.
    fileprivate func environment(over image: [String]) throws(RequestError) -> [String] {
        var names: [String] = []
        var values: [String: String] = [:]
        func set(_ name: String, _ value: String?) {
            if values[name] == nil, value != nil { names.append(name) }
            values[name] = value
            if value == nil { names.removeAll { $0 == name } }
        }
        for text in image {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            set(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        for entry in environment {
            guard !entry.name.isEmpty, !entry.name.contains("=") else { throw .invalidVariable(entry.name) }
            set(entry.name, entry.value)
        }
        return names.map { "\($0)=\(values[$0] ?? "")" }
    }

    /// The image's labels below the request's. Those by which we steer are never taken from an image: its author could
    /// have our `down` delete somebody else's containers.
    fileprivate func labels(over image: ImageFacts) -> [String: String] {
        var labels = image.labels.filter { !$0.key.hasPrefix(ControlLabel.prefix) }
        labels.merge(self.labels) { _, ours in ours }
        if labels[ControlLabel.project] != nil { labels[ControlLabel.image] = image.id }
        return labels
    }

    /// The network with the ports that the image exposes.
    fileprivate func network(image: ImageFacts) -> NetworkConfiguration {
        guard case .networks(var attachments) = network else { return network }
        let exposed = Set(attachments.exposed + image.exposedPorts).sorted()
        attachments.exposed = exposed
        if publishesAllPorts {
            let published = Set(attachments.ports.map { "\($0.containerPort)/\($0.transport.rawValue)" })
            attachments.ports += exposed.filter { !published.contains($0) }.compactMap(PortMapping.init(exposed:))
        }
        return .networks(attachments)
    }
}

extension EndpointRequest {
    /// Refuses what there is on networks alone that somebody has made.
    func check() throws(RequestError) {
        guard network == "bridge" else { return }
        guard aliases.isEmpty else { throw .aliasOnDefaultBridge }
        guard ipv4 == nil, ipv6 == nil else { throw .addressOnDefaultBridge }
    }
}

extension PortMapping {
    /// Any free port of the host for a port such as `80/tcp`.
    fileprivate init?(exposed text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard let port = parts.first.flatMap({ UInt16($0) }) else { return nil }
        guard let transport = TransportProtocol(rawValue: parts.count > 1 ? parts[1] : "tcp") else {
            return nil
        }
        self.init(transport: transport, containerPort: port)
    }
}

extension HealthCheck {
    /// The probe of a request over that of its image; nil if there is none, or none is wanted.
    fileprivate init?(_ request: HealthRequest?, over image: HealthRequest?) {
        guard let test = request?.test ?? image?.test, let kind = test.first, kind != "NONE" else { return nil }
        self.init(test: test)
        if let interval = request?.interval ?? image?.interval { self.interval = interval }
        if let timeout = request?.timeout ?? image?.timeout { self.timeout = timeout }
        if let retries = request?.retries ?? image?.retries { self.retries = retries }
        if let startPeriod = request?.startPeriod ?? image?.startPeriod { self.startPeriod = startPeriod }
        if let startInterval = request?.startInterval ?? image?.startInterval { self.startInterval = startInterval }
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }

    /// Whether it could start a line of its own in a file, or play with a terminal.
    fileprivate var hasControlCharacter: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } }
}
