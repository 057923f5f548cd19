import Builder
import Linux
import Orchestrator
import Synchronization
import SystemPackage

/// One build on a terminal, drawn again over itself: a row for every step.
final class TerminalBuild: ProgressRenderer {
    private struct State {
        var board = BuildBoard()
        var drawnRows = 0
        var isFinished = false
    }

    private let start = MonotonicTime.now
    private let state = Mutex(State())

    var interval: Duration? { .milliseconds(100) }

    func show(_ event: Event) {
        guard let report = event.build else { return }
        state.withLock { state in
            state.board.take(report.event, of: report.target, at: .now)
            draw(&state)
        }
    }

    func redraw() {
        state.withLock { draw(&$0) }
    }

    func finish() {
        state.withLock { state in
            state.isFinished = true
            draw(&state)
        }
    }

    private func draw(_ state: inout State) {
        let (rows, columns) = Terminal.usableSize
        let text = Self.frame(
            state.board,
            elapsed: start.duration(to: .now),
            rows: rows,
            columns: columns,
            isFinished: state.isFinished,
            over: &state.drawnRows
        )
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    /// The text that takes the place of the last frame. While the build goes on it is never higher than the window.
    static func frame(
        _ board: BuildBoard,
        elapsed: Duration,
        rows: Int,
        columns: Int,
        isFinished: Bool,
        over drawnRows: inout Int
    ) -> String {
        let (done, all) = board.counts
        guard all > 0 else { return "" }
        let state = isFinished ? (board.hasFailed ? " ERROR" : " FINISHED") : ""
        let head = "[+] Building \(Seconds.tenths(elapsed))s (\(done)/\(all))\(state)"
        var body = board.rows(at: .now, columns: columns)
        let height = max(rows - 2, 1)
        // What happens is at the end.
        if !isFinished { body = body.suffix(height) }
        let up = drawnRows > 0 ? "\u{1b}[\(drawnRows)A" : ""
        drawnRows = body.count + 1
        let lines = ([head] + body).map { "\u{1b}[2K\(columns > 0 ? String($0.prefix(columns)) : $0)\u{1b}[0m\n" }
        return up + lines.joined() + "\u{1b}[J"
    }
}

/// A line for every event, and for builds their numbered steps.
final class PlainProgress: ProgressRenderer {
    private let builds = Mutex(BuildLog())

    func show(_ event: Event) {
        let lines = builds.withLock { log in
            event.build.map { log.lines($0.event, of: $0.target, at: .now) }
        }
        if let lines {
            if !lines.isEmpty { Console.note(lines.map(\.printable).joined(separator: "\n")) }
            return
        }
        let details = event.details?.printable ?? ""
        guard event.phase != .progress else { return Console.note(details) }
        let words = [event.id.printable, event.phase.rawValue, details]
        Console.note(" \(words.filter { !$0.isEmpty }.joined(separator: " ")) ")
    }
}

extension Terminal {
    /// The size of the window behind standard error. A terminal that does not know its size says 0.
    static var usableSize: (rows: Int, columns: Int) {
        let size = (try? Terminal.size(of: .standardError)) ?? WindowSize(rows: 24, columns: 80)
        return (size.rows > 0 ? Int(size.rows) : 24, size.columns > 0 ? Int(size.columns) : 80)
    }
}
