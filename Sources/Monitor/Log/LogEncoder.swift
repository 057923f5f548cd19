import JSON
import Linux

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
    var encoded = LineBuffer()
    private var unfinished: [[UInt8]] = [[], []]
    private var timestamp = Timestamp()
    private var frame = LineBuffer.Frame(head: heads, tail: [], longest: longestLine)

    /// The longest text of one object, in bytes.
    static let longestLine = 16 * 1024

    private static let heads = Array(#"{"log":""#.utf8)
    private static let lineEnd = Array(#"\n"#.utf8)
    /// What follows the text of an object up to its time, by stream.
    private let streams: [[UInt8]]
    private static let tail = Array("\"}\n".utf8)

    /// - Parameter attributes: What is said with each line.
    init(attributes: [String: String] = [:]) {
        let pairs = attributes.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        let further = pairs.isEmpty ? "" : #","attrs":\#(JSONValue.object(pairs))"#
        streams = ["stdout", "stderr"].map { Array(#"","stream":"\#($0)"\#(further),"time":""#.utf8) }
    }

    /// Takes in the first `count` bytes of a read at the given time.
    mutating func append(_ bytes: [UInt8], count: Int, from stream: OutputStream, at time: Int64) {
        timestamp.set(time)
        frame.tail = Self.lineEnd + end(of: stream)
        var start = 0
        while start < count {
            if unfinished[stream.rawValue].isEmpty {
                start = encoded.append(linesOf: bytes, start..<count, in: frame)
                guard start < count else { return }
            }
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
        let end = Self.lastBoundary(of: line)
        write(line, 0..<end, isComplete: false, stream)
        unfinished[stream.rawValue] = Array(line[end...])
    }

    private mutating func write(_ bytes: [UInt8], _ range: Range<Int>, isComplete: Bool, _ stream: OutputStream) {
        encoded.append(Self.heads)
        encoded.append(spelling: bytes, range)
        if isComplete { encoded.append(Self.lineEnd) }
        encoded.append(end(of: stream))
    }

    /// What follows the text of an object.
    private func end(of stream: OutputStream) -> [UInt8] {
        streams[stream.rawValue] + timestamp.text + Self.tail
    }

    /// The end of the last whole character, where the bytes end within one; otherwise their end.
    private static func lastBoundary(of bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xc0 == 0x80 { continue }
            let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
