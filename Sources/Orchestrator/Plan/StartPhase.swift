/// One container that a plan deals with: it is to run, and may have to be made or started first.
struct Replica: Hashable, Sendable {
    var identity: ContainerIdentity
    var service: String
    /// What was found of it; nil for one that the plan makes.
    var observed: ObservedContainer?
    /// The steps after which it can be started.
    var ready: Set<Int> = []
    /// The steps after which it runs; empty if it does already.
    var started: Set<Int> = []

    /// Whether it ran and the plan stops it on the way.
    var isInterrupted = false

    /// Whether the plan starts it.
    var isStarted: Bool {
        guard let observed, !isInterrupted else { return true }
        return observed.status != .running && observed.status != .restarting
    }
}

/// Starts containers in the order of their services, each after the conditions that its service sets.
struct StartPhase {
    var plan: Plan
    let view: ProjectView
    /// The containers of each service.
    var replicas: [String: [Replica]]
    /// Seconds that a wait may take.
    let timeout: Int?
    /// Awaiting steps by what they await, so that two dependents wait once.
    private var awaits: [Await: Int] = [:]

    init(plan: Plan, view: ProjectView, replicas: [String: [Replica]], timeout: Int?) {
        self.plan = plan
        self.view = view
        self.replicas = replicas
        self.timeout = timeout
    }

    mutating func start() throws(PlanError) {
        for service in view.graph.order(replicas.keys) {
            guard let own = replicas[service] else { continue }
            var conditions: Set<Int>?
            var done: [Replica] = []
            for replica in own {
                guard replica.isStarted else {
                    plan.settled.append(Event(.container(replica.identity.name), .running))
                    done.append(replica)
                    continue
                }
                if conditions == nil { conditions = try addPreStart(of: service, after: addConditions(of: service)) }
                done.append(start(replica, after: conditions ?? []))
            }
            replicas[service] = done
        }
    }

    private mutating func start(_ replica: Replica, after conditions: Set<Int>) -> Replica {
        var replica = replica
        let before = replica.ready.union(conditions)
        if replica.observed?.status == .paused, !replica.isInterrupted {
            replica.started = [plan.add(.resumeContainer(replica.identity), after: before, because: "paused")]
            return replica
        }
        let start = plan.add(.startContainer(replica.identity), after: before, because: replica.cause)
        let hooks = view.postStart(replica.service)
        replica.started = plan.addHooks(hooks, in: replica.identity, after: [start], because: "started")
        return replica
    }

    /// The steps after which the dependencies of a service are as it wants them.
    mutating func addConditions(of service: String) -> Set<Int> {
        var steps: Set<Int> = []
        for dependency in view.graph.dependencies(of: service) {
            for replica in replicas[dependency.service] ?? [] {
                switch dependency.condition {
                case .started: steps.formUnion(replica.started)
                case .healthy:
                    steps.formUnion(add(.healthy, of: replica, for: service, isRequired: dependency.isRequired))
                case .completed:
                    steps.formUnion(add(.completed, of: replica, for: service, isRequired: dependency.isRequired))
                }
            }
        }
        return steps
    }

    /// Waits until everything is running or healthy, or has done what others needed it to complete.
    mutating func awaitAll() {
        for service in view.graph.order(replicas.keys) {
            let dependents = view.graph.dependents(of: service)
            let isJob = dependents.contains { dependent in
                view.graph.dependencies(of: dependent).contains { $0.service == service && $0.condition == .completed }
            }
            for replica in replicas[service] ?? [] {
                add(isJob ? .completed : .runningOrHealthy, of: replica, for: nil, isRequired: true)
            }
        }
    }

    @discardableResult
    private mutating func add(
        _ condition: Await.Condition,
        of replica: Replica,
        for dependent: String?,
        isRequired: Bool
    ) -> Set<Int> {
        if replica.started.isEmpty, replica.observed?.satisfies(condition) ?? false { return [] }
        let wish = Await(
            replica.identity,
            of: replica.service,
            condition,
            isRequired: isRequired,
            timeout: timeout
        )
        if let step = awaits[wish] { return [step] }
        let cause = dependent.map { "\($0) depends on it" } ?? "--wait"
        let step = plan.add(.awaitContainer(wish), after: replica.started, because: cause)
        awaits[wish] = step
        return [step]
    }
}

extension Replica {
    /// Why it has to be started.
    fileprivate var cause: String {
        guard !isInterrupted else { return "stopped" }
        return switch observed?.status {
        case nil, .created: "created"
        case .exited(let code): "exited (\(code))"
        case .lost: "lost"
        case .running, .paused, .restarting: "stopped"
        }
    }
}

extension ObservedContainer {
    /// Whether it is in this state already, as far as can be known without waiting.
    fileprivate func satisfies(_ condition: Await.Condition) -> Bool {
        switch condition {
        case .healthy: status == .running && health == .healthy
        case .completed: status == .exited(code: 0)
        case .runningOrHealthy: status == .running && (health == nil || health == .healthy)
        }
    }
}
