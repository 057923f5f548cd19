/// A point in time as YAML writes it: `2006-1-2`, `2006-1-2T15:4:5Z`, `2006-1-2 15:4:5.99`.
struct Timestamp {
    private var date: [Int]
    private var time = [0, 0, 0]
    private var fraction: Substring = ""
    /// Minutes east of Greenwich.
    private var offset: Int?

    /// Nil when the text is no timestamp.
    init?(_ text: String) {
        guard text.utf8.count >= 8, text.utf8.prefix(4).allSatisfy(Self.isDigit) else { return nil }
        let separator = text.firstIndex { $0 == "T" || $0 == "t" || $0 == " " } ?? text.endIndex
        date = []
        guard let date = Self.numbers(text[..<separator], by: "-", widths: [4...4, 1...2, 1...2]) else { return nil }
        guard (1...12).contains(date[1]), (1...Self.days(in: date[1], of: date[0])).contains(date[2]) else {
            return nil
        }
        self.date = date
        guard separator < text.endIndex else { return }
        guard readTime(text[text.index(after: separator)...], needsZone: text[separator] != " ") else { return nil }
    }

    private mutating func readTime(_ text: Substring, needsZone: Bool) -> Bool {
        let clockEnd =
            text.firstIndex { !(Self.isDigit($0.utf8.first ?? 0) || $0 == ":" || $0 == ".") } ?? text.endIndex
        guard readZone(text[clockEnd...], isRequired: needsZone) else { return false }
        let parts = text[..<clockEnd].split(separator: ".", omittingEmptySubsequences: false)
        guard let clock = parts.first, let time = Self.numbers(clock, by: ":", widths: [1...2, 1...2, 1...2]),
            time[0] < 24, time[1] < 60, time[2] < 60, parts.count <= 2
        else { return false }
        self.time = time
        guard parts.count == 2 else { return true }
        fraction = parts[1]
        while fraction.last == "0" { fraction.removeLast() }
        return !parts[1].isEmpty && parts[1].count <= 9
    }

    private mutating func readZone(_ text: Substring, isRequired: Bool) -> Bool {
        switch text.first {
        case nil: return !isRequired
        case "Z": return isRequired && text.count == 1
        case "+", "-":
            guard isRequired, let zone = Self.numbers(text.dropFirst(), by: ":", widths: [2...2, 2...2]) else {
                return false
            }
            let minutes = zone[0] * 60 + zone[1]
            offset = text.first == "-" ? -minutes : minutes
            return true
        default: return false
        }
    }

    private static func numbers(_ text: Substring, by separator: Character, widths: [ClosedRange<Int>]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == widths.count else { return nil }
        var numbers: [Int] = []
        for (part, width) in zip(parts, widths) {
            guard width.contains(part.utf8.count), part.utf8.allSatisfy(isDigit), let number = Int(part) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

extension Timestamp: CustomStringConvertible {
    /// `2024-01-01 00:00:00 +0000 UTC`
    var description: String {
        let day = [Self.padded(date[0], 4), Self.padded(date[1], 2), Self.padded(date[2], 2)].joined(separator: "-")
        let clock = time.map { Self.padded($0, 2) }.joined(separator: ":") + (fraction.isEmpty ? "" : ".\(fraction)")
        return "\(day) \(clock) \(zone)"
    }

    private var zone: String {
        guard let offset, offset != 0 else { return "+0000 UTC" }
        let minutes = abs(offset)
        let zone = (offset < 0 ? "-" : "+") + Self.padded(minutes / 60, 2) + Self.padded(minutes % 60, 2)
        return "\(zone) \(zone)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
