import Builder
import JSON
import Orchestrator
import Synchronization

/// Shows what happens while a plan runs. It is called from several threads at once.
protocol ProgressRenderer: Sendable {
    /// How often ``redraw()`` is wanted; nil is never.
    var interval: Duration? { get }

    func show(_ event: Event)
    /// Brings what depends on the time up to date.
    func redraw()
    /// Draws for the last time.
    func finish()
}

extension ProgressRenderer {
    var interval: Duration? { nil }
    func redraw() {}
    func finish() {}
}

/// Shows nothing.
struct SilentProgress: ProgressRenderer {
    func show(_ event: Event) {}
}

/// Leaves out what pulls and builds say while they go on.
struct ImageSilence: ProgressRenderer {
    let renderer: any ProgressRenderer

    var interval: Duration? { renderer.interval }

    func show(_ event: Event) {
        if case .image = event.resource, event.phase == .progress { return }
        renderer.show(event)
    }

    func redraw() { renderer.redraw() }
    func finish() { renderer.finish() }
}

/// An object a line for every event.
final class JSONProgress: ProgressRenderer {
    private let builds = Mutex(BuildLog())

    func show(_ event: Event) {
        guard let report = event.build else { return show(event, event.details) }
        if case .found(let notice) = report.event { return show(event, "WARNING: \(notice.finding.summary)") }
        let lines = builds.withLock { $0.lines(report.event, of: report.target, at: .now) }
        for line in lines where !line.isEmpty { show(event, line) }
    }

    private func show(_ event: Event, _ details: String?) {
        var members: [JSONValue.Member] = [
            .init("id", .string(event.id)),
            .init("status", .string(event.status.rawValue)),
        ]
        if !event.phase.rawValue.isEmpty { members.append(.init("text", .string(event.phase.rawValue))) }
        if let details { members.append(.init("details", .string(details))) }
        Console.note(JSONValue.object(members).description)
    }

    static func reportFatal(_ message: String) {
        Console.note(JSONValue.object([.init("error", true), .init("message", .string(message))]).description)
    }
}
