/// Spans of time as people write them: `1m30s`, `1.5h`, `200ms`; Compose files know days and weeks too.
public enum DurationText {
    private static let units: [(name: String, nanoseconds: Int)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    private static let longUnits = [(name: "d", nanoseconds: 86_400_000_000_000), ("w", 604_800_000_000_000)]

    /// Nanoseconds; nil when the text is no span of time, or beyond what fits.
    ///
    /// - Parameter hasLongUnits: Whether there are days and weeks.
    public static func nanoseconds(_ text: String, hasLongUnits: Bool = false) -> Int? {
        let units = hasLongUnits ? units + longUnits : units
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0
        while !rest.isEmpty {
            guard let part = takePart(from: &rest, units) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    private static func takePart(
        from rest: inout Substring,
        _ units: [(name: String, nanoseconds: Int)]
    ) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        rest = rest.dropFirst(digits.count)
        let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
        rest = rest.dropFirst(name.count)
        guard let unit = units.first(where: { $0.name == name }), digits != ".", !digits.isEmpty else { return nil }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts[0].isEmpty ? 0 : Int(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow, parts.count == 2, !parts[1].isEmpty else { return overflow ? nil : product }
        guard let fraction = Double("0." + parts[1]) else { return nil }
        let (sum, isTooMuch) = product.addingReportingOverflow(Int(fraction * Double(unit.nanoseconds)))
        return isTooMuch ? nil : sum
    }

    /// `1h0m0s`, `1m30s`, `1.5s`, `200ms`: no unit above the first is missing.
    public static func text(_ nanoseconds: Int) -> String {
        guard nanoseconds != 0 else { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = Int(nanoseconds.magnitude)
        guard magnitude >= 1_000_000_000 else { return sign + small(magnitude) }
        let (minutes, rest) = magnitude.quotientAndRemainder(dividingBy: 60_000_000_000)
        let seconds = decimal(rest, per: 1_000_000_000) + "s"
        guard minutes > 0 else { return sign + seconds }
        guard minutes >= 60 else { return sign + "\(minutes)m" + seconds }
        return sign + "\(minutes / 60)h\(minutes % 60)m" + seconds
    }

    private static func small(_ nanoseconds: Int) -> String {
        switch nanoseconds {
        case ..<1_000: "\(nanoseconds)ns"
        case ..<1_000_000: decimal(nanoseconds, per: 1_000) + "µs"
        default: decimal(nanoseconds, per: 1_000_000) + "ms"
        }
    }

    private static func decimal(_ number: Int, per unit: Int) -> String {
        let (whole, rest) = number.quotientAndRemainder(dividingBy: unit)
        guard rest > 0 else { return String(whole) }
        var digits = String(rest)
        digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
