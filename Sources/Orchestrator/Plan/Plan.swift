/// What has to change so that what is there becomes what was asked for: steps, their order, and why each is needed.
///
/// A plan is worked out from values alone. Identifiers and names are chosen while planning, so that no step needs another's
/// result, and the plan that is printed is the plan that runs.
public struct Plan: Hashable, Sendable {
    /// One step.
    public struct Step: Hashable, Sendable {
        /// Its number; steps count from 1 and each comes after its predecessors.
        public var number: Int
        /// The steps that must have succeeded before.
        public var predecessors: [Int]
        /// What it does.
        public var action: Action
        /// Why it is needed, in few words.
        public var cause: String
        /// What is reported when it begins.
        public var begin: Event?
        /// What is reported when it has succeeded.
        public var end: Event?
    }

    /// In the order of their numbers.
    public var steps: [Step]
    /// What is as it should be already, for those who want to show it.
    public var settled: [Event]
    /// What the user should know, though it stops nothing.
    public var warnings: [String]
    /// Whether what comes after these steps depends on what they bring: the images that they pull or build may or may not
    /// differ from those that containers run. Whoever runs such a plan observes and plans again after it.
    public var isProvisional: Bool

    /// A plan that changes nothing.
    public init() {
        steps = []
        settled = []
        warnings = []
        isProvisional = false
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { steps.isEmpty }
}

extension Plan: CustomStringConvertible {
    /// The plan as text, a line a step: `[1,2] -> #3 create container shop-web-1: not found`.
    public var description: String {
        steps.map { "\($0)" }.joined(separator: "\n")
    }
}

extension Plan.Step: CustomStringConvertible {
    /// The step on one line.
    public var description: String {
        "[\(predecessors.map(String.init).joined(separator: ","))] -> #\(number) \(action): \(cause)"
    }
}

extension Action: CustomStringConvertible {
    /// The action in the words of a plan, such as `stop container shop-web-1`.
    public var description: String {
        switch self {
        case .pullImage(let pull): "pull image \(pull.reference)"
        case .buildImage(let build): "build image \(build.image)"
        case .pullOrBuildImage(let pull, _): "pull or build image \(pull.reference)"
        case .pushImage(let push): "push image \(push.reference)"
        case .removeImage(let reference): "remove image \(reference)"
        case .createNetwork(let network): "create network \(network.name)"
        case .removeNetwork(let name): "remove network \(name)"
        case .createVolume(let volume): "create volume \(volume.name)"
        case .removeVolume(let name): "remove volume \(name)"
        case .createContainer(let request): "create container \(request.name)"
        case .startContainer(let container): "start container \(container.name)"
        case .stopContainer(let container, _): "stop container \(container.name)"
        case .killContainer(let container, let signal): "kill container \(container.name) with \(signal)"
        case .pauseContainer(let container): "pause container \(container.name)"
        case .resumeContainer(let container): "resume container \(container.name)"
        case .removeContainer(let container, _): "remove container \(container.name)"
        case .renameContainer(let container, let name): "rename container \(container.name) to \(name)"
        case .awaitContainer(let wish): "await \(wish.condition) container \(wish.container.name)"
        case .runContainer(let request): "run container \(request.name)"
        case .runHook(let container, let hook): "run \(hook.moment.rawValue) hook in container \(container.name)"
        }
    }
}

extension Await.Condition: CustomStringConvertible {
    /// The condition in the words of a plan.
    public var description: String {
        switch self {
        case .healthy: "healthy"
        case .completed: "completed"
        case .runningOrHealthy: "running or healthy"
        }
    }
}

extension Plan {
    /// Adds a step and gives its number. Predecessors are put in order, each once.
    @discardableResult
    mutating func add(_ action: Action, after predecessors: some Sequence<Int> = [], because cause: String) -> Int {
        let number = steps.count + 1
        let (begin, end) = action.events
        steps.append(
            Step(
                number: number,
                predecessors: Set(predecessors).sorted(),
                action: action,
                cause: cause,
                begin: begin,
                end: end
            )
        )
        return number
    }

    /// Has a step report something else than its action alone would.
    mutating func announce(_ number: Int, begin: Event?, end: Event?) {
        steps[number - 1].begin = begin
        steps[number - 1].end = end
    }
}
