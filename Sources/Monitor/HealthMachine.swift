import Supervision

/// What a container's probes have found, and what follows from it.
///
/// A failure that began while the container starts is not counted; the first success ends the starting.
struct HealthMachine {
    private(set) var state = HealthState()
    private var order: HealthOrder

    /// How many probes are remembered.
    private static let remembered = 5
    /// How much of a probe's output is kept, in bytes.
    static let maximumOutput = 4096

    /// - Parameter order: Where it says nothing, with a zero, Docker's defaults hold.
    init(_ order: HealthOrder) {
        self.order = order
        if order.interval <= 0 { self.order.interval = 30_000_000_000 }
        if order.timeout <= 0 { self.order.timeout = 30_000_000_000 }
        if order.startInterval <= 0 { self.order.startInterval = 5_000_000_000 }
        if order.retries <= 0 { self.order.retries = 3 }
    }

    /// How long a probe may take.
    var timeout: Duration { .nanoseconds(order.timeout) }

    /// The time from the end of one probe, or from the container's start, to the next one.
    func delay(atAge age: Duration) -> Duration {
        guard state.status == .starting, age < .nanoseconds(order.startPeriod) else {
            return .nanoseconds(order.interval)
        }
        return .nanoseconds(order.startInterval)
    }

    /// Takes in a probe that began when the container was so old.
    mutating func probeEnded(_ entry: HealthState.Entry, beganAtAge age: Duration) {
        state.log = (state.log + [entry]).suffix(Self.remembered)
        guard entry.exitCode != 0 else {
            state.failingStreak = 0
            state.status = .healthy
            return
        }
        let isExcused = state.status == .starting && age < .nanoseconds(order.startPeriod)
        guard !isExcused else { return }
        state.failingStreak += 1
        if state.failingStreak >= order.retries { state.status = .unhealthy }
    }
}
