import Builder
import Linux

/// The steps of a build as a terminal shows them: with timers, and the last lines of those that run.
struct BuildBoard {
    private struct Line {
        let title: String
        let start: MonotonicTime
        var end: MonotonicTime?
        var isCached = false
        var hasFailed = false
        /// What is done of it.
        var parts: [String] = []
        /// The last lines of output while it runs.
        var output: [String] = []
    }

    /// Lines of output that are shown below what runs.
    private static let outputHeight = 6

    private var lines: [Line] = []
    private var places: [BuildLog.Vertex: Int] = [:]
    private var warnings: [String] = []

    /// How many steps there are, and how many of them are over.
    var counts: (done: Int, all: Int) { (lines.count { $0.end != nil }, lines.count) }
    var hasFailed: Bool { lines.contains(where: \.hasFailed) }

    /// Takes in what happened.
    mutating func take(_ event: BuildEvent, of target: String?, at time: MonotonicTime) {
        guard let step = event.step else {
            if case .warning(let text) = event { warnings.append(text) }
            return
        }
        let vertex = BuildLog.Vertex(target: target, step: step)
        let place = places[vertex] ?? lines.count
        if place == lines.count {
            lines.append(Line(title: step.title(of: target), start: time))
            places[vertex] = place
        }
        switch event {
        case .output(_, let text):
            lines[place].output.append(text)
            lines[place].output = lines[place].output.suffix(Self.outputHeight)
        case .progress(_, let text): lines[place].parts.append(text)
        case .cached: lines[place].isCached = true
        case .failed: lines[place].hasFailed = true
        default: break
        }
        if event.isEnd {
            lines[place].end = time
            lines[place].output = []
        }
    }

    /// The rows, each as wide as asked for.
    func rows(at time: MonotonicTime, columns: Int) -> [String] {
        warnings.map { " ! \($0.printable)" }
            + lines.flatMap { line in
                let mark = line.isCached ? "CACHED " : line.hasFailed ? "ERROR " : ""
                let duration = line.start.duration(to: line.end ?? time)
                let row = Self.row(" => \(mark)\(line.title)", "\(Seconds.tenths(duration))s", columns)
                let output = line.output.map { " => => # \($0.printable)" }
                return [row] + line.parts.map { " => => \($0.printable)" } + output
            }
    }

    /// The rows of what runs, for where there is little room.
    func runningRows(at time: MonotonicTime, columns: Int) -> [String] {
        lines.filter { $0.end == nil }.flatMap { line in
            let duration = "\(Seconds.tenths(line.start.duration(to: time)))s"
            let output = line.output.map { "   => => # \($0.printable)" }
            return [Self.row("   => \(line.title)", duration, columns)] + output
        }
    }

    /// A text at the left and one at the right.
    static func row(_ left: String, _ right: String, _ columns: Int) -> String {
        let width = max(10, columns - right.count - 1)
        return left.printable.ellipsis(width).padded(to: width) + right
    }
}
