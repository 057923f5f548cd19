/// An instruction taken apart as far as all instructions are alike: keyword, flags, and the rest.
struct InstructionText {
    enum FlagKind {
        case boolean, string, strings
    }

    struct Flag {
        let name: String
        let value: String?
        let offset: Int
    }

    let line: LogicalLine
    let keyword: String
    let escape: UInt8
    let flags: [Flag]
    let rest: ArraySlice<UInt8>

    /// Reads the flags that `kinds` allows.
    init(
        _ line: LogicalLine,
        keyword: String,
        body: ArraySlice<UInt8>,
        flags kinds: [String: FlagKind],
        escape: UInt8
    ) throws(DockerfileFailure) {
        var rest = body.trimmedLeft
        var flags: [Flag] = []
        while !kinds.isEmpty, rest.starts(with: [ASCII.dash, ASCII.dash]) {
            guard let word = splitWords(rest, escape: escape).first else { break }
            rest = rest[word.endIndex...].trimmedLeft
            guard word.count > 2 else { break }
            let flag = Self.flag(word, escape: escape)
            try Self.check(flag, among: kinds, seen: flags, keyword: keyword, line: line)
            flags.append(flag)
        }
        self.line = line
        self.keyword = keyword
        self.escape = escape
        self.flags = flags
        self.rest = rest
    }

    private static func flag(_ word: ArraySlice<UInt8>, escape: UInt8) -> Flag {
        var plain: [UInt8] = []
        var quote: UInt8?
        var bytes = word.dropFirst(2)
        while let byte = bytes.popFirst() {
            if byte == escape, quote != ASCII.singleQuote, let next = bytes.first {
                plain += next == ASCII.dollar ? [byte, next] : [next]
                bytes.removeFirst()
            } else if byte == quote {
                quote = nil
            } else if quote == nil, byte == ASCII.singleQuote || byte == ASCII.doubleQuote {
                quote = byte
            } else {
                plain.append(byte)
            }
        }
        let parts = plain.split(separator: ASCII.equals, maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count == 2 ? parts[1].text : nil
        return Flag(name: parts.first?.text ?? "", value: value, offset: word.startIndex)
    }

    private static func check(
        _ flag: Flag,
        among kinds: [String: FlagKind],
        seen: [Flag],
        keyword: String,
        line: LogicalLine
    ) throws(DockerfileFailure) {
        guard let kind = kinds[flag.name] else {
            let suggestion = nearest(to: flag.name, among: kinds.keys.sorted())
            throw line.failure(
                .unknownFlag(flag.name, instruction: keyword, suggestion: suggestion),
                at: flag.offset
            )
        }
        guard kind == .strings || !seen.contains(where: { $0.name == flag.name }) else {
            throw line.failure(.repeatedFlag(flag.name), at: flag.offset)
        }
        guard kind == .boolean || flag.value != nil else {
            throw line.failure(.flagNeedsValue(flag.name), at: flag.offset)
        }
        guard kind != .boolean || flag.value.map({ ["true", "false"].contains(ASCII.lowercased($0)) }) ?? true else {
            throw line.failure(
                .badFlagValue(flag.name, value: flag.value ?? "", expected: "true or false"),
                at: flag.offset
            )
        }
    }

    static let booleans = ["true": true, "1": true, "t": true, "false": false, "0": false, "f": false]
}

extension InstructionText {
    /// Where the arguments begin.
    var restOffset: Int { rest.startIndex }

    func failure(_ problem: DockerfileProblem) -> DockerfileFailure { line.failure(problem, at: restOffset) }

    func string(_ name: String) -> String? { flags.last { $0.name == name }?.value }

    func strings(_ name: String) -> [String] { flags.filter { $0.name == name }.compactMap(\.value) }

    /// The value of a switch; nil when it is not given.
    func boolean(_ name: String) -> Bool? {
        guard let flag = flags.last(where: { $0.name == name }) else { return nil }
        return flag.value.map { Self.booleans[ASCII.lowercased($0)] ?? true } ?? true
    }

    func needs(_ expected: String) -> DockerfileFailure {
        let place = rest.isEmpty ? 0 : restOffset
        return line.failure(.wrongArguments(instruction: keyword, expected: expected), at: place)
    }

    /// The arguments separated by blanks.
    var words: [ArraySlice<UInt8>] { rest.split(whereSeparator: ASCII.isBlank) }

    /// The whole rest as one string.
    func text(_ expected: String) throws(DockerfileFailure) -> String {
        let text = rest.trimmed.text
        guard !text.isEmpty else { throw needs(expected) }
        return text
    }

    /// The arguments as a JSON array; nil when they are none, or a malformed one.
    func list() throws(DockerfileFailure) -> [String]? {
        guard rest.first == ASCII.openBracket else { return nil }
        do throws(DockerfileProblem) {
            return try JSONList.parse(rest)
        } catch {
            throw failure(error)
        }
    }

    /// A JSON array, or else words.
    func listOrWords() throws(DockerfileFailure) -> [String] { try list() ?? words.map(\.text) }

    /// A JSON array, or else text for the shell.
    func command(emptyExpected: String) throws(DockerfileFailure) -> Command {
        if let list = try list() { return .exec(list) }
        return .shell(try text(emptyExpected))
    }

    /// `k=v` words, or the older `KEY the rest`; the first word decides.
    func pairs() throws(DockerfileFailure) -> [Pair] {
        let words = splitWords(rest, escape: escape)
        guard let first = words.first else { throw needs("name=value") }
        guard first.contains(ASCII.equals) else {
            let value = rest[first.endIndex...].trimmed
            guard !value.isEmpty else { throw needs("name=value") }
            return [Pair(name: first.text, value: value.text)]
        }
        var pairs: [Pair] = []
        for word in words {
            guard let equals = word.firstIndex(of: ASCII.equals) else {
                throw line.failure(.badPair(word.text), at: word.startIndex)
            }
            guard equals > word.startIndex else {
                throw line.failure(.emptyName(instruction: keyword), at: word.startIndex)
            }
            pairs.append(Pair(name: word[..<equals].text, value: word[(equals + 1)...].text))
        }
        return pairs
    }
}
