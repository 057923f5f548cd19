import Glibc

/// Times as headers have them. RFC 9110, section 5.6.7
public enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970; nil for what is no time in any of the three forms.
    public static func seconds(_ text: String) -> Int64? {
        let words = text.split { ", -".contains($0) }.map(String.init)
        // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, and `Sun Nov  6 08:49:37 1994`
        guard words.count == 6 || words.count == 5 else { return nil }
        if words.count == 5 { return seconds(day: words[2], month: words[1], year: words[4], clock: words[3]) }
        guard words[5] == "GMT" else { return nil }
        return seconds(day: words[1], month: words[2], year: words[3], clock: words[4])
    }

    private static func seconds(day: String, month: String, year: String, clock: String) -> Int64? {
        let times = clock.split(separator: ":", omittingEmptySubsequences: false).map { UInt8($0) }
        guard let month = months.firstIndex(of: month), let day = UInt8(day), (1...31).contains(day),
            var year = UInt16(year), times.count == 3, let hour = times[0], let minute = times[1],
            let second = times[2], hour < 24, minute < 60, second <= 60
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        var parts = tm()
        parts.tm_year = Int32(year) - 1900
        parts.tm_mon = Int32(month)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        return Int64(timegm(&parts))
    }
}
