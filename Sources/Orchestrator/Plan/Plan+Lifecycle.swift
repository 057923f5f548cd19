public import ComposeSpec

extension Plan {
    /// `stop`: those that depend on others first. Containers stay.
    public init(stop observed: Observation, project: Project? = nil, options: StopOptions = StopOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        let selected = try view.selection(options.services)
        walk(view.graph.order(view.services).reversed(), each: view.graph.dependents) { plan, service, before in
            guard selected.contains(service) else { return [] }
            return Set(
                view.replicas(of: service).filter(\.isActive).map { container in
                    plan.addStop(
                        container,
                        hooks: view.preStop(service),
                        timeout: options.timeout,
                        after: before,
                        because: "stop"
                    )
                }
            )
        }
    }

    /// `restart`: each container stops and starts again as it is; no file is looked at. Dependencies come first, and
    /// services that say `restart: true` of one that is named go along.
    public init(restart observed: Observation, project: Project? = nil, options: StopOptions = StopOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        var selected = try view.selection(options.services)
        if !options.ignoresDependencies { selected.formUnion(view.graph.restarting(with: selected)) }
        walk(view.graph.order(view.services), each: view.graph.dependencyNames) { plan, service, before in
            guard selected.contains(service) else { return [] }
            return view.replicas(of: service).reduce(into: []) { done, container in
                let last = plan.addRestart(container, view: view, timeout: options.timeout, after: before)
                done.formUnion(last)
            }
        }
    }

    private mutating func addRestart(
        _ container: ObservedContainer,
        view: ProjectView,
        timeout: Int?,
        after before: Set<Int>
    ) -> Set<Int> {
        var ready = before
        let name = Event.Resource.container(container.name)
        if container.isActive {
            let hooks = view.preStop(container.service)
            let stop = addStop(container, hooks: hooks, timeout: timeout, after: before, because: "restart")
            announce(stop, begin: Event(name, .restarting), end: nil)
            ready = [stop]
        }
        let start = add(.startContainer(container.identity), after: ready, because: "restart")
        announce(start, begin: ready == before ? Event(name, .restarting) : nil, end: Event(name, .started))
        return addHooks(
            view.postStart(container.service),
            in: container.identity,
            after: [start],
            because: "started"
        )
    }

    /// `kill`: all at once, one-off containers too.
    public init(kill observed: Observation, project: Project? = nil, options: KillOptions = KillOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        let selected = try view.selection(options.services)
        let orphans = options.removesOrphans && options.services.isEmpty ? Set(view.orphans.map(\.id)) : []
        let containers = observed.containers.sorted { $0.name < $1.name }
        for container in containers where container.isActive {
            guard selected.contains(container.service) || orphans.contains(container.id) else { continue }
            add(.killContainer(container.identity, signal: options.signal), because: "kill")
        }
    }

    /// `pause`: freezes what runs.
    public init(pause observed: Observation, project: Project? = nil, services: [String] = []) throws(PlanError) {
        self.init()
        try addToReplicas(ProjectView(project: project, observed: observed), services, status: .running) { container in
            (.pauseContainer(container), "pause")
        }
    }

    /// `unpause`: thaws what is frozen.
    public init(unpause observed: Observation, project: Project? = nil, services: [String] = []) throws(PlanError) {
        self.init()
        try addToReplicas(ProjectView(project: project, observed: observed), services, status: .paused) { container in
            (.resumeContainer(container), "unpause")
        }
    }

    private mutating func addToReplicas(
        _ view: ProjectView,
        _ services: [String],
        status: ObservedContainer.Status,
        _ action: (ContainerIdentity) -> (Action, String)
    ) throws(PlanError) {
        for service in try view.selection(services).sorted() {
            for container in view.replicas(of: service) where container.status == status {
                let (step, cause) = action(container.identity)
                add(step, because: cause)
            }
        }
    }

    /// `rm`: removes what does not run, or everything once it is stopped.
    public init(remove observed: Observation, project: Project? = nil, options: RemoveOptions = RemoveOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        let selected = try view.selection(options.services)
        walk(view.graph.order(view.services).reversed(), each: view.graph.dependents) { plan, service, before in
            guard selected.contains(service) else { return [] }
            return Set(
                view.replicas(of: service).filter { options.stops || !$0.isActive }.map { container in
                    plan.addRemoval(
                        container,
                        hooks: view.preStop(service),
                        timeout: nil,
                        withAnonymousVolumes: options.removesAnonymousVolumes,
                        after: before,
                        because: "rm"
                    )
                }
            )
        }
    }
}

extension ServiceGraph {
    /// The names of what a service depends on.
    func dependencyNames(_ service: String) -> [String] { dependencies(of: service).map(\.service) }

    /// The services that are to be restarted when any of these is, directly or not.
    func restarting(with services: Set<String>) -> Set<String> {
        var found: Set<String> = []
        var open = Array(services)
        while let service = open.popLast() {
            for dependent in dependents(of: service) where !services.contains(dependent) {
                guard dependencies(of: dependent).contains(where: { $0.service == service && $0.restarts }) else {
                    continue
                }
                if found.insert(dependent).inserted { open.append(dependent) }
            }
        }
        return found
    }
}
