public import ComposeSpec
public import Containers
public import Linux

/// What `run` may be asked.
public struct RunOptions: Hashable, Sendable {
    /// The service whose container is wanted once more.
    public var service: String
    /// Nil is the service's.
    public var command: [String]?
    /// Nil is the service's. Without a command it clears that of the service.
    public var entrypoint: [String]?
    /// Over the service's.
    public var environment: [EnvironmentEntry] = []
    /// Over the service's; none of ours can be set.
    public var labels: [String: String] = [:]
    /// Nil is one of the form `<project>-<service>-run-<12 digits>`.
    public var name: String?
    /// Ports published besides; the service's own are not unless `publishesServicePorts`.
    public var ports: [PortMapping] = []
    /// Whether the service's own ports are published.
    public var publishesServicePorts = false
    /// Mounts over the service's at the same place.
    public var mounts: [MountRequest] = []
    /// Nil is the service's.
    public var user: String?
    /// Nil is the service's.
    public var workingDirectory: String?
    /// Whether it gets a terminal.
    public var hasTerminal = false
    /// Whether standard input stays open.
    public var keepsStandardInputOpen = true
    /// Whether it goes when it ends.
    public var removesItself = false
    /// Whether it answers to the service's names.
    public var usesAliases = false
    /// Over the service's.
    public var capabilitiesAdded: [String] = []
    /// Over the service's.
    public var capabilitiesDropped: [String] = []
    /// Whether what the service needs is left alone.
    public var ignoresDependencies = false
    /// Whether containers of services that the files do not have any more are removed.
    public var removesOrphans = false
    /// Whether orphans are not even mentioned.
    public var ignoresOrphans = false
    /// When images are built.
    public var building = UpOptions.Building.ifMissing
    /// Overrules what services say.
    public var pullPolicy: String?
    /// Whether images have been seen to already.
    public var imagesAreSettled = false

    /// One more container of a service, as the service is.
    public init(service: String) {
        self.service = service
    }
}

/// A one-off container and what has to happen before it can be started.
public struct RunPlan: Hashable, Sendable {
    /// Everything up to the start, which is left to whoever attaches to the container.
    public var plan: Plan
    /// The container that the plan makes.
    public var container: ContainerIdentity
}

extension RunPlan {
    /// `run`: a container besides the replicas of a service, for one command; what the service depends on is brought up first.
    public init(
        _ project: Project,
        observed: Observation,
        options: RunOptions,
        identifiers: @escaping () -> String = { RandomName.hexadecimal() }
    ) throws(PlanError) {
        guard let service = project.service(options.service) else { throw .noSuchService(options.service) }
        var planner = try UpPlanner(
            project: project.preparing(service, options),
            observed: observed,
            options: UpOptions(options),
            identifiers: identifiers
        )
        let id = identifiers()
        let name = options.name ?? project.joined(service.name, "run", String(id.prefix(12)))
        container = ContainerIdentity(id: id, name: name)
        try planner.makeOneOff(container, of: service, slug: identifiers(), options)
        plan = planner.plan
    }
}

extension UpOptions {
    fileprivate init(_ options: RunOptions) {
        services = [options.service]
        ignoresDependencies = options.ignoresDependencies
        removesOrphans = options.removesOrphans
        ignoresOrphans = options.ignoresOrphans
        building = options.building
        pullPolicy = options.pullPolicy
        imagesAreSettled = options.imagesAreSettled
        // What is there already is good enough to run beside.
        recreation = .never
    }
}

extension Project {
    /// The project in which the service itself has no replicas to be made: only what it needs is.
    fileprivate func preparing(_ service: Service, _ options: RunOptions) -> Project {
        var project = self
        if options.ignoresDependencies, let index = project.services.firstIndex(where: { $0.name == service.name }) {
            project.services[index].dependencies = [:]
        }
        return project
    }
}

extension UpPlanner {
    /// Plans what a one-off container needs, and the container; not its start.
    fileprivate mutating func makeOneOff(
        _ container: ContainerIdentity,
        of service: Service,
        slug: String,
        _ options: RunOptions
    ) throws(PlanError) {
        try addImages()
        guard !plan.isProvisional else { return }
        try prepare(without: service.name)
        let role = ContainerRequest.Role.oneOff(
            slug: slug,
            usesAliases: options.usesAliases,
            publishesPorts: options.publishesServicePorts
        )
        var request = try ContainerRequest(
            service,
            of: project,
            identity: container,
            role: role,
            containerOf: { [replicas, view] name in
                replicas[name]?.first?.identity.id ?? view.replicas(of: name).first?.id
            }
        )
        request.apply(options)
        var phase = startPhase()
        try phase.start()
        let conditions = phase.addConditions(of: service.name)
        plan = phase.plan
        plan.add(.createContainer(request), after: conditions.union(needs(of: service)), because: "run")
    }
}

extension ContainerRequest {
    /// Puts the wishes of `run` over those of the service.
    fileprivate mutating func apply(_ options: RunOptions) {
        restart = .no
        removesItself = options.removesItself
        hasTerminal = options.hasTerminal
        keepsStandardInputOpen = options.keepsStandardInputOpen
        if let entrypoint = options.entrypoint {
            self.entrypoint = entrypoint
            command = options.command ?? []
        } else if let command = options.command {
            self.command = command
        }
        environment += options.environment
        labels.merge(options.labels.filter { !$0.key.hasPrefix(ControlLabel.prefix) }) { _, given in given }
        if let user = options.user { self.user = user }
        if let folder = options.workingDirectory { workingDirectory = folder }
        let targets = Set(options.mounts.map(\.target))
        mounts = mounts.filter { !targets.contains($0.target) } + options.mounts
        security.apply(added: options.capabilitiesAdded, dropped: options.capabilitiesDropped)
        if case .networks(var attachments) = network {
            attachments.ports += options.ports
            network = .networks(attachments)
        }
    }
}

extension Security {
    /// Adds and drops capabilities; what is added is no longer dropped, and the other way round.
    fileprivate mutating func apply(added: [String], dropped: [String]) {
        capabilitiesDropped = capabilitiesDropped.filter { !added.contains($0) } + dropped
        capabilitiesAdded = capabilitiesAdded.filter { !dropped.contains($0) } + added
    }
}
