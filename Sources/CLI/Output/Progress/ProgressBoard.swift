import Builder
import Linux
import Orchestrator

/// What a progress display shows, and the text that draws it over what it drew before.
struct ProgressBoard {
    private struct Line {
        let id: String
        var text: String
        var status: Event.Status
        let start: MonotonicTime
        var end: MonotonicTime?
        /// The last lines of output while it works.
        var output: [String] = []
        /// What is built, while it is.
        var build: BuildBoard?
    }

    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    /// Lines of output that are shown below what works.
    private static let outputHeight = 6

    private let title: String
    private let start: MonotonicTime
    private var lines: [Line] = []
    private var places: [String: Int] = [:]
    private var drawnRows = 0
    var isFinished = false

    init(title: String, start: MonotonicTime) {
        self.title = title
        self.start = start
    }

    /// Takes in what happened.
    mutating func take(_ event: Event, at time: MonotonicTime) {
        let place = places[event.id] ?? add(event, at: time)
        if let report = event.build {
            var board = lines[place].build ?? BuildBoard()
            board.take(report.event, of: report.target, at: time)
            lines[place].build = board
            return
        }
        guard event.phase != .progress else {
            lines[place].output.append(event.details ?? "")
            lines[place].output = lines[place].output.suffix(Self.outputHeight)
            return
        }
        lines[place].text = [event.phase.rawValue, event.details ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        lines[place].status = event.status
        lines[place].end = event.status == .working ? nil : time
        if event.status != .working { lines[place].output = [] }
    }

    private mutating func add(_ event: Event, at time: MonotonicTime) -> Int {
        lines.append(Line(id: event.id, text: "", status: event.status, start: time))
        places[event.id] = lines.count - 1
        return lines.count - 1
    }

    /// The text that takes the place of the last frame. It never is higher than the window: lines that left it could not be
    /// drawn over.
    mutating func frame(at time: MonotonicTime, rows: Int, columns: Int) -> String {
        guard !lines.isEmpty else { return "" }
        let done = lines.count { $0.status != .working }
        var frame = ["[+] \(title) \(done)/\(lines.count)"]
        let width = lines.map(\.id.count).max() ?? 0
        for line in lines {
            frame.append(row(line, width: width, at: time))
            guard !isFinished, line.end == nil else { continue }
            frame += line.output.map { "   │ \($0.printable)" }
            frame += line.build?.runningRows(at: time, columns: columns) ?? []
        }
        let height = max(rows - 1, 2)
        if frame.count > height, !isFinished {
            let hidden = frame.count - height + 1
            frame = frame.prefix(height - 1) + ["... \(hidden) more"]
        }
        let up = drawnRows > 0 ? "\u{1b}[\(drawnRows)A" : ""
        drawnRows = frame.count
        return up + frame.map { "\u{1b}[2K\(Self.cut($0, to: columns))\u{1b}[0m\n" }.joined() + "\u{1b}[J"
    }

    private func row(_ line: Line, width: Int, at time: MonotonicTime) -> String {
        let duration = Seconds.tenths(line.start.duration(to: line.end ?? time))
        let symbol: String
        switch line.status {
        case .working:
            let turn = Int(start.duration(to: time).components.attoseconds / 100_000_000_000_000_000)
            symbol = Self.spinner[turn % Self.spinner.count]
        case .done: symbol = "✔"
        case .warning: symbol = "!"
        case .error: symbol = "✘"
        }
        let counts = line.end == nil ? line.build.map { " (\($0.counts.done)/\($0.counts.all))" } ?? "" : ""
        let text = (line.text + counts).printable
        return " \(symbol) \(line.id.printable.padded(to: width)) \(text.padded(to: 10)) \(duration)s"
    }

    private static func cut(_ line: String, to columns: Int) -> String {
        columns > 0 ? String(line.prefix(columns)) : line
    }
}
