import Orchestrator
import Synchronization

/// Lists what the checks of builds have found below what another display shows.
final class FindingNote: ProgressRenderer {
    private let renderer: any ProgressRenderer
    /// Whether findings are explained.
    private let isExpanded: Bool
    private let findings = Mutex(FindingList())

    init(after renderer: any ProgressRenderer, isExpanded: Bool) {
        self.renderer = renderer
        self.isExpanded = isExpanded
    }

    var interval: Duration? { renderer.interval }

    func show(_ event: Event) {
        if let report = event.build { findings.withLock { $0.take(report.event) } }
        renderer.show(event)
    }

    func redraw() { renderer.redraw() }

    func finish() {
        renderer.finish()
        if let text = findings.withLock({ $0.text(isExpanded: isExpanded) }) { Console.note(text) }
    }
}
