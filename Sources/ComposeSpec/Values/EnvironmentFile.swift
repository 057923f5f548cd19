/// Reads files of variables: `.env`, `--env-file`, `env_file`.
struct EnvironmentFile {
    /// What is wrong with a file, and the line.
    struct Failure: Error {
        var line: Int
        var text: String
    }

    /// The variables read, later ones over earlier ones.
    private(set) var variables: [String: String]
    private var rest: ArraySlice<UInt8>
    private var line = 1
    private let lookup: (String) -> String?

    /// Reads a file with quotes, escapes, comments and `${variables}`.
    ///
    /// Variables are looked up by `lookup` first, then among `earlier` ones and those of the file itself. The result
    /// holds `earlier` too.
    static func variables(
        in text: [UInt8],
        earlier: [String: String] = [:],
        lookup: (String) -> String?
    ) throws(Failure) -> [String: String] {
        let outcome: Result<[String: String], Failure> = withoutActuallyEscaping(lookup) { lookup in
            var file = EnvironmentFile(variables: earlier, rest: normalized(text)[...], lookup: lookup)
            do throws(Failure) {
                while try file.takeStatement() {}
                return .success(file.variables)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private init(variables: [String: String], rest: ArraySlice<UInt8>, lookup: @escaping (String) -> String?) {
        self.variables = variables
        self.rest = rest
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
        let (key, isInherited) = try takeKey()
        guard !key.contains(" ") else { throw failure("key cannot contain a space") }
        guard !isInherited else {
            line += 1
            if let value = lookup(key) { variables[key] = value }
            return true
        }
        variables[key] = try takeValue()
        return true
    }

    private mutating func skipToStatement() {
        while let byte = rest.first {
            if byte == UInt8(ascii: "#") {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
                continue
            }
            guard Self.isSpace(byte) || byte == UInt8(ascii: "\n") else { return }
            if byte == UInt8(ascii: "\n") { line += 1 }
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
        for byte in rest[..<end] where !Self.isKeyByte(byte) {
            let text = String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            throw failure("unexpected character \"\(Unicode.Scalar(byte))\" in variable name \"\(text)\"")
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
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == quote, !isEscaped { return try quote == UInt8(ascii: "'") ? text(value) : expandedQuoted(value) }
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, byte != quote { value.append(UInt8(ascii: "\\")) }
            isEscaped = false
            value.append(byte)
        }
        throw failure("unterminated quoted value \(text(start.prefix { $0 != UInt8(ascii: "\n") }))")
    }

    private mutating func takeUnquoted() throws(Failure) -> String {
        var value = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest.dropFirst(value.count + 1)
        line += 1
        for index in value.indices.dropLast() where value[index] == UInt8(ascii: " ") {
            guard value[index + 1] == UInt8(ascii: "#") else { continue }
            value = value[..<index]
            break
        }
        while let last = value.last, Self.isSpace(last) { value.removeLast() }
        return try expanded(text(value))
    }

    private func expandedQuoted(_ bytes: [UInt8]) throws(Failure) -> String {
        try expanded(text(Self.unescaped(bytes)))
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

    private func expanded(_ value: String) throws(Failure) -> String {
        guard Template.isNeeded(for: value) else { return value }
        do throws(Template.Failure) {
            return try Template(value).text(lookup: { lookup($0) ?? variables[$0] }, unset: { _ in })
        } catch {
            switch error {
            case .malformed(let text): throw failure(LoadProblem.interpolation(text).description)
            case .missing(let name, let word): throw failure(LoadProblem.requiredVariable(name, word).description)
            }
        }
    }

    private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private func failure(_ text: String) -> Failure { Failure(line: line, text: text) }

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

extension EnvironmentFile {
    /// Reads a file in which `KEY=value` means just that: no quotes, no variables; a bare `KEY` is looked up.
    static func rawVariables(
        in text: [UInt8],
        earlier: [String: String] = [:],
        lookup: (String) -> String?
    ) throws(Failure) -> [String: String] {
        var variables = earlier
        let lines = normalized(text).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(decoding: bytes.drop(while: isSpace), as: UTF8.self)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let end = line.utf8.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
            let name = String(line[..<end])
            guard !name.isEmpty else { throw Failure(line: index + 1, text: "no variable name on line '\(line)'") }
            guard !name.utf8.contains(where: isSpace) else {
                throw Failure(line: index + 1, text: "variable '\(name)' contains whitespaces")
            }
            if end < line.endIndex {
                variables[name] = String(line[line.utf8.index(after: end)...])
            } else if let value = lookup(name) {
                variables[name] = value
            }
        }
        return variables
    }
}
