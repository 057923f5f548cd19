/// One instruction as text: its physical lines put together, and the heredocs that follow it.
struct LogicalLine {
    /// A run of text that stems from one physical line.
    struct Piece {
        let offset: Int
        let position: SourcePosition
    }

    var bytes: [UInt8] = []
    var pieces: [Piece] = []
    var heredocs: [Heredoc] = []
    /// The comments right above it, each without its `#`.
    var comments: [String] = []
    /// The last line before any heredoc, where a blank line stands between two of them.
    var blankContinuation: Int?
    var lastLine: Int

    /// Where the byte at an offset stands in the file.
    func position(at offset: Int) -> SourcePosition {
        guard let piece = pieces.last(where: { $0.offset <= offset }) ?? pieces.first else {
            return SourcePosition(line: lastLine, column: 1)
        }
        let between = bytes[min(piece.offset, bytes.count)..<min(max(offset, piece.offset), bytes.count)]
        let scalars = between.count { $0 & 0xC0 != 0x80 }
        return SourcePosition(line: piece.position.line, column: piece.position.column + scalars)
    }

    func failure(_ problem: DockerfileProblem, at offset: Int) -> DockerfileFailure {
        DockerfileFailure(problem, at: position(at: offset))
    }
}

/// A document inside an instruction: `<<EOF` and the lines up to `EOF`.
public struct Heredoc: Hashable, Sendable {
    /// The word that ends it, without quotes.
    public let name: String
    /// Whether variables in the body are replaced: not when the word was quoted.
    public let isExpanded: Bool
    /// Whether leading tabs go, as `<<-` asks.
    public let stripsTabs: Bool
    /// The lines, each with its end, exactly as they stand.
    public var body: String = ""

    /// The body as the instruction means it: without leading tabs, if they are to go.
    public var content: String {
        guard stripsTabs else { return body }
        let lines = body.utf8.split(separator: ASCII.newline, omittingEmptySubsequences: false)
        let stripped = lines.map { $0.drop { $0 == ASCII.tab } }
        return String(decoding: Array(stripped.joined(separator: [ASCII.newline])), as: UTF8.self)
    }

    /// Reads `[fd]<<[-]WORD`; nil when the word is none.
    init?(word: ArraySlice<UInt8>, escape: UInt8) {
        var rest = word.drop(while: ASCII.isDigit)
        guard rest.starts(with: [ASCII.less, ASCII.less]) else { return nil }
        rest = rest.dropFirst(2)
        stripsTabs = rest.first == ASCII.dash
        if stripsTabs { rest = rest.dropFirst() }
        guard let first = rest.first, first != ASCII.less else { return nil }
        isExpanded = !rest.contains { $0 == ASCII.doubleQuote || $0 == ASCII.singleQuote || $0 == escape }
        var name: [UInt8] = []
        if first == ASCII.doubleQuote || first == ASCII.singleQuote {
            name = Array(rest.dropFirst().prefix { $0 != first })
        } else {
            name = rest.prefix { !Self.endsName($0) }.filter { $0 != escape }
        }
        guard !name.isEmpty, !name.contains(ASCII.less) else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
    }

    /// What ends an unquoted word in a shell.
    private static func endsName(_ byte: UInt8) -> Bool { ";|&><()".utf8.contains(byte) }
}

/// Puts physical lines together: comments and continuations go, heredocs are gathered.
struct LogicalLineReader {
    let lines: SourceLines
    let escape: UInt8
    private var next: Int

    init(_ lines: SourceLines, escape: UInt8, startingAt first: Int) {
        self.lines = lines
        self.escape = escape
        next = first
    }

    mutating func read() throws(DockerfileFailure) -> LogicalLine? {
        let comments = skipComments()
        guard next < lines.count else { return nil }
        var line = LogicalLine(comments: comments, lastLine: next + 1)
        var continues = append(lines[next].trimmedLeft, of: lines[next], to: &line)
        var hasBlank = false
        while continues, next < lines.count {
            guard !isSkipped(lines[next]) else {
                hasBlank = hasBlank || lines[next].trimmedLeft.isEmpty
                next += 1
                continue
            }
            continues = append(lines[next], of: lines[next], to: &line)
            guard line.bytes.count <= DockerfileLimits.file else { throw line.failure(.lineTooLong, at: 0) }
        }
        if hasBlank { line.blankContinuation = next }
        while let last = line.bytes.last, ASCII.isBlank(last) { line.bytes.removeLast() }
        try readHeredocs(into: &line)
        return line
    }

    /// Goes to the next instruction, and gives the comments that stand right above it: a blank line or an empty comment
    /// parts the two.
    private mutating func skipComments() -> [String] {
        var comments: [String] = []
        while next < lines.count, isSkipped(lines[next]) {
            let comment = lines[next].trimmedLeft.dropFirst().trimmed
            if comment.isEmpty { comments = [] } else { comments.append(comment.text) }
            next += 1
        }
        return comments
    }

    private func isSkipped(_ physical: ArraySlice<UInt8>) -> Bool {
        let first = physical.trimmedLeft.first
        return first == nil || first == ASCII.hash
    }

    /// Adds a physical line, and says whether another belongs to it.
    private mutating func append(
        _ content: ArraySlice<UInt8>,
        of physical: ArraySlice<UInt8>,
        to line: inout LogicalLine
    ) -> Bool {
        next += 1
        let skipped = physical[physical.startIndex..<content.startIndex].count { $0 & 0xC0 != 0x80 }
        let position = SourcePosition(line: next, column: skipped + 1)
        line.pieces.append(LogicalLine.Piece(offset: line.bytes.count, position: position))
        line.lastLine = next
        var content = content
        while let last = content.last, ASCII.isBlank(last) { content.removeLast() }
        guard content.last == escape, content.dropLast().last != escape else {
            line.bytes += physical[content.startIndex...]
            return false
        }
        line.bytes += content.dropLast()
        return true
    }

    private mutating func readHeredocs(into line: inout LogicalLine) throws(DockerfileFailure) {
        guard takesHeredocs(line.bytes) else { return }
        for word in splitWords(line.bytes[...], escape: escape) {
            guard var heredoc = Heredoc(word: word, escape: escape) else { continue }
            heredoc.body = try readBody(of: heredoc, line: line, at: word.startIndex)
            line.heredocs.append(heredoc)
        }
        line.lastLine = max(line.lastLine, line.heredocs.isEmpty ? 0 : next)
    }

    private mutating func readBody(
        of heredoc: Heredoc,
        line: LogicalLine,
        at offset: Int
    ) throws(DockerfileFailure) -> String {
        var body: [UInt8] = []
        while next < lines.count {
            let physical = lines[next]
            next += 1
            let candidate = heredoc.stripsTabs ? physical.drop { $0 == ASCII.tab } : physical
            if candidate.elementsEqual(heredoc.name.utf8) { return String(decoding: body, as: UTF8.self) }
            body += physical
            body.append(ASCII.newline)
        }
        throw line.failure(.unterminatedHeredoc(heredoc.name), at: offset)
    }

    private func takesHeredocs(_ bytes: [UInt8]) -> Bool {
        var words = bytes.split(maxSplits: 2, whereSeparator: ASCII.isBlank).prefix(2).map { ASCII.uppercased($0.text) }
        if words.first == "ONBUILD" { words.removeFirst() }
        return words.first.map(["RUN", "COPY", "ADD"].contains) ?? false
    }
}

/// Cuts at blanks that are neither quoted nor escaped. The words keep their quotes and escapes, and their indices.
func splitWords(_ bytes: ArraySlice<UInt8>, escape: UInt8) -> [ArraySlice<UInt8>] {
    var words: [ArraySlice<UInt8>] = []
    var start: Int?
    var quote: UInt8?
    var index = bytes.startIndex
    while index < bytes.endIndex {
        let byte = bytes[index]
        if quote == nil, ASCII.isBlank(byte) {
            if let begun = start { words.append(bytes[begun..<index]) }
            start = nil
        } else {
            start = start ?? index
            if byte == escape, quote != ASCII.singleQuote {
                index += 1
            } else if byte == quote {
                quote = nil
            } else if quote == nil, byte == ASCII.singleQuote || byte == ASCII.doubleQuote {
                quote = byte
            }
        }
        index += 1
    }
    if let begun = start { words.append(bytes[begun..<bytes.endIndex]) }
    return words
}
