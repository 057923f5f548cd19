import ComposeSpec

extension UpPlanner {
    /// What is to become of one place among the replicas of a service.
    enum Outcome: Hashable, Sendable {
        case keep(ObservedContainer)
        case replace(ObservedContainer, because: String)
        /// The old one has to be gone before; its removal is in the plan already.
        case remake(ObservedContainer)
        case remove(ObservedContainer, because: String)
        case create(number: Int, because: String)

        var isReplacement: Bool {
            switch self {
            case .replace, .remake: true
            case .keep, .remove, .create: false
            }
        }
    }

    /// Decides what becomes of a service's containers. Services it depends on have been decided before.
    func decide(_ service: Service) throws(PlanError) -> [Outcome] {
        guard service.provider == nil else { return [] }
        let wanted = options.scale[service.name] ?? service.replicas
        if let name = service.containerName, wanted > 1 { throw .fixedNameScaled(service: service.name, name: name) }
        let existing = view.replicas(of: service.name).map { ($0, divergence(of: $0, service)) }
        let ranked = existing.sorted { left, right in
            (left.1 == nil ? 0 : 1, left.0.number, left.0.name) < (right.1 == nil ? 0 : 1, right.0.number, right.0.name)
        }
        var taken: Set<Int> = []
        var outcomes: [Outcome] = []
        for (container, cause) in ranked {
            let isTwin = taken.contains(container.number)
            guard !isTwin, taken.count < wanted else {
                outcomes.append(.remove(container, because: isTwin ? "replaced" : "scaled to \(wanted)"))
                continue
            }
            taken.insert(container.number)
            if removals[container.id] != nil {
                outcomes.append(.remake(container))
            } else {
                outcomes.append(cause.map { .replace(container, because: $0) } ?? .keep(container))
            }
        }
        let next = (existing.map(\.0.number).max() ?? 0) + 1
        let cause = existing.isEmpty ? "not found" : "scaled to \(wanted)"
        for number in next..<(next + wanted - taken.count) { outcomes.append(.create(number: number, because: cause)) }
        return outcomes
    }

    /// How containers of a service are treated that exist.
    func policy(of service: String) -> UpOptions.Recreation {
        named.contains(service) ? options.recreation : options.dependencyRecreation
    }

    /// Why a container is not what is asked for; nil if it is.
    private func divergence(of container: ObservedContainer, _ service: Service) -> String? {
        switch policy(of: service.name) {
        case .never: return nil
        case .always: return named.contains(service.name) ? "--force-recreate" : "--always-recreate-deps"
        case .diverged: break
        }
        let image = project.imageName(of: service)
        let lasting = lastingParent(of: service, container)
        for parent in project.parents(of: service)
        where parent != lasting || project.holders(of: service).contains(parent) {
            if outcomes[parent]?.contains(where: \.isReplacement) ?? false { return "\(parent) is recreated" }
        }
        if container.configurationHash != service.configurationHash { return "configuration changed" }
        if let current = observed.images[image], current != container.imageID { return "image changed" }
        for mounted in service.furtherImages {
            guard let current = observed.images[mounted], let own = container.mountedImages[mounted] else { continue }
            if current != own { return "mounted image \(mounted) changed" }
        }
        for network in service.networks.compactMap({ project.network($0.network)?.name }) {
            if !container.networks.contains(network) { return "not on network \(network)" }
        }
        for mount in service.mounts {
            guard case .volume(let key?, _, _, _) = mount.kind, let volume = project.volume(key)?.name else { continue }
            if !container.volumes.contains(where: { $0.volume == volume }) { return "volume \(volume) is not mounted" }
        }
        return nil
    }

    /// The service whose network a container shares, if the namespace that it is in will be the successor's as well: then it goes
    /// on while the other is made anew, and needs no restart either.
    private func lastingParent(of service: Service, _ container: ObservedContainer) -> String? {
        guard case .service(let name) = service.networkMode, project.service(name)?.networkMode == nil,
            let own = view.replicas(of: name).first, !own.networks.isEmpty,
            own.networkNamespace != nil, own.networkNamespace == container.networkNamespace
        else { return nil }
        return name
    }

    /// The namespace that others are in already who share the network of a service; nil if there are none.
    private func namespaceOfGuests(of service: Service) -> String? {
        let guests = project.services.filter { $0.networkMode == .service(service.name) }
        return guests.flatMap { view.replicas(of: $0.name) }.filter(\.networks.isEmpty).compactMap(\.networkNamespace)
            .first
    }

    /// Adds the steps that make a service's containers as was decided.
    mutating func addContainers(of service: Service) throws(PlanError) {
        let outcomes = outcomes[service.name] ?? []
        var freed: Set<Int> = []
        for case .remove(let container, let cause) in outcomes {
            freed.insert(plan.addRemoval(container, timeout: options.stopTimeout, because: cause))
        }
        var own: [Replica] = []
        for outcome in outcomes {
            guard var replica = try addReplica(service, outcome) else { continue }
            replica.ready.formUnion(freed)
            own.append(replica)
        }
        replicas[service.name] = own
    }

    private mutating func addReplica(_ service: Service, _ outcome: Outcome) throws(PlanError) -> Replica? {
        switch outcome {
        case .remove: return nil
        case .keep(let container): return keep(container, service)
        case .replace(let container, let cause): return try replace(container, service, because: cause)
        case .remake(let container):
            let before = removals[container.id].map { [$0] } ?? []
            return try create(service, number: container.number, after: before, because: "recreated")
        case .create(let number, let cause): return try create(service, number: number, because: cause)
        }
    }

    /// A container that stays. It may still bear the name of an interrupted replacement, and it may have to be started again.
    private mutating func keep(_ container: ObservedContainer, _ service: Service) -> Replica {
        var replica = Replica(identity: container.identity, service: service.name, observed: container)
        let name = project.containerName(of: service, number: container.number)
        if container.name != name, container.labels[ControlLabel.replaces] != nil {
            let twins =
                outcomes[service.name]?.compactMap { outcome -> ObservedContainer? in
                    guard case .remove(let other, _) = outcome, other.name == name else { return nil }
                    return other
                } ?? []
            let before = twins.isEmpty ? [] : plan.steps.map(\.number)
            let rename = plan.add(
                .renameContainer(container.identity, to: name),
                after: before,
                because: "replacement was interrupted"
            )
            replica.identity.name = name
            replica.ready.insert(rename)
        }
        if let reason = restartReason(service, container), container.isActive { _ = stop(container, because: reason) }
        if let step = stops[container.id] {
            replica.ready.insert(step)
            replica.isInterrupted = true
            replica.ready.formUnion(container.networks.compactMap { resourceSteps[$0] })
        }
        return replica
    }

    /// Why a container that stays is to be stopped and started; nil if it is not.
    private func restartReason(_ service: Service, _ container: ObservedContainer) -> String? {
        let dependencies = view.graph.dependencies(of: service.name)
        let lasting = lastingParent(of: service, container)
        let reason = dependencies.first { dependency in
            let isAskedFor = service.dependencies[dependency.service]?.isImplied == false
            return dependency.restarts && (isAskedFor || dependency.service != lasting)
                && outcomes[dependency.service]?.contains(where: \.isReplacement) ?? false
        }
        return reason.map { "\($0.service) is recreated" }
    }

    private mutating func create(
        _ service: Service,
        number: Int,
        after before: [Int] = [],
        because cause: String
    ) throws(PlanError) -> Replica {
        let name = project.containerName(of: service, number: number)
        var request = try request(service, number: number, name: name)
        if view.replicas(of: service.name).isEmpty, creations[service.name] == nil {
            request.networkNamespace = namespaceOfGuests(of: service)
        }
        let step = plan.add(.createContainer(request), after: needs(of: service) + before, because: cause)
        creations[service.name, default: []].insert(step)
        return Replica(identity: request.identity, service: service.name, ready: [step])
    }

    /// Puts a new container in the place of an old one, which runs until the new one is made.
    private mutating func replace(_ old: ObservedContainer, _ service: Service, because cause: String) throws(PlanError)
        -> Replica
    {
        let name = project.containerName(of: service, number: old.number)
        var request = try request(service, number: old.number, name: "\(old.id.prefix(12))_\(name)")
        request.replacedName = name
        if !old.networks.isEmpty, case .networks = request.network {
            request.networkNamespace = old.networkNamespace
        }
        request.labels[ControlLabel.replaces] = old.name
        if !options.renewsAnonymousVolumes {
            for use in old.volumes where use.isAnonymous { request.carriedVolumes[use.target] = use.volume }
        }
        let created = plan.add(.createContainer(request), after: needs(of: service), because: cause)
        creations[service.name, default: []].insert(created)
        var before = created
        if old.isActive {
            let dependents = stopDependents(of: service)
            let stopped =
                stops[old.id]
                ?? plan.addStop(
                    old,
                    timeout: options.stopTimeout,
                    after: dependents.union([created]),
                    because: "replaced"
                )
            plan.announce(stopped, begin: nil, end: nil)
            before = stopped
        }
        let removal = Action.removeContainer(old.identity, withAnonymousVolumes: options.renewsAnonymousVolumes)
        let removed = plan.add(removal, after: [before], because: "replaced")
        plan.announce(removed, begin: nil, end: nil)
        let rename = plan.add(.renameContainer(request.identity, to: name), after: [removed], because: "replaced")
        let identity = ContainerIdentity(id: request.id, name: name)
        return Replica(identity: identity, service: service.name, ready: [rename])
    }

    /// Stops those who want to be restarted together with a service and stay otherwise.
    private mutating func stopDependents(of service: Service) -> Set<Int> {
        var steps: Set<Int> = []
        for dependent in view.graph.dependents(of: service.name) {
            let dependencies = view.graph.dependencies(of: dependent)
            guard dependencies.contains(where: { $0.service == service.name && $0.restarts }) else { continue }
            for case .keep(let container) in outcomes[dependent] ?? [] where container.isActive {
                let lasting = project.service(dependent).flatMap { lastingParent(of: $0, container) }
                guard lasting != service.name else { continue }
                steps.insert(stop(container, because: "\(service.name) is recreated"))
            }
        }
        return steps
    }

    /// The steps without which a service's container cannot be made.
    func needs(of service: Service) -> [Int] {
        let image = ([project.imageName(of: service)] + service.furtherImages).compactMap { imageSteps[$0] }
        let networks = service.networks.compactMap { project.network($0.network)?.name }
        let volumes = service.mounts.compactMap { mount -> String? in
            guard case .volume(let key?, _, _, _) = mount.kind else { return nil }
            return project.volume(key)?.name
        }
        let parents = project.parents(of: service).flatMap { creations[$0] ?? [] }
        return image + (networks + volumes).compactMap { resourceSteps[$0] } + parents
    }

    private func request(_ service: Service, number: Int, name: String) throws(PlanError) -> ContainerRequest {
        try ContainerRequest(
            service,
            of: project,
            identity: ContainerIdentity(id: identifiers(), name: name),
            role: .replica(number: number),
            containerOf: { container(of: $0) }
        )
    }

    /// The container that stands for a service whose namespaces or volumes others share.
    private func container(of service: String) -> String? {
        replicas[service]?.first?.identity.id ?? view.replicas(of: service).first?.id
    }
}
