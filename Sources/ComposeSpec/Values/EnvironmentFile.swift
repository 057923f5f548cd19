/// Reads files of variables: `.env`, `--env-file`, `env_file`.
struct EnvironmentFile {
    /// What is wrong with a file, and where.
    struct Failure: Error {
        var position: TextPosition
        var text: String
    }

    /// What a file says.
    struct Contents {
        /// The variables, over those that were known before.
        var variables: [String: String]
        /// Each line that gave a variable a value, in order.
        var assignments: [Assignment] = []
    }

    /// A variable that gets a value, and where.
    struct Assignment {
        var name: String
        var value: String
        var position: TextPosition
    }

    private var contents: Contents
    private var rest: ArraySlice<UInt8>
    private var positions: TextPositions
    private let lookup: (String) -> String?

    /// Reads a file with quotes, escapes, comments and `${variables}`.
    ///
    /// Variables are looked up by `lookup` first, then among `earlier` ones and those of the file itself. The result
    /// holds `earlier` too.
    static func contents(
        of text: [UInt8],
        earlier: [String: String] = [:],
        lookup: (String) -> String?
    ) throws(Failure) -> Contents {
        let outcome: Result<Contents, Failure> = withoutActuallyEscaping(lookup) { lookup in
            var file = EnvironmentFile(text: normalized(text), earlier: earlier, lookup: lookup)
            do throws(Failure) {
                while try file.takeStatement() {}
                return .success(file.contents)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private init(text: [UInt8], earlier: [String: String], lookup: @escaping (String) -> String?) {
        contents = Contents(variables: earlier)
        rest = text[...]
        positions = TextPositions(text)
        self.lookup = lookup
    }

    /// Without byte order mark, and with plain line feeds.
    private static func normalized(_ text: [UInt8]) -> [UInt8] {
        let body = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        guard body.contains(UInt8(ascii: "\r")) else { return Array(body) }
        return body.indices.compactMap { index in
            let isBeforeLineFeed = index + 1 < body.endIndex && body[index + 1] == UInt8(ascii: "\n")
            return body[index] == UInt8(ascii: "\r") && isBeforeLineFeed ? nil : body[index]
        }
    }

    /// False at the end of the text.
    private mutating func takeStatement() throws(Failure) -> Bool {
        skipToStatement()
        guard !rest.isEmpty else { return false }
        skipExport()
        let start = rest.startIndex
        let (key, isInherited) = try takeKey()
        guard !key.contains(" ") else { throw failure("key cannot contain a space", at: start) }
        guard let value = isInherited ? lookup(key) : try takeValue() else { return true }
        contents.assign(value, to: key, at: positions.position(of: start))
        return true
    }

    private mutating func skipToStatement() {
        while let byte = rest.first {
            if byte == UInt8(ascii: "#") {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
                continue
            }
            guard Self.isSpace(byte) || byte == UInt8(ascii: "\n") else { return }
            rest.removeFirst()
        }
    }

    private mutating func skipExport() {
        guard rest.starts(with: "export".utf8) else { return }
        let after = rest.dropFirst(6)
        guard let next = after.first, Self.isSpace(next) || next == UInt8(ascii: "\n") else { return }
        rest = after.drop { Self.isSpace($0) || $0 == UInt8(ascii: "\n") }
    }

    private mutating func takeKey() throws(Failure) -> (String, isInherited: Bool) {
        let end = rest.firstIndex { "=:\n".utf8.contains($0) } ?? rest.endIndex
        if let index = rest[..<end].firstIndex(where: { !Self.isKeyByte($0) }) {
            let text = String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            let character = Unicode.Scalar(rest[index])
            throw failure("unexpected character \"\(character)\" in variable name \"\(text)\"", at: index)
        }
        let isInherited = end == rest.endIndex || rest[end] == UInt8(ascii: "\n")
        var key = rest[..<end]
        while let last = key.last, Self.isSpace(last) { key.removeLast() }
        rest = rest[end...].dropFirst().drop(while: Self.isSpace)
        return (String(decoding: key, as: UTF8.self), isInherited)
    }

    private mutating func takeValue() throws(Failure) -> String {
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return try takeUnquoted()
        }
        let start = rest
        rest.removeFirst()
        var value: [UInt8] = []
        var isEscaped = false
        while let byte = rest.popFirst() {
            if byte == quote, !isEscaped {
                return try quote == UInt8(ascii: "'")
                    ? text(value) : expanded(text(Self.unescaped(value)), at: start.startIndex)
            }
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, byte != quote { value.append(UInt8(ascii: "\\")) }
            isEscaped = false
            value.append(byte)
        }
        let line = text(start.prefix { $0 != UInt8(ascii: "\n") })
        throw failure("unterminated quoted value \(line)", at: start.startIndex)
    }

    private mutating func takeUnquoted() throws(Failure) -> String {
        var value = rest.prefix { $0 != UInt8(ascii: "\n") }
        let start = rest.startIndex
        rest = rest.dropFirst(value.count + 1)
        for index in value.indices.dropLast() where value[index] == UInt8(ascii: " ") {
            guard value[index + 1] == UInt8(ascii: "#") else { continue }
            value = value[..<index]
            break
        }
        while let last = value.last, Self.isSpace(last) { value.removeLast() }
        return try expanded(text(value), at: start)
    }

    private static let escapes: [UInt8: [UInt8]] = [
        UInt8(ascii: "a"): [7], UInt8(ascii: "b"): [8], UInt8(ascii: "f"): [12], UInt8(ascii: "n"): [10],
        UInt8(ascii: "r"): [13], UInt8(ascii: "t"): [9], UInt8(ascii: "v"): [11], UInt8(ascii: "\""): [34],
        UInt8(ascii: "\\"): [92], UInt8(ascii: "$"): [36, 36],
    ]

    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                text.append(byte)
                continue
            }
            if let escape = escapes[next] {
                rest.removeFirst()
                text += escape
            } else if next == UInt8(ascii: "0") {
                let digits = rest.dropFirst().prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
                text.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }))
                rest = rest.dropFirst(1 + digits.count)
            } else {
                text.append(byte)
            }
        }
        return text
    }

    private func expanded(_ value: String, at index: Int) throws(Failure) -> String {
        guard Template.isNeeded(for: value) else { return value }
        do throws(Template.Failure) {
            return try Template(value).text(lookup: { lookup($0) ?? contents.variables[$0] }, unset: { _ in })
        } catch {
            throw failure(LoadProblem(error).description, at: index)
        }
    }

    private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private func failure(_ text: String, at index: Int) -> Failure {
        var positions = positions
        return Failure(position: positions.position(of: index), text: text)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { " \t\u{B}\u{C}\r".utf8.contains(byte) }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
            true
        default: "_.-[]".utf8.contains(byte) || isSpace(byte)
        }
    }
}

extension EnvironmentFile.Contents {
    fileprivate mutating func assign(_ value: String, to name: String, at position: TextPosition) {
        variables[name] = value
        assignments.append(EnvironmentFile.Assignment(name: name, value: value, position: position))
    }
}

extension EnvironmentFile {
    /// Reads a file in which `KEY=value` means just that: no quotes, no variables; a bare `KEY` is looked up.
    static func rawContents(
        of text: [UInt8],
        earlier: [String: String] = [:],
        lookup: (String) -> String?
    ) throws(Failure) -> Contents {
        var contents = Contents(variables: earlier)
        let lines = normalized(text).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(decoding: bytes.drop(while: isSpace), as: UTF8.self)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let position = TextPosition(line: index + 1, column: bytes.prefix(while: isSpace).count + 1)
            let end = line.utf8.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
            let name = String(line[..<end])
            guard !name.isEmpty else { throw Failure(position: position, text: "no variable name on line '\(line)'") }
            guard !name.utf8.contains(where: isSpace) else {
                throw Failure(position: position, text: "variable '\(name)' contains whitespaces")
            }
            let value = end < line.endIndex ? String(line[line.utf8.index(after: end)...]) : lookup(name)
            if let value { contents.assign(value, to: name, at: position) }
        }
        return contents
    }
}
