import Builder
import Containers

/// Runs a plan: each step on a thread of its own, as soon as its predecessors have succeeded.
///
/// It decides nothing. When a step fails, steps that run are let finish (those that only wait give up), no further step is
/// started, and the failure is thrown; what was done until then stays, and planning again goes on from there.
public struct Executor: Sendable {
    private let engine: any Engine
    private let report: @Sendable (Event) -> Void

    /// - Parameter report: takes what happens while it happens, from any thread.
    public init(engine: some Engine, report: @escaping @Sendable (Event) -> Void) {
        self.engine = engine
        self.report = report
    }

    /// Runs the plan to its end.
    ///
    /// - Throws: ``StepFailure`` for the first step that failed, ``Cancelled`` if the task was cancelled.
    public func run(_ plan: Plan) async throws {
        plan.settled.forEach(report)
        let cancellation = Cancellation()
        try await withTaskCancellationHandler {
            try await run(plan, cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func run(_ plan: Plan, _ cancellation: Cancellation) async throws {
        var progress = Progress(of: plan, imageLimit: engine.imageLimit)
        let failure = await withTaskGroup(of: (Int, StepFailure?).self) { group in
            var failure: StepFailure?
            for step in progress.takeReady() { group.addTask { await perform(step, cancellation) } }
            while let (number, problem) = await group.next() {
                if let problem {
                    failure = failure ?? problem
                    cancellation.cancel()
                    continue
                }
                guard failure == nil, !cancellation.isCancelled else { continue }
                progress.finish(number)
                for step in progress.takeReady() { group.addTask { await perform(step, cancellation) } }
            }
            return failure
        }
        if let failure { throw failure.isCancellation ? Cancelled() as any Error : failure }
        guard progress.isFinished else { throw Cancelled() }
    }

    private func perform(_ step: Plan.Step, _ cancellation: Cancellation) async -> (Int, StepFailure?) {
        if let begin = step.begin { report(begin) }
        do {
            let end = try await onOwnThread { [engine, report] in
                try engine.perform(step.action, cancellation: cancellation, progress: report)
            }
            if let end = end ?? step.end { report(end) }
            return (step.number, nil)
        } catch {
            let failure = StepFailure(step: step, error: error)
            if let resource = step.action.resource, !failure.isCancellation {
                report(Event(resource, .error, details: "\(error)"))
            }
            return (step.number, failure)
        }
    }
}

/// Which steps of a plan can go now.
private struct Progress {
    private let steps: [Plan.Step]
    private var successors: [Int: [Int]] = [:]
    private var missing: [Int: Int] = [:]
    private var ready: [Int] = []
    private var finished = 0
    /// How many images may be worked on, and how many are.
    private let imageLimit: Int
    private var images = 0

    init(of plan: Plan, imageLimit: Int?) {
        steps = plan.steps
        self.imageLimit = imageLimit ?? .max
        for step in steps {
            missing[step.number] = step.predecessors.count
            for predecessor in step.predecessors { successors[predecessor, default: []].append(step.number) }
            if step.predecessors.isEmpty { ready.append(step.number) }
        }
    }

    var isFinished: Bool { finished == steps.count }

    mutating func takeReady() -> [Plan.Step] {
        var taken: [Plan.Step] = []
        var left: [Int] = []
        for number in ready {
            let step = steps[number - 1]
            guard !step.action.bringsImage || images < imageLimit else {
                left.append(number)
                continue
            }
            if step.action.bringsImage { images += 1 }
            taken.append(step)
        }
        ready = left
        return taken
    }

    mutating func finish(_ number: Int) {
        finished += 1
        if steps[number - 1].action.bringsImage { images -= 1 }
        for successor in successors[number] ?? [] {
            let left = (missing[successor] ?? 1) - 1
            missing[successor] = left
            if left == 0 { ready.append(successor) }
        }
    }
}

/// The step that failed, and why.
public struct StepFailure: Error, Sendable {
    /// The step that failed.
    public let step: Plan.Step
    /// Why, in the words of the module that did the work.
    public let error: any Error

    /// A step that failed.
    public init(step: Plan.Step, error: any Error) {
        self.step = step
        self.error = error
    }

    var isCancellation: Bool { error is Cancelled }
}

extension StepFailure: CustomStringConvertible {
    /// The failure with what was being done, such as `cannot start shop-web-1: …`.
    public var description: String {
        guard let attempt = step.action.attempt(failedWith: error) else { return "\(error)" }
        return "cannot \(attempt): \(error)"
    }
}

extension Action {
    /// Whether an image comes of it here or elsewhere, which is what `--parallel` is about.
    fileprivate var bringsImage: Bool {
        switch self {
        case .pullImage, .buildImage, .pullOrBuildImage, .pushImage: true
        default: false
        }
    }

    /// What is being tried, if the error does not say that by itself.
    fileprivate func attempt(failedWith error: any Error) -> String? {
        if case .cannotStart? = error as? ContainerError { return nil }
        return switch self {
        case .buildImage(let build): "build \(build.target)"
        case .pullOrBuildImage(_, let build) where error is BuilderError: "build \(build.target)"
        case .awaitContainer, .pullImage, .pullOrBuildImage, .pushImage, .runHook, .runContainer: nil
        case .createContainer(let request): "create \(request.replacedName ?? request.name)"
        case .startContainer(let container): "start \(container.name)"
        case .stopContainer(let container, _): "stop \(container.name)"
        case .removeContainer(let container, _): "remove \(container.name)"
        default: "\(self)"
        }
    }
}
