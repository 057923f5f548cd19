import Glibc

/// Time that has to pass because somebody else wants it so, such as a server that is busy.
public enum Pause {
    /// Waits on the calling thread. The corresponding C function is `clock_nanosleep`.
    public static func wait(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return }
        var wanted = timespec(tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, &rest) == EINTR { wanted = rest }
    }
}
