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

    /// Opens every file that there is, or those that are newer than another; oldest first.
    func files(after last: LogFile? = nil) -> [LogFile] {
        var found: [(file: LogFile, path: FilePath)] = []
        // A log that is turned over meanwhile is looked at again.
        for _ in 0..<100 {
            found = search(after: last)
            let isCurrent = found.first.map { $0.path == path } ?? last?.isFound(at: path) ?? true
            if isCurrent, found.allSatisfy({ $0.file.isFound(at: $0.path) }) { break }
        }
        return found.map(\.file).reversed()
    }

    /// The same, newest first.
    private func search(after last: LogFile?) -> [(file: LogFile, path: FilePath)] {
        var found: [(file: LogFile, path: FilePath)] = []
        var missing = 0
        for number in 0... {
            guard let next = open(number) else {
                // While files change their places, one place is free.
                missing += 1
                if missing > 1 { break } else { continue }
            }
            missing = 0
            if let last, next.file.isSame(as: last) || next.file.isPacked(from: last) { break }
            if !found.contains(where: { $0.file.isSame(as: next.file) }) { found.append(next) }
        }
        return found
    }

    /// Opens the current file, or the one that was put aside so many turns ago, compressed or not.
    private func open(_ number: Int) -> (file: LogFile, path: FilePath)? {
        let plain = number == 0 ? path : FilePath("\(path).\(number)")
        for path in [plain, FilePath("\(plain).gz")] {
            if let file = LogFile(path) { return (file, path) }
        }
        return nil
    }

    /// Reads the selected entries one by one.
    public func entries(_ selection: Selection = Selection()) throws -> LogCursor {
        try LogCursor(self, selection)
    }

    /// Gives the selected entries in order.
    public func read(_ selection: Selection = Selection(), _ body: (Entry) throws -> Void) throws {
        let cursor = try entries(selection)
        while let entry = try cursor.next() { try body(entry) }
    }
}

extension ContainerLog.Selection {
    /// Whether the entry's time is within the bounds.
    func contains(_ entry: ContainerLog.Entry) -> Bool {
        guard since != nil || until != nil else { return true }
        guard let time = Timestamp.parse(entry.time) else { return true }
        if let since, time < since { return false }
        if let until, time > until { return false }
        return true
    }
}

extension ContainerLog.Entry {
    /// When it was written, in nanoseconds since 1970; 0 where that cannot be told.
    public var instant: Int64 { Timestamp.parse(time) ?? 0 }

    /// Reads a line of the log as Docker's json-file driver writes it. Nil for one that a crash has torn.
    init?(parsing line: ArraySlice<UInt8>) {
        if let plain = Self(plain: line) {
            self = plain
            return
        }
        guard let record = try? JSONValue(parsing: line), let text = record["log"]?.text else { return nil }
        guard let time = record["time"]?.text else { return nil }
        self.text = text
        self.time = time
        stream = record["stream"]?.text.flatMap(Stream.init(rawValue:)) ?? .output
    }
}

extension ContainerLog.Entry {
    private static let head = Array(#"{"log":""#.utf8)
    private static let tails: [(stream: Stream, bytes: [UInt8])] = [Stream.output, .errorOutput].map { stream in
        (stream, Array(#"\n","stream":"\#(stream.rawValue)","time":""#.utf8))
    }

    /// Most lines need no parser: nothing in the text has to be spelled but its end, and nothing is said besides.
    private init?(plain line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.head), line.suffix(2).elementsEqual(#""}"#.utf8) else { return nil }
        let text = line.dropFirst(Self.head.count)
        guard let end = text.firstIndex(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }) else {
            return nil
        }
        let rest = text[end...]
        guard let tail = Self.tails.first(where: { rest.starts(with: $0.bytes) }) else { return nil }
        let time = rest.dropFirst(tail.bytes.count).dropLast(2)
        guard !time.contains(UInt8(ascii: "\"")), !time.contains(UInt8(ascii: "\\")) else { return nil }
        self.text = String(decoding: text[..<end], as: UTF8.self) + "\n"
        self.time = String(decoding: time, as: UTF8.self)
        stream = tail.stream
    }
}
