/// What a template is made of.
enum TemplateToken: Hashable {
    case text(String)
    case open, close
    case field([String])
    /// `$` and the fields after it.
    case root([String])
    case word(String)
    case literal(String)
    case number(Int64)
    case pipe, left, right
}

/// Cuts a template into its tokens.
struct TemplateLexer {
    private var rest: Substring
    private var tokens: [TemplateToken] = []

    static func tokens(of text: String) throws(TemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(rest: text[...])
        while !lexer.rest.isEmpty { try lexer.takePiece() }
        return lexer.tokens
    }

    private mutating func takePiece() throws(TemplateError) {
        var text = ""
        while !rest.isEmpty, !rest.hasPrefix("{{") { text.append(rest.removeFirst()) }
        let trimsBefore = rest.hasPrefix("{{- ")
        if trimsBefore { while text.last?.isWhitespace == true { text.removeLast() } }
        if !text.isEmpty { tokens.append(.text(text)) }
        guard !rest.isEmpty else { return }
        rest = rest.dropFirst(trimsBefore ? 4 : 2)
        tokens.append(.open)
        try takeAction()
    }

    private mutating func takeAction() throws(TemplateError) {
        while let character = rest.first {
            if rest.hasPrefix("}}") || rest.hasPrefix("-}}") {
                let trimsAfter = rest.hasPrefix("-")
                rest = rest.dropFirst(trimsAfter ? 3 : 2)
                if trimsAfter { rest = rest.drop { $0.isWhitespace } }
                tokens.append(.close)
                return
            }
            if character.isWhitespace {
                rest.removeFirst()
            } else {
                tokens.append(try token(character))
            }
        }
        throw .unclosedAction
    }

    private mutating func token(_ character: Character) throws(TemplateError) -> TemplateToken {
        switch character {
        case "|", "(", ")":
            rest.removeFirst()
            return character == "|" ? .pipe : character == "(" ? .left : .right
        case ".": return .field(fields())
        case "$":
            rest.removeFirst()
            return .root(rest.first == "." ? fields() : [])
        case "\"", "`": return .literal(try quoted(character))
        default: return try word(character)
        }
    }

    private mutating func word(_ character: Character) throws(TemplateError) -> TemplateToken {
        let word = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
        guard !word.isEmpty else { throw .unexpected("\"\(character)\"") }
        rest = rest.dropFirst(word.count)
        return Int64(word).map(TemplateToken.number) ?? .word(word)
    }

    /// `.` alone is no field: the value itself.
    private mutating func fields() -> [String] {
        var names: [String] = []
        while rest.first == "." {
            rest.removeFirst()
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest.dropFirst(name.count)
            if !name.isEmpty { names.append(String(name)) }
        }
        return names
    }

    private mutating func quoted(_ quote: Character) throws(TemplateError) -> String {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            guard character == "\\", quote == "\"" else {
                text.append(character)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            text.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
        }
        throw .unclosedAction
    }
}
