import YAML

/// The line of a file that a message is about.
public struct Excerpt: Hashable, Sendable {
    /// Its number, from 1.
    public let line: Int
    /// The line or, of a long one, the part around the place; tabs are spaces.
    public let text: String
    /// Where in `text`, from 1, in characters.
    public let column: Int

    private static let width = 100

    /// The line at a place; nil when the text has no such line.
    init?(of file: [UInt8], at place: Mark) {
        var lines = file.split(separator: UInt8(ascii: "\n"), maxSplits: place.line, omittingEmptySubsequences: false)
        if lines.count > place.line { lines.removeLast() }
        guard place.line >= 1, lines.count == place.line, let bytes = lines.last else { return nil }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { $0 == "\t" ? " " : $0 }
        let start = scalars.count > Self.width ? max(0, min(place.column - Self.width / 2, scalars.count)) : 0
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars[start...].prefix(Self.width))
        while shown.last.map({ $0 == " " || $0 == "\r" }) ?? false { shown.removeLast() }
        line = place.line
        text = String(shown)
        column = max(1, place.column - start)
    }
}

extension Excerpt: CustomStringConvertible {
    /// The line behind its number, and a mark below the place.
    public var description: String {
        let number = String(line)
        let margin = String(repeating: " ", count: number.utf8.count)
        return "  \(number) | \(text)\n  \(margin) | \(String(repeating: " ", count: column - 1))^"
    }
}
