import Glibc

/// The present, and times as text.
public enum Timestamp {
    /// Nanoseconds since 1970.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Seconds since 1970 as nanoseconds, of what somebody else says: at most 285 years before or after that.
    public static func nanoseconds(clamping seconds: Int64) -> Int64 {
        min(max(seconds, -9_000_000_000), 9_000_000_000) * 1_000_000_000
    }

    /// RFC 3339 in UTC, with up to nine digits of the second and no zeros at their end, such as
    /// `2026-01-02T03:04:05.123456789Z`.
    public static func text(_ nanoseconds: Int64) -> String {
        var (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction < 0 {
            seconds -= 1
            fraction += 1_000_000_000
        }
        var parts = tm()
        var time = time_t(seconds)
        gmtime_r(&time, &parts)
        let date = "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))"
        let day = "-\(digits(Int(parts.tm_mday), 2))T\(digits(Int(parts.tm_hour), 2))"
        let clock = ":\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
        guard fraction != 0 else { return date + day + clock + "Z" }
        var decimals = Array(digits(Int(fraction), 9).utf8)
        while decimals.last == UInt8(ascii: "0") { decimals.removeLast() }
        return date + day + clock + "." + String(decoding: decimals, as: UTF8.self) + "Z"
    }

    /// How many seconds east of Greenwich the machine's own time zone is at a time.
    ///
    /// The corresponding C function is `localtime_r`.
    public static func zoneOffset(at nanoseconds: Int64) -> Int64 {
        var parts = tm()
        var time = time_t(nanoseconds / 1_000_000_000)
        tzset()
        localtime_r(&time, &parts)
        return Int64(parts.tm_gmtoff)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// The time that an RFC 3339 text stands for, in nanoseconds since 1970; nil if it is none or out of range.
    public static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        guard let fraction = takeFraction(&rest), let offset = offset(rest) else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        let seconds = Int64(timegm(&parts)) - Int64(offset)
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return nil }
        return product + Int64(fraction)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    /// Nanoseconds; digits past the ninth count for nothing.
    private static func takeFraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        let decimals = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[decimals.endIndex...]
        guard let value = number(decimals.prefix(9)) else { return nil }
        return (decimals.count..<max(9, decimals.count)).reduce(value) { value, _ in value * 10 }
    }

    /// Seconds east of UTC.
    private static func offset(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let sign = rest.first else { return nil }
        if sign | 0x20 == UInt8(ascii: "z") { return rest.count == 1 ? 0 : nil }
        let digits = Array(rest.dropFirst())
        guard digits.count == 5, digits[2] == UInt8(ascii: ":"), let hours = number(digits[0..<2]), hours < 24,
            let minutes = number(digits[3..<5]), minutes < 60
        else { return nil }
        switch sign {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }
}

/// Names that nobody else has.
public enum RandomName {
    /// Hexadecimal digits from the kernel's random numbers; 64 make an identifier.
    ///
    /// The corresponding C function is `getrandom`.
    public static func hexadecimal(_ digits: Int = 64) -> String {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdef".utf8)
        let text = (0..<digits).map { _ in alphabet[Int(generator.next() & 15)] }
        return String(decoding: text, as: UTF8.self)
    }
}
