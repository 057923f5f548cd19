import Glibc

/// An instant on the clock that nobody can set (`CLOCK_BOOTTIME`: it goes on while the machine is suspended).
public struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since the boot.
    public let nanoseconds: Int64

    /// This instant.
    public static var now: MonotonicTime { MonotonicTime(nanoseconds: read(CLOCK_BOOTTIME)) }

    /// The instant so many nanoseconds after the boot.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The instant that much later; the end of time where it would lie beyond it.
    public func advanced(by duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = nanoseconds.addingReportingOverflow(whole.partialValue + attoseconds / 1_000_000_000)
        guard !whole.overflow, !sum.overflow else { return MonotonicTime(nanoseconds: .max) }
        return MonotonicTime(nanoseconds: sum.partialValue)
    }

    /// How much later the other instant is.
    public func duration(to other: MonotonicTime) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }

    /// Whether the left instant comes first.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    fileprivate static func read(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The time of day.
public enum WallClock {
    /// Nanoseconds since 1970, UTC.
    public static var now: Int64 { MonotonicTime.read(CLOCK_REALTIME) }
}
