/// Splits a command line into words as a shell does, without running or expanding anything.
///
/// What follows `;`, `&`, `|`, `<` or `>` outside of quotes is cut off, as Compose does it: a command is one program.
enum ShellWords {
    /// The words; nil when a quotation mark or an escape is not closed.
    static func split(_ text: String) -> [String]? {
        var splitter = Splitter()
        for character in text.unicodeScalars {
            guard splitter.take(character) else { break }
        }
        return splitter.finish()
    }
}

private struct Splitter {
    private enum Mode { case plain, single, double }

    private var words: [String] = []
    private var word = ""
    private var hasWord = false
    private var mode = Mode.plain
    private var isEscaped = false

    /// False at the end of the command.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        if isEscaped {
            append(character)
            isEscaped = false
            return true
        }
        switch (mode, character) {
        case (.plain, "\\"), (.double, "\\"): isEscaped = true
        case (.plain, "'"): quote(.single)
        case (.plain, "\""): quote(.double)
        case (.single, "'"), (.double, "\""): mode = .plain
        case (.plain, " "), (.plain, "\t"), (.plain, "\n"), (.plain, "\r"): endWord()
        case (.plain, ";"), (.plain, "&"), (.plain, "|"), (.plain, "<"), (.plain, ">"): return false
        default: append(character)
        }
        return true
    }

    mutating func finish() -> [String]? {
        guard mode == .plain, !isEscaped else { return nil }
        endWord()
        return words
    }

    private mutating func quote(_ new: Mode) {
        mode = new
        hasWord = true
    }

    private mutating func append(_ character: Unicode.Scalar) {
        word.unicodeScalars.append(character)
        hasWord = true
    }

    private mutating func endWord() {
        guard hasWord else { return }
        words.append(word)
        word = ""
        hasWord = false
    }
}
