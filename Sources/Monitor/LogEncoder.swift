/// The streams that a process writes to.
enum OutputStream: Int, CaseIterable {
    case output, error
}

/// Turns what a process writes into Docker's JSON lines.
///
/// One object a line: `{"log":"text\n","stream":"stdout","time":"2026-11-23T21:05:22.5Z"}`. A line longer than 16 KiB, and a
/// last one without an end, become objects whose text has no `\n`. Bytes that are not UTF-8 become U+FFFD.
struct LogEncoder {
    /// The objects that have not been taken yet.
    var encoded: [UInt8] = []
    private var unfinished: [[UInt8]] = [[], []]
    private var timestamp = Timestamp()

    /// The longest text of one object, in bytes.
    static let longestLine = 16 * 1024

    private static let heads = Array(#"{"log":""#.utf8)
    private static let streams = [
        Array(#"","stream":"stdout","time":""#.utf8), Array(#"","stream":"stderr","time":""#.utf8),
    ]
    private static let tail = Array("\"}\n".utf8)

    /// Takes in the first `count` bytes of a read at the given time.
    mutating func append(_ bytes: [UInt8], count: Int, from stream: OutputStream, at time: Int64) {
        timestamp.set(time)
        var start = 0
        while start < count {
            let end = bytes[start..<count].firstIndex(of: UInt8(ascii: "\n"))
            add(bytes, start..<(end ?? count), isComplete: end != nil, to: stream)
            start = end.map { $0 + 1 } ?? count
        }
    }

    /// Ends a stream: what has no end of line yet becomes an object of its own.
    mutating func end(_ stream: OutputStream, at time: Int64) {
        let left = unfinished[stream.rawValue]
        guard !left.isEmpty else { return }
        timestamp.set(time)
        unfinished[stream.rawValue] = []
        write(left, 0..<left.count, isComplete: false, stream)
    }

    private mutating func add(_ bytes: [UInt8], _ range: Range<Int>, isComplete: Bool, to stream: OutputStream) {
        let pending = unfinished[stream.rawValue].count
        if pending == 0, isComplete, range.count < Self.longestLine {
            return write(bytes, range, isComplete: true, stream)
        }
        var start = range.lowerBound
        while unfinished[stream.rawValue].count + range.upperBound - start >= Self.longestLine {
            let end = start + Self.longestLine - unfinished[stream.rawValue].count
            unfinished[stream.rawValue] += bytes[start..<end]
            start = end
            writeFullLine(of: stream)
        }
        unfinished[stream.rawValue] += bytes[start..<range.upperBound]
        guard isComplete else { return }
        var line: [UInt8] = []
        swap(&line, &unfinished[stream.rawValue])
        write(line, 0..<line.count, isComplete: true, stream)
    }

    /// Writes the longest line there may be, and keeps back a character of which it has only a part.
    private mutating func writeFullLine(of stream: OutputStream) {
        var line: [UInt8] = []
        swap(&line, &unfinished[stream.rawValue])
        let end = UTF8Scan.lastBoundary(of: line)
        write(line, 0..<end, isComplete: false, stream)
        unfinished[stream.rawValue] = Array(line[end...])
    }

    private mutating func write(_ bytes: [UInt8], _ range: Range<Int>, isComplete: Bool, _ stream: OutputStream) {
        encoded += Self.heads
        JSONText.append(bytes, range, to: &encoded)
        if isComplete { encoded += [UInt8(ascii: "\\"), UInt8(ascii: "n")] }
        encoded += Self.streams[stream.rawValue]
        encoded += timestamp.text
        encoded += Self.tail
    }
}
