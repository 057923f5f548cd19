import Linux
import SystemPackage

/// Reads a log entry by entry, across all of its files.
public final class LogCursor {
    private let selection: ContainerLog.Selection
    /// What is left to read, oldest first; all are open, so that no rotation takes one away.
    private var files: ArraySlice<LogFile>
    /// What was read backwards for the sake of a tail.
    private var kept: ArraySlice<ContainerLog.Entry> = []
    /// The newest file, for ``LogFollower`` to go on in.
    let newest: LogFile?

    init(_ log: ContainerLog, _ selection: ContainerLog.Selection) throws {
        self.selection = selection
        files = log.files()[...]
        newest = files.last
        if let tail = selection.tail { try readTail(tail) }
    }

    /// The next selected entry; nil when there is none at present.
    public func next() throws -> ContainerLog.Entry? {
        if let entry = kept.popFirst() { return entry }
        while let file = files.first {
            while let line = try file.nextLine() {
                if let entry = ContainerLog.Entry(parsing: line), selection.contains(entry) { return entry }
            }
            files.removeFirst()
        }
        return nil
    }

    /// Reads backwards for as many entries as are wanted.
    private func readTail(_ count: Int) throws {
        while let file = files.popLast() {
            let found = try file.lastLines(max(0, count - kept.count))
                .compactMap { ContainerLog.Entry(parsing: $0[...]) }
                .filter(selection.contains)
            kept = (found + kept)[...]
            guard kept.count < count else { break }
        }
        files = []
        kept = kept.suffix(count)
    }
}

/// Reads what is added to a log, file after file.
public final class LogFollower {
    private let log: ContainerLog
    /// Stays open, so that nothing of it is lost when it is put aside or removed.
    private var file: LogFile?

    /// A reader that goes on where another has stopped.
    public init(_ log: ContainerLog, after history: LogCursor) {
        self.log = log
        file = history.newest
    }

    /// Gives what has been added since the last call. Waiting for more is the caller's affair: see `FileWatch`.
    public func readAvailable(_ body: (ContainerLog.Entry) throws -> Void) throws {
        let newer = log.files(after: file)
        // What is not the newest any more has got its last line before it was put aside.
        if let file { try read(file, body) }
        for next in newer {
            file = next
            try read(next, body)
        }
    }

    /// A line counts as read before the body, which may throw and be called again, has it.
    private func read(_ file: LogFile, _ body: (ContainerLog.Entry) throws -> Void) throws {
        while let line = try file.nextLine() {
            if let entry = ContainerLog.Entry(parsing: line) { try body(entry) }
        }
    }
}
