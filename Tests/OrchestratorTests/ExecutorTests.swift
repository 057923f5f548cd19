import Glibc
import Linux
import Synchronization
import Testing

@testable import Orchestrator

@Suite struct ExecutorTests {
    @Test func `runs each step after its predecessors`() async throws {
        var plan = Plan()
        let one = plan.add(.removeNetwork(name: "1"), because: "")
        let two = plan.add(.removeNetwork(name: "2"), after: [one], because: "")
        let three = plan.add(.removeNetwork(name: "3"), after: [one], because: "")
        plan.add(.removeNetwork(name: "4"), after: [two, three], because: "")
        let engine = Recorder()
        try await Executor(engine: engine) { _ in }.run(plan)
        let order = engine.performed
        #expect(order.first == "remove network 1")
        #expect(Set(order[1...2]) == ["remove network 2", "remove network 3"])
        #expect(order.last == "remove network 4")
    }

    @Test func `runs independent steps at the same time, however many they are`() async throws {
        var plan = Plan()
        for number in 1...16 { plan.add(.removeNetwork(name: "\(number)"), because: "") }
        let engine = Meeting(of: 16)
        try await Executor(engine: engine) { _ in }.run(plan)
        #expect(engine.present == 16)
    }

    @Test func `works on as many images at once as are allowed, and on all else besides`() async throws {
        var plan = Plan()
        for number in 1...9 {
            plan.add(.pushImage(ImagePush(reference: "image-\(number)", isOptional: false)), because: "")
        }
        for number in 1...4 { plan.add(.removeNetwork(name: "\(number)"), because: "") }
        let engine = Turnstile()
        try await Executor(engine: engine) { _ in }.run(plan)
        #expect(engine.mostImages == 3)
        #expect(engine.performed == 13)
    }

    @Test func `starts nothing more after a failure and names the step`() async throws {
        var plan = Plan()
        let one = plan.add(.startContainer(ContainerIdentity(id: "1", name: "db")), because: "")
        plan.add(.removeNetwork(name: "2"), after: [one], because: "")
        let engine = Recorder(failing: ["start container db": "no such file"])
        let events = Events()
        let failure = await #expect(throws: StepFailure.self) {
            try await Executor(engine: engine, report: events.add).run(plan)
        }
        #expect(failure?.description == "cannot start db: no such file")
        #expect(failure?.step.number == 1)
        #expect(engine.performed == ["start container db"])
        #expect(events.all == ["Container db Starting", "Container db Error no such file"])
    }

    @Test func `reports what is settled, begins and ends`() async throws {
        var plan = Plan()
        plan.settled = [Event(.container("db"), .running)]
        plan.add(.removeNetwork(name: "front"), because: "")
        plan.add(.removeVolume(name: "data"), after: [1], because: "")
        let events = Events()
        let engine = Recorder(ending: ["remove volume data": Event(.volume("data"), .inUse)])
        try await Executor(engine: engine, report: events.add).run(plan)
        #expect(
            events.all == [
                "Container db Running", "Network front Removing", "Network front Removed",
                "Volume data Removing", "Volume data Resource is still in use",
            ]
        )
    }

    @Test func `gives up waiting when another step fails`() async throws {
        var plan = Plan()
        let wish = Await(ContainerIdentity(id: "1", name: "db"), of: "db", .healthy)
        plan.add(.awaitContainer(wish), because: "")
        plan.add(.removeNetwork(name: "front"), because: "")
        let failure = await #expect(throws: StepFailure.self) {
            try await Executor(engine: WaitingForEver()) { _ in }.run(plan)
        }
        #expect(failure?.step.number == 2)
    }

    @Test func `gives up when it is cancelled`() async throws {
        var plan = Plan()
        plan.add(.awaitContainer(Await(ContainerIdentity(id: "1", name: "db"), of: "db", .healthy)), because: "")
        let (started, tell) = AsyncStream.makeStream(of: Void.self)
        let task = Task { [plan] in
            try await Executor(engine: WaitingForEver()) { _ in tell.yield() }.run(plan)
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: Cancelled.self) { try await task.value }
    }
}

/// What was reported, in order.
private final class Events: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }

    @Sendable func add(_ event: Event) { list.withLock { $0.append(event.description) } }
}

/// An engine that remembers what it was asked.
private final class Recorder: Engine {
    private let list = Mutex<[String]>([])
    private let failures: [String: String]
    private let ends: [String: Event]
    var performed: [String] { list.withLock { $0 } }

    init(failing failures: [String: String] = [:], ending ends: [String: Event] = [:]) {
        self.failures = failures
        self.ends = ends
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    func perform(_ action: Action, cancellation: Cancellation, progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?
    {
        list.withLock { $0.append(action.description) }
        if let failure = failures[action.description] { throw Failure(description: failure) }
        return ends[action.description]
    }
}

/// An engine whose steps all wait for one another.
private final class Meeting: Engine {
    private let size: Int
    private let arrived = Mutex(0)
    var present: Int { arrived.withLock { $0 } }

    init(of size: Int) {
        self.size = size
    }

    func perform(_ action: Action, cancellation: Cancellation, progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?
    {
        arrived.withLock { $0 += 1 }
        while present < size, !cancellation.isCancelled {}
        return nil
    }
}

/// An engine that works on images in groups of as many as it allows, and counts how many it has at once.
private final class Turnstile: Engine {
    private static let group = 3
    let imageLimit: Int? = Turnstile.group
    private let state = Mutex((images: 0, most: 0, arrived: 0, performed: 0))
    var mostImages: Int { state.withLock { $0.most } }
    var performed: Int { state.withLock { $0.performed } }

    func perform(_ action: Action, cancellation: Cancellation, progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?
    {
        guard case .pushImage = action else {
            state.withLock { $0.performed += 1 }
            return nil
        }
        let last = state.withLock { state in
            state.images += 1
            state.arrived += 1
            state.most = max(state.most, state.images)
            return (state.arrived + Self.group - 1) / Self.group * Self.group
        }
        // Long enough for those who may come to be there, and no longer, so that a test in vain ends.
        let start = MonotonicTime.now
        while state.withLock({ $0.arrived < last }), start.duration(to: .now) < .seconds(10) { sched_yield() }
        state.withLock { state in
            state.images -= 1
            state.performed += 1
        }
        return nil
    }
}

/// An engine that waits until it is cancelled, and fails at everything else.
private struct WaitingForEver: Engine {
    func perform(_ action: Action, cancellation: Cancellation, progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?
    {
        guard case .awaitContainer = action else { throw Recorder.Failure(description: "broken") }
        while !cancellation.isCancelled {}
        throw Cancelled()
    }
}
