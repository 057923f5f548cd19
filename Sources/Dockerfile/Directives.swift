/// The `# key=value` lines at the very top of a Dockerfile.
public struct Directives: Hashable, Sendable {
    /// The frontend that the author had in mind. It is never fetched or run: this parser reads every file.
    public var syntax: String?
    /// The character that escapes and continues lines: `\`, or a backtick.
    public var escape: Character = "\\"
    /// What the `check` directive says about build checks.
    public var check: String?
    /// Where it says so.
    var checkPosition: SourcePosition?
    /// How many lines at the top are directives.
    var lineCount = 0

    /// No directive: the habits of the format.
    public init() {}
}

extension Directives {
    init(reading lines: SourceLines) throws(DockerfileFailure) {
        self.init()
        var seen: Set<String> = []
        for index in 0..<lines.count {
            guard let (key, value) = Self.directive(in: lines[index]) else { return }
            let position = SourcePosition(line: index + 1, column: 1)
            guard ["syntax", "escape", "check"].contains(key) else { return }
            guard seen.insert(key).inserted else { throw DockerfileFailure(.repeatedDirective(key), at: position) }
            switch key {
            case "syntax": syntax = value
            case "check": (check, checkPosition) = (value, position)
            default:
                guard value == "\\" || value == "`" else {
                    throw DockerfileFailure(.badEscapeDirective(value), at: position)
                }
                escape = Character(value)
            }
            lineCount = index + 1
        }
    }

    private static func directive(in line: ArraySlice<UInt8>) -> (key: String, value: String)? {
        let line = line.trimmed
        guard line.first == ASCII.hash, let equals = line.firstIndex(of: ASCII.equals) else { return nil }
        let key = line[(line.startIndex + 1)..<equals].trimmed
        guard let first = key.first, ASCII.isLetter(first), key.allSatisfy(ASCII.isName) else { return nil }
        return (ASCII.lowercased(key.text), line[(equals + 1)...].trimmed.text)
    }
}
