import Builder
import Linux

/// What builds say as numbered steps, line by line: the plain progress that tools read.
///
/// Steps that go on at the same time take turns; whoever takes over is named again.
struct BuildLog {
    /// A step of one of the builds.
    struct Vertex: Hashable {
        let target: String?
        let step: BuildStep
    }

    private struct Entry {
        let number: Int
        let start: MonotonicTime
        var isDone = false
    }

    private var entries: [Vertex: Entry] = [:]
    private var current: Vertex?
    private var isEmpty = true

    /// The lines that an event comes to.
    mutating func lines(_ event: BuildEvent, of target: String?, at time: MonotonicTime) -> [String] {
        guard let step = event.step else {
            if case .warning(let text) = event { return ["WARNING: \(text)"] }
            return []
        }
        let vertex = Vertex(target: target, step: step)
        let entry = entries[vertex] ?? Entry(number: entries.count + 1, start: time)
        entries[vertex] = entry
        // A step that has nothing to say yet does not interrupt another one.
        if case .started = event, let current, entries[current]?.isDone == false { return [] }
        var lines = turn(to: vertex, entry)
        guard let text = Self.text(event, elapsed: entry.start.duration(to: time)) else { return lines }
        lines.append("#\(entry.number) \(text)")
        if event.isEnd { entries[vertex]?.isDone = true }
        return lines
    }

    private mutating func turn(to vertex: Vertex, _ entry: Entry) -> [String] {
        guard vertex != current else { return [] }
        var lines: [String] = []
        if let current, let left = entries[current], !left.isDone { lines.append("#\(left.number) ...") }
        if !isEmpty { lines.append("") }
        isEmpty = false
        current = vertex
        return lines + ["#\(entry.number) \(vertex.step.title(of: vertex.target))"]
    }

    private static func text(_ event: BuildEvent, elapsed: Duration) -> String? {
        switch event {
        case .started, .warning, .found, .finished: nil
        case .cached: "CACHED"
        case .output(_, let line): "\(Seconds.thousandths(elapsed)) \(line)"
        case .progress(_, let text): text
        case .done(_, let nanoseconds): "DONE \(Seconds.tenths(.nanoseconds(nanoseconds)))s"
        case .failed(_, let message): "ERROR: \(message)"
        }
    }
}

extension BuildEvent {
    /// Whether the step is over.
    var isEnd: Bool {
        switch self {
        case .cached, .done, .failed: true
        default: false
        }
    }
}
