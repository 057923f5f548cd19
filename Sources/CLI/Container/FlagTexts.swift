import Linux
import SystemPackage

/// Files of variables as Docker's `--env-file` reads them: a line each, no quoting.
enum EnvironmentFile {
    /// `NAME=VALUE` and `NAME` lines, comments left out.
    static func entries(_ path: String) throws -> [String] {
        let bytes = try WholeFile.read(FilePath(path), limit: 16 << 20)
        return try bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let text = String(decoding: line, as: UTF8.self).drop { $0.isWhitespace }
            guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
            let name = text.prefix { $0 != "=" }
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                throw UsageError.conflict("\(path): variable \(String(name).quoted) is not a name")
            }
            return text.hasSuffix("\r") ? String(text.dropLast()) : String(text)
        }
    }
}

/// `NAME=VALUE` texts of labels.
enum LabelText {
    /// The labels; a name alone has an empty value, and a later one wins.
    static func labels(_ texts: [String]) -> [String: String] {
        var labels: [String: String] = [:]
        for text in texts {
            let sign = text.firstIndex(of: "=") ?? text.endIndex
            labels[String(text[..<sign])] = String(text[sign...].dropFirst())
        }
        return labels
    }
}

/// Words as a shell splits them: blanks, single and double quotes, backslashes.
enum ShellWords {
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
