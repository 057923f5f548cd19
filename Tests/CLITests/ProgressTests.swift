import Linux
import Orchestrator
import Testing

@testable import CLI

@Suite struct ProgressTests {
    private let start = MonotonicTime(nanoseconds: 0)

    @Test func `draws a line a resource, and over itself the next time`() {
        var board = ProgressBoard(title: "up", start: start)
        board.take(Event(.network("shop_default"), .created), at: start)
        board.take(Event(.container("shop-web-1"), .starting), at: start)
        let later = start.advanced(by: .milliseconds(1250))
        let first = board.frame(at: later, rows: 24, columns: 80)
        #expect(first.contains("[+] up 1/2"))
        #expect(first.contains(" ✔ Network shop_default Created    0.0s"))
        #expect(first.contains("Container shop-web-1 Starting   1.2s"))
        #expect(!first.contains("\u{1b}[3A"))
        #expect(board.frame(at: later, rows: 24, columns: 80).hasPrefix("\u{1b}[3A"))
    }

    @Test func `never is higher than the window`() {
        var board = ProgressBoard(title: "up", start: start)
        for number in 1...50 { board.take(Event(.container("c\(number)"), .starting), at: start) }
        let frame = board.frame(at: start, rows: 10, columns: 20)
        #expect(frame.split(separator: "\n").dropLast().count == 9)
        #expect(frame.contains("... 43 more"))
    }
}
