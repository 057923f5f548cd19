public import ComposeSpec

extension Plan {
    /// `start`: starts the containers that are there, in the order of their dependencies.
    public init(start observed: Observation, project: Project? = nil, options: StartOptions = StartOptions())
        throws(PlanError)
    {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        let selected = try view.selection(options.services)
        var replicas: [String: [Replica]] = [:]
        for service in view.graph.order(selected) {
            let found = view.replicas(of: service)
            let wanted = project?.service(service).map { $0.provider == nil ? $0.replicas : 0 } ?? 1
            guard !found.isEmpty || wanted == 0 else { throw .noContainer(service: service) }
            replicas[service] = found.map { Replica(identity: $0.identity, service: service, observed: $0) }
        }
        var phase = StartPhase(plan: self, view: view, replicas: replicas, timeout: options.waitTimeout)
        try phase.start()
        if options.waits { phase.awaitAll() }
        self = phase.plan
    }
}
