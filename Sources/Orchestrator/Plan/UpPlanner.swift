public import ComposeSpec
public import Linux

extension Plan {
    /// `up`, `create`, `scale`: what has to change so that the project runs as its files say.
    ///
    /// Nothing is planned for what is as it should be, so that planning again after the plan ran gives an empty plan.
    ///
    /// - Parameter identifiers: gives each new container its identifier.
    public init(
        up project: Project,
        observed: Observation,
        options: UpOptions = UpOptions(),
        identifiers: @escaping () -> String = { RandomName.hexadecimal() }
    ) throws(PlanError) {
        var planner = try UpPlanner(project: project, observed: observed, options: options, identifiers: identifiers)
        try planner.make()
        self = planner.plan
    }
}

/// Works out the plan of `up`, one part after the other: images, networks, volumes, containers, starts.
struct UpPlanner {
    let project: Project
    let options: UpOptions
    let identifiers: () -> String
    let view: ProjectView
    /// The services that were asked for by name, or all.
    let named: Set<String>
    /// The services that are dealt with, dependencies first.
    let services: [Service]

    var plan = Plan()
    /// The steps after which an image is there, by its name.
    var imageSteps: [String: Int] = [:]
    /// The steps after which a network or volume is there, by its name.
    var resourceSteps: [String: Int] = [:]
    /// Steps that stop or remove containers on the way to something else, by container.
    var stops: [String: Int] = [:]
    var removals: [String: Int] = [:]
    /// Steps that free names, ports and addresses before anything is started.
    var clearances: Set<Int> = []
    var outcomes: [String: [Outcome]] = [:]
    var replicas: [String: [Replica]] = [:]
    /// The steps that make a service's containers.
    var creations: [String: Set<Int>] = [:]

    var observed: Observation { view.observed }

    init(project: Project, observed: Observation, options: UpOptions, identifiers: @escaping () -> String)
        throws(PlanError)
    {
        self.project = project
        self.options = options
        self.identifiers = identifiers
        view = ProjectView(project: project, observed: observed)
        named = try view.selection(options.services)
        let wanted = options.ignoresDependencies ? named : view.graph.closure(of: named.sorted())
        services = view.graph.order(wanted).compactMap(project.service)
    }

    mutating func make() throws(PlanError) {
        try checkDependencies()
        try addImages()
        guard !plan.isProvisional else { return }
        try prepare()
        guard options.starts else { return }
        var phase = startPhase()
        try phase.start()
        if options.waits { phase.awaitAll() }
        plan = phase.plan
    }

    /// Plans everything that comes before the first start.
    ///
    /// - Parameter absent: a service whose own containers are left alone.
    mutating func prepare(without absent: String? = nil) throws(PlanError) {
        addOrphans()
        try addNetworks()
        try addVolumes()
        for service in services where service.name != absent { outcomes[service.name] = try decide(service) }
        for service in services where service.name != absent { try addContainers(of: service) }
    }

    private func checkDependencies() throws(PlanError) {
        for service in services {
            for (name, dependency) in service.dependencies where dependency.isRequired && project.service(name) == nil {
                guard !options.ignoresDependencies else { continue }
                let disabled = project.disabledServices.first { $0.name == name }
                guard let disabled else { throw .missingDependency(service: service.name, dependency: name) }
                throw .disabledDependency(service: service.name, dependency: name, profiles: disabled.profiles)
            }
        }
    }

    private mutating func addOrphans() {
        let orphans = view.orphans
        guard !orphans.isEmpty else { return }
        guard options.removesOrphans else {
            if !options.ignoresOrphans { plan.warnings.append(Self.warning(orphans)) }
            return
        }
        for orphan in orphans {
            clearances.insert(plan.addRemoval(orphan, timeout: options.stopTimeout, because: "orphan"))
        }
    }

    private static func warning(_ orphans: [ObservedContainer]) -> String {
        let names = orphans.map(\.name).joined(separator: " ")
        return "Found orphan containers ([\(names)]) for this project. If you removed or renamed this service in your "
            + "compose file, you can run this command with the --remove-orphans flag to clean it up."
    }

    /// The phase that starts what has been prepared, once names, ports and addresses are free.
    func startPhase() -> StartPhase {
        let cleared = replicas.mapValues { own in
            own.map { replica in
                var replica = replica
                replica.ready.formUnion(clearances)
                return replica
            }
        }
        return StartPhase(plan: plan, view: view, replicas: cleared, timeout: options.waitTimeout)
    }
}
