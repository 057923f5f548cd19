/// `key=value` pairs with commas between them, as flags of builds take them. A pair with a comma in it stands in quotes.
///
/// Whoever reads it takes out what it knows; what is left in the end nobody knows, and is refused.
struct AttributeList {
    private let text: String
    private var pairs: [(key: String, value: String)] = []

    init(parsing text: String) throws {
        self.text = text
        for field in try Self.fields(of: text) {
            guard let sign = field.firstIndex(of: "="), sign > field.startIndex else {
                throw BuilderError(.badAttribute(text, "\"\(field)\" is not key=value"))
            }
            let key = field[..<sign].drop { $0 == " " }
            pairs.append((key: String(key), value: String(field[field.index(after: sign)...])))
        }
    }

    /// The texts between commas, as CSV has them.
    static func fields(of text: String) throws -> [String] {
        var fields = [""]
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                fields[fields.count - 1].append("\"")
            case "\"" where isQuoted || fields.last == "": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        guard !isQuoted else { throw BuilderError(.badAttribute(text, "a quote has no end")) }
        return fields.filter { !$0.isEmpty }
    }

    /// The value of a key; the last one given counts.
    mutating func take(_ key: String) -> String? {
        let values = pairs.filter { $0.key == key }.map(\.value)
        pairs.removeAll { $0.key == key }
        return values.last
    }

    /// On or off.
    mutating func takeFlag(_ key: String) throws -> Bool? {
        guard let value = take(key) else { return nil }
        guard let flag = value.isEmpty ? true : Bool(flag: value) else {
            throw BuilderError(.badAttribute(text, "\(key) is true or false, not \"\(value)\""))
        }
        return flag
    }

    mutating func takeNumber(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = take(key) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw BuilderError(.badAttribute(text, "\(key) is a number up to \(range.upperBound), not \"\(value)\""))
        }
        return number
    }

    /// One of several words.
    mutating func takeChoice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws -> Choice? {
        guard let value = take(key) else { return nil }
        guard let choice = Choice(rawValue: value) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw BuilderError(.badAttribute(text, "\(key) is one of \(words), not \"\(value)\""))
        }
        return choice
    }

    /// All pairs whose key begins so.
    mutating func takeAll(beginning prefix: String) -> [(key: String, value: String)] {
        let taken = pairs.filter { $0.key.hasPrefix(prefix) }
        pairs.removeAll { $0.key.hasPrefix(prefix) }
        return taken
    }

    /// Refuses what nobody took.
    func finish() throws {
        guard let pair = pairs.first else { return }
        throw BuilderError(.badAttribute(text, "there is no option \"\(pair.key)\""))
    }

    /// An error about the text as a whole.
    func refused(_ why: String) -> BuilderError { BuilderError(.badAttribute(text, why)) }
}
