/// Decides when an attached `up` is over, and what it exits with.
struct Attendance {
    /// What ends it.
    enum Rule: Hashable, Sendable {
        case lastEnd, firstEnd, firstFailure
    }

    /// What follows from an end.
    enum Verdict: Hashable {
        case goOn
        /// The rest is to be stopped.
        case stopRest
        case over
    }

    private let rule: Rule
    private let decidingService: String?
    private var present: Set<String> = []
    private var code: Int32?
    private var isUpFinished = false
    private var isStopping = false

    init(_ rule: Rule, exitCodeFrom service: String?) {
        self.rule = rule
        decidingService = service
    }

    /// What to exit with.
    var exitCode: Int32 { code ?? 0 }

    /// Whether every container that was started has ended.
    var isEmpty: Bool { present.isEmpty }

    /// A container has been started.
    mutating func begin(_ container: String) {
        present.insert(container)
    }

    /// Everything has been started.
    mutating func finishUp() -> Verdict {
        isUpFinished = true
        return verdict
    }

    /// The rest is being stopped, for whatever reason.
    mutating func beginStop() {
        isStopping = true
    }

    /// A container has ended for good.
    mutating func end(_ container: String, of service: String, code: Int32) -> Verdict {
        present.remove(container)
        let isDeciding = decidingService.map { $0 == service } ?? (self.code == nil && !isStopping)
        let triggers = rule == .firstEnd || rule == .firstFailure && code != 0
        if isDeciding, triggers, self.code == nil { self.code = code }
        guard triggers, !isStopping else { return verdict }
        isStopping = true
        return .stopRest
    }

    private var verdict: Verdict { isUpFinished && present.isEmpty && !isStopping ? .over : .goOn }
}
