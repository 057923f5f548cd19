import Synchronization

/// A wish to stop that reaches those who wait.
///
/// It is set once and stays set.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var handlers: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A wish that nobody has had yet.
    public init() {}

    /// Whether somebody has asked to stop.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Wakes all who wait.
    public func cancel() {
        let handlers = state.withLock { state in
            defer { state.handlers = [:] }
            state.isCancelled = true
            return state.handlers.values
        }
        for handler in handlers { handler() }
    }

    /// Runs `body`; `wake` is called, on another thread, if cancellation comes before it returns.
    func withHandler<Result>(_ wake: @escaping @Sendable () -> Void, _ body: () throws -> Result) throws -> Result {
        let number: Int? = state.withLock { state in
            guard !state.isCancelled else { return nil }
            state.next += 1
            state.handlers[state.next] = wake
            return state.next
        }
        guard let number else { throw Cancelled() }
        defer { state.withLock { _ = $0.handlers.removeValue(forKey: number) } }
        return try body()
    }
}
