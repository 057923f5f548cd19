import Linux
import Orchestrator
import Synchronization
import SystemPackage

/// A display that is drawn again over itself: a line for every resource, with what happens to it and for how long.
final class TerminalProgress: ProgressRenderer {
    private let board: Mutex<ProgressBoard>

    init(title: String) {
        board = Mutex(ProgressBoard(title: title, start: .now))
    }

    var interval: Duration? { .milliseconds(100) }

    func show(_ event: Event) {
        board.withLock { board in
            board.take(event, at: .now)
            Self.draw(&board)
        }
    }

    func redraw() {
        board.withLock { Self.draw(&$0) }
    }

    func finish() {
        board.withLock { board in
            board.isFinished = true
            Self.draw(&board)
        }
    }

    private static func draw(_ board: inout ProgressBoard) {
        let (rows, columns) = Terminal.usableSize
        let text = board.frame(at: .now, rows: rows, columns: columns)
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
