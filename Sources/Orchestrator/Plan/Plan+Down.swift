public import ComposeSpec

extension Plan {
    /// `down`: stops and removes containers, those that depend on others first, then the networks and, if asked for, images
    /// and volumes.
    ///
    /// Services that are named take along those that depend on them. Without a project, its containers' labels say what there
    /// is.
    public init(down observed: Observation, project: Project? = nil, options: DownOptions = DownOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        let named = try view.selection(options.services)
        let selected = options.services.isEmpty ? named : view.graph.dependentClosure(of: named.sorted())
        var gone = addRemovals(view, selected, options)
        if options.services.isEmpty, options.removesOrphans { gone.formUnion(addOrphanRemovals(view, options)) }
        let leftovers = DownResources(view: view, selected: selected, options: options)
        for network in leftovers.networks {
            let users = removals(in: observed) { $0.networks.contains(network) }
            add(.removeNetwork(name: network), after: users, because: "down")
        }
        for volume in leftovers.volumes {
            let users = removals(in: observed) { $0.volumes.contains { $0.volume == volume } }
            add(.removeVolume(name: volume), after: users, because: "--volumes")
        }
        for image in leftovers.images {
            add(.removeImage(reference: image), after: gone, because: "--rmi")
        }
    }

    private mutating func addRemovals(_ view: ProjectView, _ selected: Set<String>, _ options: DownOptions) -> Set<Int>
    {
        let done = walk(view.graph.order(view.services).reversed(), each: view.graph.dependents) {
            plan,
            service,
            before in
            guard selected.contains(service) else { return [] }
            return Set(
                (view.replicas(of: service) + view.hookContainers(of: service)).map { container in
                    plan.addRemoval(
                        container,
                        hooks: view.preStop(service),
                        timeout: options.timeout,
                        withAnonymousVolumes: options.removesVolumes,
                        after: before,
                        because: "down"
                    )
                }
            )
        }
        return done.values.reduce(into: []) { $0.formUnion($1) }
    }

    /// Orphans and one-off containers.
    private mutating func addOrphanRemovals(_ view: ProjectView, _ options: DownOptions) -> Set<Int> {
        let removed = removedContainers
        let rest = view.observed.containers.filter { !removed.contains($0.id) }.sorted { $0.name < $1.name }
        return Set(
            rest.map { container in
                addRemoval(
                    container,
                    timeout: options.timeout,
                    withAnonymousVolumes: options.removesVolumes,
                    because: "orphan"
                )
            }
        )
    }

    /// The identifiers of the containers that the plan removes.
    private var removedContainers: Set<String> {
        Set(
            steps.compactMap { step in
                guard case .removeContainer(let container, _) = step.action else { return nil }
                return container.id
            }
        )
    }

    /// The steps that remove the containers for which `isUser` holds.
    private func removals(in observed: Observation, of isUser: (ObservedContainer) -> Bool) -> [Int] {
        let users = Set(observed.containers.filter(isUser).map(\.id))
        return steps.compactMap { step in
            guard case .removeContainer(let container, _) = step.action, users.contains(container.id) else {
                return nil
            }
            return step.number
        }
    }
}

/// What `down` removes besides containers.
private struct DownResources {
    let view: ProjectView
    let selected: Set<String>
    let options: DownOptions

    private var services: [Service] { view.project?.services.filter { selected.contains($0.name) } ?? [] }

    /// Networks of ours that are there; with services named, those that only they are on.
    var networks: [String] {
        let ours = view.observed.networks.values
            .filter { $0.labels[ControlLabel.project] == view.observed.project }
            .map(\.name)
            .sorted()
        guard !options.services.isEmpty else { return ours }
        let others = view.observed.containers.filter { !selected.contains($0.service) }.flatMap(\.networks)
        let own = view.observed.containers.filter { selected.contains($0.service) }.flatMap(\.networks)
        return ours.filter { own.contains($0) && !others.contains($0) }
    }

    /// Declared volumes that are there and not somebody else's.
    var volumes: [String] {
        guard options.removesVolumes else { return [] }
        guard let project = view.project else {
            return view.observed.volumes.values
                .filter { $0.labels[ControlLabel.project] == view.observed.project }
                .map(\.name)
                .sorted()
        }
        let used = services.flatMap(\.mounts).compactMap { mount -> String? in
            guard case .volume(let key?, _, _, _) = mount.kind else { return nil }
            return key
        }
        return project.volumes
            .filter { !$0.isExternal && (options.services.isEmpty || used.contains($0.key)) }
            .map(\.name)
            .filter { view.observed.volumes[$0] != nil }
            .sorted()
    }

    var images: [String] {
        guard let kind = options.images, let project = view.project else { return [] }
        let names =
            services
            .filter { kind == .all || $0.image == nil }
            .map(project.imageName)
        return Set(names).filter { view.observed.images[$0] != nil }.sorted()
    }
}
