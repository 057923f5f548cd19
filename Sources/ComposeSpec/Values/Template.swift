/// A text with variables in it: `$NAME`, `${NAME}`, `${NAME:-word}` and its kin, `$$` for a dollar sign.
///
/// Words are texts again, so they nest; the depth is bounded because the reader recurses.
struct Template {
    /// What may follow a name.
    enum Operator: String {
        case ifEmptyOrUnset = ":-"
        case ifUnset = "-"
        case requiredFilled = ":?"
        case required = "?"
        case ifFilled = ":+"
        case ifSet = "+"
    }

    /// A piece of the text.
    indirect enum Piece {
        case text(String)
        case variable(String, Operator?, word: Template)
    }

    /// Why a text cannot be replaced.
    enum Failure: Error {
        case malformed(String)
        case missing(name: String, word: String)
    }

    private(set) var pieces: [Piece] = []
    private static let depthLimit = 100

    /// Reads a text.
    init(_ text: String) throws(Failure) {
        self = try Self.read(Substring(text), depth: 0)
    }

    private init() {}

    /// A text without dollar signs needs no reading.
    static func isNeeded(for text: String) -> Bool { text.utf8.contains(UInt8(ascii: "$")) }

    private static func read(_ text: Substring, depth: Int) throws(Failure) -> Template {
        guard depth < depthLimit else { throw .malformed(String(text.prefix(40))) }
        var template = Template()
        var literal = ""
        var rest = text
        while let dollar = rest.unicodeScalars.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[rest.unicodeScalars.index(after: dollar)...]
            guard let piece = try takePiece(from: &rest, depth: depth) else {
                literal += "$"
                continue
            }
            if case .text(let text) = piece {
                literal += text
                continue
            }
            if !literal.isEmpty { template.pieces.append(.text(literal)) }
            literal = ""
            template.pieces.append(piece)
        }
        literal += rest
        if !literal.isEmpty { template.pieces.append(.text(literal)) }
        return template
    }

    /// What follows a dollar sign; nil when the sign stands for itself.
    private static func takePiece(from rest: inout Substring, depth: Int) throws(Failure) -> Piece? {
        if rest.unicodeScalars.first == "$" {
            rest.unicodeScalars.removeFirst()
            return .text("$")
        }
        if rest.unicodeScalars.first == "{" { return try takeBraces(from: &rest, depth: depth) }
        let name = takeName(from: &rest)
        return name.isEmpty ? nil : .variable(name, nil, word: Template())
    }

    private static func takeBraces(from rest: inout Substring, depth: Int) throws(Failure) -> Piece {
        let whole = rest
        rest.unicodeScalars.removeFirst()
        let name = takeName(from: &rest)
        guard !name.isEmpty else { throw .malformed("$" + whole) }
        if rest.unicodeScalars.first == "}" {
            rest.unicodeScalars.removeFirst()
            return .variable(name, nil, word: Template())
        }
        guard let used = takeOperator(from: &rest), let end = closingBrace(of: rest) else {
            throw .malformed("$" + whole)
        }
        let word = rest[..<end]
        rest = rest[rest.unicodeScalars.index(after: end)...]
        guard !word.contains("\n") else { throw .malformed("$" + whole) }
        return .variable(name, used, word: try read(word, depth: depth + 1))
    }

    private static func takeOperator(from rest: inout Substring) -> Operator? {
        for length in [2, 1] {
            guard let found = Operator(rawValue: String(rest.prefix(length))) else { continue }
            rest = rest.dropFirst(found.rawValue.count)
            return found
        }
        return nil
    }

    /// The brace that closes a word; those of variables within are counted.
    private static func closingBrace(of text: Substring) -> Substring.Index? {
        var open = 0
        let bytes = text.utf8
        var isAfterDollar = false
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "}") {
                guard open > 0 else { return index }
                open -= 1
            } else if isAfterDollar, bytes[index] == UInt8(ascii: "{") {
                open += 1
            }
            isAfterDollar = bytes[index] == UInt8(ascii: "$")
        }
        return nil
    }

    private static func takeName(from rest: inout Substring) -> String {
        let name = rest.utf8.prefix { isNameByte($0) }
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return "" }
        rest = rest[name.endIndex...]
        return String(Substring(name))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Template {
    /// The text with values in place; `unset` hears of variables that have none and should.
    func text(
        lookup: (String) -> String?,
        unset: (String) -> Void
    ) throws(Failure) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .variable(let name, let used, let word):
                text += try Self.value(of: name, used, word, lookup: lookup, unset: unset)
            }
        }
        return text
    }

    private static func value(
        of name: String,
        _ used: Operator?,
        _ word: Template,
        lookup: (String) -> String?,
        unset: (String) -> Void
    ) throws(Failure) -> String {
        let value = lookup(name)
        let isFilled = value.map { !$0.isEmpty } ?? false
        func replacement() throws(Failure) -> String { try word.text(lookup: lookup, unset: unset) }
        switch used {
        case nil:
            if value == nil { unset(name) }
            return value ?? ""
        case .ifUnset: return if let value { value } else { try replacement() }
        case .ifEmptyOrUnset: return if let value, isFilled { value } else { try replacement() }
        case .ifSet: return value == nil ? "" : try replacement()
        case .ifFilled: return isFilled ? try replacement() : value ?? ""
        case .required:
            if let value { return value }
            throw .missing(name: name, word: try replacement())
        case .requiredFilled:
            if let value, isFilled { return value }
            throw .missing(name: name, word: try replacement())
        }
    }

    /// A variable that a text uses, for `config --variables`.
    struct Use {
        var name: String
        var isRequired = false
        var defaultValue = ""
        var presentValue = ""
    }

    /// The variables used, those in words included.
    var uses: [Use] {
        pieces.flatMap { piece -> [Use] in
            guard case .variable(let name, let used, let word) = piece else { return [] }
            var use = Use(name: name)
            switch used {
            case .required, .requiredFilled: use.isRequired = true
            case .ifUnset, .ifEmptyOrUnset: use.defaultValue = word.source
            case .ifSet, .ifFilled: use.presentValue = word.source
            case nil: break
            }
            return [use] + word.uses
        }
    }

    /// The text as it was written.
    private var source: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name, nil, _): "${\(name)}"
            case .variable(let name, let used?, let word): "${\(name)\(used.rawValue)\(word.source)}"
            }
        }.joined()
    }
}
