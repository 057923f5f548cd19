import Linux
import SystemPackage

/// Reads a log entry by entry, across all of its files.
public final class LogCursor {
    private let selection: ContainerLog.Selection
    /// What is left to read, oldest first; all are open, so that no rotation takes one away.
    private var files: ArraySlice<LogFile>
    /// What was read backwards for the sake of a tail.
    private var kept: ArraySlice<ContainerLog.Entry> = []
    /// Where reading has stopped in the current file, for ``LogFollower`` to go on.
    public private(set) var place = LogFollower.Place(file: 0, offset: 0)

    init(_ log: ContainerLog, _ selection: ContainerLog.Selection) throws {
        self.selection = selection
        files = log.files.compactMap { LogFile($0) }[...]
        if let tail = selection.tail { try readTail(tail) }
    }

    /// The next selected entry; nil when there is none at present.
    public func next() throws -> ContainerLog.Entry? {
        if let entry = kept.popFirst() { return entry }
        while let file = files.first {
            while let line = try file.nextLine() {
                if let entry = ContainerLog.Entry(parsing: line), selection.contains(entry) { return entry }
            }
            place = LogFollower.Place(file: file.inode, offset: file.offset)
            files.removeFirst()
        }
        return nil
    }

    /// Reads backwards for as many entries as are wanted.
    private func readTail(_ count: Int) throws {
        var isCurrent = true
        while let file = files.popLast() {
            let found = try file.lastLines(max(0, count - kept.count))
                .compactMap { ContainerLog.Entry(parsing: $0[...]) }
                .filter(selection.contains)
            if isCurrent { place = LogFollower.Place(file: file.inode, offset: file.offset) }
            isCurrent = false
            kept = (found + kept)[...]
            guard kept.count < count else { break }
        }
        files = []
        kept = kept.suffix(count)
    }
}

/// Reads what is added to a log, file after file.
public struct LogFollower: Sendable {
    /// A place in a log: which file, by its inode, and how far.
    public struct Place: Hashable, Sendable {
        var file: UInt64
        var offset: Int
    }

    private let log: ContainerLog
    private var place: Place

    /// A value of these parts.
    public init(_ log: ContainerLog, from place: Place) {
        self.log = log
        self.place = place
    }

    /// Gives what has been added since the last call. Waiting for more is the caller's affair: see `FileWatch`.
    public mutating func readAvailable(_ body: (ContainerLog.Entry) throws -> Void) throws {
        guard let current = LogFile(log.path) else { return }
        if place.file != 0, current.inode != place.file {
            // The file that we were in has been put aside: finish it first.
            if let aside = LogFile(FilePath("\(log.path).1"), from: place.offset), aside.inode == place.file {
                try read(aside, body)
            }
            place = Place(file: current.inode, offset: 0)
        }
        if place.offset > current.size { place.offset = 0 }
        guard let current = LogFile(log.path, from: place.offset) else { return }
        guard place.file == 0 || current.inode == place.file else { return try readAvailable(body) }
        try read(current, body)
    }

    private mutating func read(_ file: LogFile, _ body: (ContainerLog.Entry) throws -> Void) throws {
        while let line = try file.nextLine() {
            // Before the body, which may throw and be called again.
            place = Place(file: file.inode, offset: file.offset)
            if let entry = ContainerLog.Entry(parsing: line) { try body(entry) }
        }
        place = Place(file: file.inode, offset: file.offset)
    }
}
