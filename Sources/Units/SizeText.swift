/// Numbers of bytes as people write them: `64m`, `1.5gb`, `1024`, `2KiB`. Units are powers of 1024, as in Docker's flags and files.
public enum SizeText {
    private static let powers: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

    /// Bytes; nil when the text is no size, or beyond what fits.
    public static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        guard let number = Double(digits), number.isFinite else { return nil }
        guard let factor = factor(text.dropFirst(digits.count).drop { $0 == " " }.lowercased()) else { return nil }
        if let whole = Int(digits), case let (product, overflow) = whole.multipliedReportingOverflow(by: factor) {
            return overflow ? nil : product
        }
        return Int(exactly: (number * Double(factor)).rounded(.down))
    }

    private static func factor(_ suffix: String) -> Int? {
        if suffix.isEmpty || suffix == "b" { return 1 }
        guard let first = suffix.first, let power = powers[first] else { return nil }
        guard ["", "b", "ib"].contains(suffix.dropFirst()) else { return nil }
        return 1 << (10 * power)
    }
}
