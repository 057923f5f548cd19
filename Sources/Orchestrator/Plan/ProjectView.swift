import ComposeSpec

/// What the commands need to know of a project, from its files if there are any and from its containers otherwise.
struct ProjectView {
    var project: Project?
    var observed: Observation
    var graph: ServiceGraph

    init(project: Project?, observed: Observation) {
        self.project = project
        self.observed = observed
        graph = project.map { ServiceGraph($0) } ?? ServiceGraph(labelsOf: observed.containers)
    }

    /// The services there are, by name.
    var services: [String] {
        guard let project else { return Set(observed.containers.map(\.service)).sorted() }
        return project.services.map(\.name).sorted()
    }

    /// The services asked for, all if none are named.
    func selection(_ names: [String]) throws(PlanError) -> Set<String> {
        let known = Set(services)
        for name in names where !known.contains(name) { throw .noSuchService(name) }
        return names.isEmpty ? known : Set(names)
    }

    /// The replicas of a service, lowest number first; no one-off ones.
    func replicas(of service: String) -> [ObservedContainer] {
        observed.containers
            .filter { $0.service == service && !$0.isOneOff }
            .sorted { ($0.number, $0.name) < ($1.number, $1.name) }
    }

    /// The containers that hooks of a service left, since they failed.
    func hookContainers(of service: String) -> [ObservedContainer] {
        observed.containers.filter { $0.service == service && $0.isHook }.sorted { $0.name < $1.name }
    }

    /// Containers of services that the files do not have, by name. None without files.
    var orphans: [ObservedContainer] {
        guard let project else { return [] }
        let known = Set((project.services + project.disabledServices).map(\.name))
        return observed.containers
            .filter { known.contains($0.service) ? $0.isOneOff && !$0.isActive : true }
            .sorted { $0.name < $1.name }
    }

    func preStop(_ service: String) -> [Hook] {
        project?.service(service)?.preStop.map { Hook(.preStop, $0) } ?? []
    }

    func postStart(_ service: String) -> [Hook] {
        project?.service(service)?.postStart.map { Hook(.postStart, $0) } ?? []
    }
}
