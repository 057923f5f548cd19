public import Supervision

/// A container that is there after the machine came back, and what decides whether it is started again.
public struct ResumableContainer: Hashable, Sendable {
    /// What was seen of it.
    public var observed: ObservedContainer
    /// What is to happen when its process ends.
    public var restart: RestartPolicy
    /// Whether somebody asked for its last end.
    public var isStoppedByHand: Bool
    /// The containers that it has links to, by names or identifiers: they have to run when it starts.
    public var links: [String]

    /// A value of these parts.
    public init(
        _ observed: ObservedContainer,
        restart: RestartPolicy,
        isStoppedByHand: Bool,
        links: [String] = []
    ) {
        self.observed = observed
        self.restart = restart
        self.isStoppedByHand = isStoppedByHand
        self.links = links
    }

    func isCalled(_ reference: String) -> Bool { [observed.name, observed.id].contains(reference) }

    /// Whether it is to run again: Docker's rules for the start of its daemon.
    public var isToBeResumed: Bool {
        guard case .exited(let code) = observed.status else { return false }
        return switch restart {
        case .no: false
        case .always: true
        case .unlessStopped: !isStoppedByHand
        case .onFailure: code != 0 && !isStoppedByHand
        }
    }
}

extension Plan {
    /// `system resume`: starts what ran when the machine went down, each after what its project's services say it needs.
    ///
    /// What is not started again is not waited for: it has done what it had to do before.
    public init(resume containers: [ResumableContainer]) {
        self.init()
        var starts: [String: Int] = [:]
        // Those of no project come first: only they know others by links alone.
        let projects = Dictionary(grouping: containers) { $0.observed.labels[ControlLabel.project] ?? "" }
        for (project, members) in projects.sorted(by: { $0.key < $1.key }) {
            let graph =
                project.isEmpty ? ServiceGraph(dependencies: [:]) : ServiceGraph(labelsOf: members.map(\.observed))
            var resumption = Resumption(plan: self, graph: graph, starts: starts)
            let services = Dictionary(grouping: members.filter(\.isToBeResumed)) { $0.observed.service }
            for service in graph.order(services.keys) { resumption.start(services[service] ?? [], of: service) }
            self = resumption.plan
            starts = resumption.starts
        }
    }
}

/// The steps that bring one project back.
private struct Resumption {
    var plan: Plan
    let graph: ServiceGraph
    /// The steps that start containers, by their names and identifiers.
    var starts: [String: Int]
    /// The containers that are started, with the steps that do it, by service.
    private var started: [String: [(container: ResumableContainer, step: Int)]] = [:]

    init(plan: Plan, graph: ServiceGraph, starts: [String: Int]) {
        self.plan = plan
        self.graph = graph
        self.starts = starts
    }

    mutating func start(_ containers: [ResumableContainer], of service: String) {
        let needs = graph.dependencies(of: service).reduce(into: Set<Int>()) { $0.formUnion(wait(for: $1)) }
        for container in Self.inOrderOfLinks(containers.sorted { $0.observed.name < $1.observed.name }) {
            let linked = container.links.compactMap { starts[$0] }
            let step = plan.add(
                .startContainer(container.observed.identity),
                after: needs.union(linked),
                because: "ran before"
            )
            for key in [container.observed.name, container.observed.id] { starts[key] = step }
            if !service.isEmpty { started[service, default: []].append((container, step)) }
        }
    }

    /// Those that others have links to before them.
    private static func inOrderOfLinks(_ containers: [ResumableContainer]) -> [ResumableContainer] {
        var ordered: [ResumableContainer] = []
        var seen: Set<String> = []
        func visit(_ container: ResumableContainer) {
            guard seen.insert(container.observed.id).inserted else { return }
            for other in containers where container.links.contains(where: other.isCalled) { visit(other) }
            ordered.append(container)
        }
        for container in containers { visit(container) }
        return ordered
    }

    /// The steps after which a dependency is as it is wanted.
    private mutating func wait(for dependency: ServiceGraph.Dependency) -> Set<Int> {
        var steps: Set<Int> = []
        for (container, step) in started[dependency.service] ?? [] {
            guard let condition = condition(dependency.condition, container) else {
                steps.insert(step)
                continue
            }
            let wish = Await(
                container.observed.identity,
                of: dependency.service,
                condition,
                isRequired: false
            )
            steps.insert(plan.add(.awaitContainer(wish), after: [step], because: "needed"))
        }
        return steps
    }

    /// What is waited for besides the start. What its policy starts again and again never completes.
    private func condition(
        _ condition: ServiceGraph.Dependency.Condition,
        _ container: ResumableContainer
    ) -> Await.Condition? {
        switch (condition, container.restart) {
        case (.healthy, _): .healthy
        case (.completed, .onFailure): .completed
        default: nil
        }
    }
}
