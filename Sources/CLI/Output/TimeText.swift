import Linux
import Units

/// Times and durations as texts.
enum TimeText {
    private static let second: Int64 = 1_000_000_000

    /// A point in time: RFC 3339, a date, seconds since 1970 with or without a fraction, or how long before now.
    ///
    /// - Returns: nanoseconds since 1970.
    static func instant(_ text: String, now: Int64) -> Int64? {
        if let ago = DurationText.nanoseconds(text), text != "0" {
            let (instant, isBeyond) = now.subtractingReportingOverflow(Int64(ago))
            return isBeyond ? nil : instant
        }
        if let seconds = Double(text), seconds >= 0, seconds < 9e9 { return Int64(seconds * 1e9) }
        return timestamp(text)
    }

    /// Nanoseconds since 1970 of `2006-01-02[T15:04[:05[.999999999]]][Z|±07:00]`.
    static func timestamp(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = days(year, month, day) * 86400
        var fraction: Int64 = 0
        if reader.take("T") || reader.take(" ") {
            guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2) else { return nil }
            seconds += Int64(hour * 3600 + minute * 60)
            if reader.take(":") {
                guard let whole = reader.number(2) else { return nil }
                seconds += Int64(whole)
                if reader.take(".") { fraction = reader.fraction() }
            }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        // What comes after the year 2262 is as good as never.
        let (nanoseconds, isBeyond) = (seconds - offset).multipliedReportingOverflow(by: second)
        return isBeyond ? (seconds > 0 ? .max : .min) : nanoseconds.addingReportingOverflow(fraction).partialValue
    }

    /// Such as `2006-01-02T15:04:05.123456789Z`.
    static func rfc3339(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "0001-01-01T00:00:00Z" }
        let (date, time, fraction) = parts(nanoseconds)
        var digits = String(repeating: "0", count: 9 - String(fraction).count) + String(fraction)
        while digits.last == "0" { digits.removeLast() }
        return "\(date)T\(time)\(digits.isEmpty ? "" : "." + digits)Z"
    }

    /// Such as `2006-01-02 15:04:05 +0000 UTC`.
    static func table(_ nanoseconds: Int64) -> String {
        let (date, time, _) = parts(nanoseconds)
        return "\(date) \(time) +0000 UTC"
    }

    /// Such as `2006-01-02T15:04:05.000000000+01:00`, in the machine's own zone.
    static func event(_ nanoseconds: Int64) -> String {
        let time = local(nanoseconds, digits: 9)
        guard time.offset != 0 else { return "\(time.date)T\(time.clock)Z" }
        let minutes = abs(time.offset) / 60
        let zone = "\(time.offset < 0 ? "-" : "+")\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
        return "\(time.date)T\(time.clock)\(zone)"
    }

    /// The date and the time of day in the machine's own zone, with so many digits of the second, and how many seconds that
    /// is east of Greenwich.
    static func local(_ nanoseconds: Int64, digits: Int) -> (date: String, clock: String, offset: Int64) {
        let offset = Timestamp.zoneOffset(at: nanoseconds)
        let (date, time, fraction) = parts(nanoseconds + offset * second)
        let nine = String(repeating: "0", count: 9 - String(fraction).count) + String(fraction)
        return (date, "\(time).\(nine.prefix(digits))", offset)
    }

    private static func parts(_ nanoseconds: Int64) -> (date: String, time: String, fraction: Int64) {
        let seconds = nanoseconds.floorDivided(by: second)
        let day = seconds.floorDivided(by: 86400)
        let inDay = seconds - day * 86400
        let (year, month, dayOfMonth) = civil(day)
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { twoDigits($0) }.joined(separator: ":")
        let years = String(year)
        let padded = String(repeating: "0", count: max(0, 4 - years.count)) + years
        return ("\(padded)-\(twoDigits(month))-\(twoDigits(dayOfMonth))", time, nanoseconds - seconds * second)
    }

    private static func twoDigits(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Days from 1970 to a date of the Gregorian calendar; years are counted from March, so that a leap day comes last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let year = Int64(month > 2 ? year : year - 1)
        let era = year.floorDivided(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400
        return (month < 10 ? year : year + 1, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

/// Reads numbers of a fixed width off a text.
private struct DigitReader {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest = rest.dropFirst(width)
        return Int(digits)
    }

    /// Nanoseconds.
    mutating func fraction() -> Int64 {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        let nine = String(digits.prefix(9))
        return Int64(nine + String(repeating: "0", count: 9 - nine.count)) ?? 0
    }

    /// Seconds east of Greenwich; none is Greenwich.
    mutating func offset() -> Int64? {
        guard !rest.isEmpty, !take("Z") else { return 0 }
        let isWest = rest.first == "-"
        guard take("+") || take("-"), let hours = number(2) else { return nil }
        _ = take(":")
        guard let minutes = number(2) else { return nil }
        return Int64(hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}

extension Int64 {
    /// The quotient, rounded down.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
