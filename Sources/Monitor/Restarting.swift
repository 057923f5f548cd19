import Supervision

/// What follows the end of a container's process.
enum RestartDecision: Hashable {
    case stop
    case restart(after: Duration)
}

/// Whether a container whose process has ended is started again, and when.
///
/// The waiting time doubles from 100 milliseconds to a minute, and is back at its beginning after a run of ten seconds.
struct Restarting {
    var policy: RestartPolicy
    /// How often the container was started again.
    private(set) var count = 0
    /// Whether somebody asked for the end; no policy is stronger than that.
    var isStopped = false
    private var delay: Duration?

    private static let shortest = Duration.milliseconds(100)
    private static let longest = Duration.seconds(60)
    private static let goodRun = Duration.seconds(10)

    init(_ policy: RestartPolicy) { self.policy = policy }

    mutating func processEnded(code: Int32, ranFor run: Duration) -> RestartDecision {
        guard !isStopped, allowsRestart(after: code) else { return .stop }
        if run >= Self.goodRun { delay = nil }
        let next = delay.map { min($0 * 2, Self.longest) } ?? Self.shortest
        delay = next
        count += 1
        return .restart(after: next)
    }

    private func allowsRestart(after code: Int32) -> Bool {
        switch policy {
        case .no: false
        case .always, .unlessStopped: true
        case .onFailure(let maximum): code != 0 && count < (maximum ?? .max)
        }
    }
}
