import Units

/// An amount of bytes.
struct ByteSize: Hashable, Sendable {
    var bytes: Int64

    init(_ bytes: some BinaryInteger) {
        self.bytes = Int64(clamping: bytes)
    }

    /// Reads `512`, `512b`, `64k`, `1.5g`, `2GiB`; nil for what is no size, or below zero.
    init?(parsing text: String) {
        guard let bytes = SizeText.bytes(text), bytes >= 0 else { return nil }
        self.init(bytes)
    }

    /// The size by powers of 1000, such as `7.81MB`: 3 digits for images and containers, 4 for volumes and sums.
    func decimal(digits: Int = 4) -> String {
        Self.text(bytes, base: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"], digits: digits)
    }

    /// The size by powers of 1024, such as `15.5MiB`.
    var binary: String {
        Self.text(bytes, base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], digits: 4)
    }

    private static func text(_ bytes: Int64, base: Double, units: [String], digits: Int) -> String {
        var value = Double(bytes)
        var place = 0
        while rounded(value, digits: digits) >= base, place < units.count - 1 {
            value /= base
            place += 1
        }
        return shortest(rounded(value, digits: digits)) + units[place]
    }

    /// The value with so many significant digits.
    private static func rounded(_ value: Double, digits: Int) -> Double {
        guard value > 0 else { return 0 }
        var scale = 1.0
        var limit = 1.0
        for _ in 1..<digits { limit *= 10 }
        while value * scale < limit { scale *= 10 }
        return (value * scale).rounded() / scale
    }

    private static func shortest(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
