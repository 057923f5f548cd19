/// A place in a file. Both count from one; columns are Unicode scalars.
public struct SourcePosition: Hashable, Sendable {
    /// The line.
    public let line: Int
    /// The column within the line.
    public let column: Int

    /// The value of these parts.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Where something stands in a Dockerfile.
public struct SourceRange: Hashable, Sendable {
    /// Where it begins.
    public let start: SourcePosition
    /// The last line that belongs to it, the ends of its heredocs included.
    public let lastLine: Int

    /// The value of these parts.
    public init(start: SourcePosition, lastLine: Int) {
        self.start = start
        self.lastLine = lastLine
    }
}

/// The bounds on what a Dockerfile may ask of its reader: the text comes from strangers.
public enum DockerfileLimits {
    /// Bytes of the file.
    public static let file = 16 << 20
    /// Bytes of one physical line, the field's own limit.
    public static let line = 64 << 10
    /// Stages of one file.
    public static let stages = 1000
    /// Instructions of one file.
    public static let instructions = 20_000
    /// Bytes that an expanded word may have, so that doubling a variable forty times does not fill the memory.
    public static let expansion = 1 << 20
    /// How deep `${a:-${b:-…}}` may nest.
    public static let nesting = 32
    /// Elementary steps that a pattern may take within one expansion.
    public static let patternSteps = 2_000_000
}

/// A file cut into lines, without their ends.
struct SourceLines {
    private let bytes: [UInt8]
    private let ranges: [Range<Int>]

    init(_ bytes: [UInt8]) throws(DockerfileFailure) {
        guard bytes.count <= DockerfileLimits.file else {
            throw DockerfileFailure(.fileTooLarge, at: SourcePosition(line: 1, column: 1))
        }
        var ranges: [Range<Int>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: ASCII.newline) ?? bytes.count
            let trimmed = end > start && bytes[end - 1] == ASCII.carriageReturn ? end - 1 : end
            guard trimmed - start <= DockerfileLimits.line else {
                throw DockerfileFailure(.lineTooLong, at: SourcePosition(line: ranges.count + 1, column: 1))
            }
            ranges.append(start..<trimmed)
            start = end + 1
        }
        self.bytes = bytes
        self.ranges = ranges
    }

    var count: Int { ranges.count }

    /// The line with this index, which counts from zero.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }
}

/// The characters that the grammar gives a meaning.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let newline: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let exclamation: UInt8 = 0x21
    static let doubleQuote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let dollar: UInt8 = 0x24
    static let singleQuote: UInt8 = 0x27
    static let dash: UInt8 = 0x2D
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let less: UInt8 = 0x3C
    static let equals: UInt8 = 0x3D
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let backtick: UInt8 = 0x60
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab || (0x0B...0x0D).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    static func isNameStart(_ byte: UInt8) -> Bool { isLetter(byte) || byte == 0x5F }
    static func isName(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    static func uppercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    var trimmedLeft: ArraySlice<UInt8> { drop(while: ASCII.isBlank) }

    var trimmed: ArraySlice<UInt8> {
        var rest = trimmedLeft
        while let last = rest.last, ASCII.isBlank(last) { rest.removeLast() }
        return rest
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
