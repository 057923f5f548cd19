/// A time as Docker's logs have it: RFC 3339, UTC, nanoseconds without trailing zeros.
struct Timestamp {
    /// The text, such as `2026-11-23T21:05:22.5Z`.
    private(set) var text: [UInt8] = []
    private var second: Int64 = .min
    private var secondText: [UInt8] = []

    /// Sets the time, in nanoseconds since 1970. Only a new second is worked out anew.
    mutating func set(_ nanoseconds: Int64) {
        let (seconds, fraction) = Self.divide(nanoseconds, by: 1_000_000_000)
        if seconds != second {
            second = seconds
            secondText = Self.text(second: seconds)
        }
        text.removeAll(keepingCapacity: true)
        text += secondText
        if fraction != 0 {
            text.append(UInt8(ascii: "."))
            Self.append(fraction, digits: 9, to: &text)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        text.append(UInt8(ascii: "Z"))
    }

    private static func text(second: Int64) -> [UInt8] {
        let (days, time) = divide(second, by: 86400)
        let date = civil(days)
        var text: [UInt8] = []
        append(date.year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(date.month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(date.day, digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(time / 3600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(time / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(time % 60, digits: 2, to: &text)
        return text
    }

    /// The Gregorian date so many days after 1970-01-01. Years are counted from March, so that a leap day comes last,
    /// and in eras of 400, after which the calendar repeats.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func divide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func append(_ number: Int64, digits: Int, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
