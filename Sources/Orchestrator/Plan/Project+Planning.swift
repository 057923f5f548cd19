public import ComposeSpec

extension ServiceGraph {
    /// The graph of a project's enabled services.
    init(_ project: Project) {
        self.init(
            dependencies: Dictionary(
                project.services.map { ($0.name, Self.dependencies(of: $0, among: project)) },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    /// What a service waits for: services that another program provides, and those that are not enabled, are not waited for.
    private static func dependencies(of service: Service, among project: Project) -> [Dependency] {
        service.dependencies.sorted { $0.key < $1.key }.compactMap { name, dependency in
            guard project.service(name) != nil else { return nil }
            return Dependency(
                service: name,
                condition: Dependency.Condition(dependency.condition),
                restarts: dependency.restarts,
                isRequired: dependency.isRequired
            )
        }
    }
}

extension ServiceGraph.Dependency.Condition {
    init(_ condition: Service.Condition) {
        switch condition {
        case .started: self = .started
        case .healthy: self = .healthy
        case .completedSuccessfully: self = .completed
        }
    }
}

extension Hook {
    init(_ moment: Moment, _ hook: Service.Hook) {
        self.init(
            moment,
            command: hook.command,
            user: hook.user,
            workingDirectory: hook.workingDirectory,
            environment: hook.environment.sorted { $0.key < $1.key }.compactMap { name, value in
                value.map { "\(name)=\($0)" }
            },
            isPrivileged: hook.isPrivileged
        )
    }
}

extension Service {
    /// The names of the images that it needs besides its own: those that it mounts, and those of what comes before its start.
    var furtherImages: [String] { mountedImages + preStart.compactMap(\.image) }

    /// The names of the images that it mounts.
    private var mountedImages: [String] {
        mounts.compactMap { mount in
            guard case .image(let reference, _) = mount.kind else { return nil }
            return reference
        }
    }
}

extension Project {
    /// The name of the image that a service runs.
    public func imageName(of service: Service) -> String {
        service.image ?? joined(service.name)
    }

    /// The name of a replica.
    func containerName(of service: Service, number: Int) -> String {
        service.containerName ?? joined(service.name, "\(number)")
    }

    /// A name below the project's own.
    func joined(_ parts: String...) -> String { ([name] + parts).joined(separator: nameSeparator) }

    /// The services whose namespaces or volumes a service shares.
    func parents(of service: Service) -> [String] {
        guard case .service(let name) = service.networkMode else { return holders(of: service) }
        return [name] + holders(of: service)
    }

    /// Those among them whose containers a service cannot do without: a network namespace outlives its container.
    func holders(of service: Service) -> [String] {
        var parents: [String] = []
        for mode in [service.pidMode, service.ipcMode, service.utsMode, service.cgroupMode] {
            if case .service(let name) = mode { parents.append(name) }
        }
        for entry in service.volumesFrom where !entry.hasPrefix("container:") {
            parents.append(String(entry.prefix { $0 != ":" }))
        }
        return parents
    }
}

extension Service.Build {
    /// The services whose images it takes as contexts.
    var contextServices: [String] {
        additionalContexts.values.filter { $0.hasPrefix("service:") }.map { String($0.dropFirst("service:".count)) }
    }
}

extension Project {
    /// The services whose images builds of enabled services need, directly or not.
    public var contextServices: [Service] {
        var found: [String: Service] = [:]
        var waiting = services
        while let service = waiting.popLast() {
            for name in service.build?.contextServices ?? [] where found[name] == nil {
                guard let service = anyService(name) else { continue }
                found[name] = service
                waiting.append(service)
            }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// Refuses a service whose image would need itself.
    func refuseContextCycle(of service: Service) throws(PlanError) {
        var done: Set<String> = []
        try follow(service, path: [], &done)
    }

    private func follow(_ service: Service, path: [String], _ done: inout Set<String>) throws(PlanError) {
        guard !done.contains(service.name) else { return }
        for name in service.build?.contextServices.sorted() ?? [] {
            guard let context = anyService(name) else { continue }
            let path = path + [service.name]
            guard let start = path.firstIndex(of: name) else {
                try follow(context, path: path, &done)
                continue
            }
            let circle = (path[start...] + [name]).joined(separator: " → ")
            throw .unsupported(service: service.name, key: "build.additional_contexts", why: "a cycle: \(circle)")
        }
        done.insert(service.name)
    }
}
