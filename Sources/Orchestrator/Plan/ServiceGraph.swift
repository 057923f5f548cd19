import ComposeSpec

/// Which service depends on which, and how.
///
/// It comes from a project's files or, where there are none, from the labels of its containers.
struct ServiceGraph: Hashable, Sendable {
    /// One service's need of another.
    struct Dependency: Hashable, Sendable {
        enum Condition: String, Hashable, Sendable {
            case started = "service_started"
            case healthy = "service_healthy"
            case completed = "service_completed_successfully"
        }

        var service: String
        var condition: Condition = .started
        /// Whether the one who depends is stopped and started with the other.
        var restarts = false
        /// Whether it can do without.
        var isRequired = true
    }

    /// What each service depends on, by service.
    private(set) var dependencies: [String: [Dependency]]

    init(dependencies: [String: [Dependency]]) {
        self.dependencies = dependencies
    }

    /// Reads the graph off the containers' labels: `depends_on` is `service:condition:restart`, separated by commas.
    init(labelsOf containers: [ObservedContainer]) {
        dependencies = [:]
        for container in containers {
            let label = container.labels[ControlLabel.dependsOn] ?? ""
            dependencies[container.service] = label.split(separator: ",").map { Dependency(label: $0) }
        }
    }

    func dependencies(of service: String) -> [Dependency] { dependencies[service] ?? [] }

    /// The services that depend on this one, by name.
    func dependents(of service: String) -> [String] {
        dependencies.keys.filter { dependencies(of: $0).contains { $0.service == service } }.sorted()
    }

    /// These services and all that they depend on, directly or not.
    func closure(of services: [String]) -> Set<String> {
        reachable(from: services) { dependencies(of: $0).map(\.service) }
    }

    /// These services and all that depend on them, directly or not.
    func dependentClosure(of services: [String]) -> Set<String> {
        reachable(from: services, by: dependents(of:))
    }

    private func reachable(from services: [String], by next: (String) -> [String]) -> Set<String> {
        var found = Set(services)
        var open = services
        while let service = open.popLast() {
            for neighbour in next(service) where found.insert(neighbour).inserted { open.append(neighbour) }
        }
        return found
    }

    /// These services, each after those that it depends on; by name where that leaves a choice.
    func order(_ services: some Sequence<String>) -> [String] {
        let wanted = services.sorted()
        var placed: Set<String> = []
        var order: [String] = []
        func place(_ service: String) {
            guard placed.insert(service).inserted else { return }
            for dependency in dependencies(of: service).map(\.service).sorted() { place(dependency) }
            order.append(service)
        }
        wanted.forEach(place)
        let included = Set(wanted)
        return order.filter(included.contains)
    }
}

extension ServiceGraph.Dependency {
    /// Reads `service:condition:restart`.
    init(label: Substring) {
        let parts = label.split(separator: ":", omittingEmptySubsequences: false)
        service = String(parts.first ?? "")
        if parts.count > 1 { condition = Condition(rawValue: String(parts[1])) ?? .started }
        restarts = parts.count > 2 && parts[2] == "true"
    }

    /// The dependency as a label says it.
    var label: String { "\(service):\(condition.rawValue):\(restarts)" }
}
