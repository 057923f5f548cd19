/// Durations as progress shows them.
public enum Seconds {
    /// Such as `1.2`.
    public static func tenths(_ duration: Duration) -> String { text(duration, digits: 1) }
    /// Such as `1.234`.
    public static func thousandths(_ duration: Duration) -> String { text(duration, digits: 3) }

    private static func text(_ duration: Duration, digits: Int) -> String {
        let parts = duration.components
        let unit = digits == 1 ? 10 : 1000
        let fraction = Int(parts.attoseconds / (1_000_000_000_000_000_000 / Int64(unit)))
        return "\(parts.seconds).\(String(unit + max(0, fraction)).dropFirst())"
    }
}
