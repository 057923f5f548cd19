import Synchronization

/// Tells the events of a build: never two at the same time, and what its platforms have in common once.
final class EventTeller: Sendable {
    private let told = Mutex(ToldEvents())
    private let report: @Sendable (BuildEvent) -> Void

    init(_ report: @escaping @Sendable (BuildEvent) -> Void) { self.report = report }

    func tell(_ event: BuildEvent) {
        told.withLock { told in
            if let event = told.take(event) { report(event) }
        }
    }
}

/// What was told of a build already: a step that platforms have in common begins once, and ends when all are through.
private struct ToldEvents {
    /// A step that somebody is at.
    private struct Open {
        var count = 1
        var end: BuildEvent?
    }

    private var open: [BuildStep: Open] = [:]
    private var begun: Set<BuildStep> = []
    private var ended: Set<BuildStep> = []
    private var findings: Set<CheckNotice> = []

    /// What is to be told now that this has happened; nil is nothing.
    mutating func take(_ event: BuildEvent) -> BuildEvent? {
        switch event {
        case .started(let step) where step.isInstruction:
            open[step, default: Open(count: 0)].count += 1
            return begun.insert(step).inserted ? event : nil
        case .cached(let step) where step.isInstruction: return close(step, event)
        case .done(let step, _) where step.isInstruction: return close(step, event)
        case .failed(let step, _):
            open[step] = nil
            return event
        case .found(let notice): return findings.insert(notice).inserted ? event : nil
        default: return event
        }
    }

    /// Ends a step for one of those who are at it; what it has cost one of them counts more than that the others had it.
    private mutating func close(_ step: BuildStep, _ event: BuildEvent) -> BuildEvent? {
        guard var state = open[step] else { return nil }
        if case .done = state.end {} else { state.end = event }
        state.count -= 1
        guard state.count == 0 else {
            open[step] = state
            return nil
        }
        open[step] = nil
        return ended.insert(step).inserted ? state.end : nil
    }
}
