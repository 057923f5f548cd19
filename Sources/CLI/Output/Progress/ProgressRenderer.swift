import JSON
import Orchestrator

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

/// A line for every event.
struct PlainProgress: ProgressRenderer {
    func show(_ event: Event) {
        let details = event.details?.printable ?? ""
        guard event.phase != .progress else { return Console.note(details) }
        let words = [event.id.printable, event.phase.rawValue, details]
        Console.note(" \(words.filter { !$0.isEmpty }.joined(separator: " ")) ")
    }
}

/// An object a line for every event.
struct JSONProgress: ProgressRenderer {
    func show(_ event: Event) {
        var members: [JSONValue.Member] = [
            .init("id", .string(event.id)),
            .init("status", .string(event.status.rawValue)),
        ]
        if !event.phase.rawValue.isEmpty { members.append(.init("text", .string(event.phase.rawValue))) }
        if let details = event.details { members.append(.init("details", .string(details))) }
        Console.note(JSONValue.object(members).description)
    }

    static func reportFatal(_ message: String) {
        Console.note(JSONValue.object([.init("error", true), .init("message", .string(message))]).description)
    }
}
