import Linux
import Synchronization
import SystemPackage

/// What a command writes, cut into lines while it runs.
final class StepOutput: Sendable {
    private struct State {
        var rest: [UInt8] = []
        var last: [String] = []
    }

    /// How many lines a failure shows.
    private static let shown = 30
    /// A line longer than this is cut into several.
    private static let longest = 64 << 10
    private let start = MonotonicTime.now
    private let report: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(_ report: @escaping @Sendable (String) -> Void) {
        self.report = report
    }

    /// The last lines, each with the seconds after which it came.
    var lastLines: [String] { state.withLock(\.last) }

    /// Calls the body with the descriptor to write to, and returns when all that was written has been reported.
    func collect<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        let lines = try FileDescriptor.closeOnExecPipe()
        let finished = try FileDescriptor.closeOnExecPipe()
        defer { try? finished.reading.close() }
        do {
            try Thread.start { [self] in
                read(lines.reading)
                try? lines.reading.close()
                try? finished.writing.close()
            }
        } catch {
            for descriptor in [lines.reading, lines.writing, finished.writing] { try? descriptor.close() }
            throw error
        }
        let result = Swift.Result { try body(lines.writing) }
        try? lines.writing.close()
        var end = [UInt8](repeating: 0, count: 1)
        _ = try finished.reading.readAvailable(into: &end)
        return try result.get()
    }

    private func read(_ descriptor: FileDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? descriptor.readAvailable(into: &buffer), count > 0 { add(buffer[..<count]) }
        state.withLock { if !$0.rest.isEmpty { show(&$0) } }
    }

    private func add(_ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            for byte in bytes {
                if byte == 0x0A || state.rest.count >= Self.longest { show(&state) }
                if byte != 0x0A { state.rest.append(byte) }
            }
        }
    }

    private func show(_ state: inout State) {
        if state.rest.last == 0x0D { state.rest.removeLast() }
        let line = String(decoding: state.rest, as: UTF8.self)
        state.rest = []
        if state.last.count == Self.shown { state.last.removeFirst() }
        state.last.append("\(Seconds.thousandths(start.duration(to: .now))) \(line)")
        report(line)
    }
}
