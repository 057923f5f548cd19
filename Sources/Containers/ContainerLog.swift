import JSON
import Linux
public import SystemPackage

/// What a container has written, as its monitor keeps it: one JSON object a line.
public struct ContainerLog: Sendable {
    /// One piece of output: a line with its end, or a part of a long one.
    public struct Entry: Hashable, Sendable {
        /// Where it was written to.
        public enum Stream: String, Hashable, Sendable {
            case output = "stdout"
            case errorOutput = "stderr"
        }

        /// What was written, its line end included.
        public var text: String
        /// Where it was written to.
        public var stream: Stream
        /// RFC 3339 with nanoseconds, as it was written.
        public var time: String
    }

    /// Which entries are wanted.
    public struct Selection: Hashable, Sendable {
        /// Nanoseconds since 1970; earlier entries are left out.
        public var since: Int64?
        /// Nanoseconds since 1970; later entries are left out.
        public var until: Int64?
        /// How many entries at most, counted from the end; nil is all.
        public var tail: Int?

        /// A value of these parts.
        public init(since: Int64? = nil, until: Int64? = nil, tail: Int? = nil) {
            self.since = since
            self.until = until
            self.tail = tail
        }
    }

    /// The current file; older ones have `.1`, `.2` and so on behind their names.
    public let path: FilePath

    /// A value of these parts.
    public init(path: FilePath) {
        self.path = path
    }

    /// Every file that there is, oldest first.
    private var files: [FilePath] {
        var rotated: [FilePath] = []
        while true {
            let next = FilePath("\(path).\(rotated.count + 1)")
            guard Folder.hasEntry(next) else { break }
            rotated.append(next)
        }
        return rotated.reversed() + [path]
    }

    /// Gives the selected entries in order, and says where reading stopped in the current file.
    ///
    /// - Returns: The place from which ``LogFollower`` goes on.
    @discardableResult
    public func read(
        _ selection: Selection = Selection(),
        _ body: (Entry) throws -> Void
    ) throws -> LogFollower.Place {
        if let tail = selection.tail { return try readTail(tail, selection, body) }
        var place = LogFollower.Place(file: 0, offset: 0)
        for file in files {
            guard let reader = LogFile(file) else { continue }
            place = try reader.forEachEntry(from: 0) { entry in
                if selection.contains(entry) { try body(entry) }
            }
        }
        return place
    }

    /// Reads backwards for as many lines as are wanted, and gives them forwards.
    private func readTail(
        _ count: Int,
        _ selection: Selection,
        _ body: (Entry) throws -> Void
    ) throws -> LogFollower.Place {
        var place = LogFollower.Place(file: 0, offset: 0)
        var kept: [Entry] = []
        for file in files.reversed() {
            guard let reader = LogFile(file) else { continue }
            let start = reader.offset(ofLastLines: max(0, count - kept.count))
            var found: [Entry] = []
            let end = try reader.forEachEntry(from: start) { entry in
                if selection.contains(entry) { found.append(entry) }
            }
            if file == path { place = end }
            kept = found + kept
            guard kept.count < count else { break }
        }
        for entry in kept.suffix(count) { try body(entry) }
        return place
    }
}

extension ContainerLog.Selection {
    /// Times are compared as texts where that is enough, as both sides are written alike.
    func contains(_ entry: ContainerLog.Entry) -> Bool {
        guard since != nil || until != nil else { return true }
        guard let time = Timestamp.parse(entry.time) else { return true }
        if let since, time < since { return false }
        if let until, time > until { return false }
        return true
    }
}

/// Reads what is added to a log, file after file.
public struct LogFollower: Sendable {
    /// A place in a log: which file, by its inode, and how far.
    public struct Place: Hashable, Sendable {
        var file: UInt64
        var offset: Int
    }

    let log: ContainerLog
    private var place: Place

    /// A value of these parts.
    public init(_ log: ContainerLog, from place: Place) {
        self.log = log
        self.place = place
    }

    /// Gives what has been added since the last call. Waiting for more is the caller's affair: see `FolderWatch`.
    public mutating func readAvailable(_ body: (ContainerLog.Entry) throws -> Void) throws {
        guard let current = LogFile(log.path) else { return }
        if place.file != 0, current.inode != place.file {
            // The file that we were in has been put aside: finish it first.
            if let aside = LogFile(FilePath("\(log.path).1")), aside.inode == place.file {
                _ = try aside.forEachEntry(from: place.offset, body)
            }
            place = Place(file: current.inode, offset: 0)
        }
        if place.offset > current.size { place.offset = 0 }
        place = try current.forEachEntry(from: place.offset, body)
    }
}

/// One file of a log, open for reading.
private struct LogFile: ~Copyable {
    private let file: ReadableFile
    var inode: UInt64 { file.inode }
    var size: Int { file.size }

    init?(_ path: FilePath) {
        guard let file = try? ReadableFile(path) else { return nil }
        self.file = file
    }

    /// Parses whole lines from an offset on. A last line without an end is still being written: left for later.
    func forEachEntry(
        from start: Int,
        _ body: (ContainerLog.Entry) throws -> Void
    ) throws -> LogFollower.Place {
        var offset = start
        var rest: [UInt8] = []
        while true {
            let chunk = try file.read(at: offset + rest.count, count: 1 << 18)
            guard !chunk.isEmpty else { break }
            rest += chunk
            var line = rest.startIndex
            while let end = rest[line...].firstIndex(of: UInt8(ascii: "\n")) {
                if let entry = LogLine.parse(rest[line..<end]) { try body(entry) }
                line = end + 1
            }
            offset += line
            rest.removeFirst(line)
        }
        return LogFollower.Place(file: inode, offset: offset)
    }

    /// Where the last so many lines begin.
    func offset(ofLastLines count: Int) -> Int {
        var end = size
        var missing = count + 1
        while end > 0 {
            let start = max(0, end - 1 << 16)
            guard let chunk = try? file.read(at: start, count: end - start) else { return 0 }
            for place in chunk.indices.reversed() where chunk[place] == UInt8(ascii: "\n") {
                missing -= 1
                if missing == 0 { return start + place + 1 }
            }
            end = start
        }
        return 0
    }
}

/// A line of the log as Docker's json-file driver writes it. One that a crash has torn is passed over.
private enum LogLine {
    static func parse(_ line: ArraySlice<UInt8>) -> ContainerLog.Entry? {
        guard let record = try? JSONValue(parsing: line), let text = record["log"]?.text else { return nil }
        guard let time = record["time"]?.text else { return nil }
        let stream = record["stream"]?.text.flatMap(ContainerLog.Entry.Stream.init(rawValue:)) ?? .output
        return ContainerLog.Entry(text: text, stream: stream, time: time)
    }
}
