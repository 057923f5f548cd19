import Glibc

/// The limits of this process. `getrlimit(2)`
public enum ResourceLimits {
    /// The soft and the hard limit; `UInt64.max` is none.
    public static func current(_ resource: Int32) -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(resource)), &limit) == 0 else { return (.max, .max) }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }
}

/// What the kernel says of a process in `/proc`.
public enum ProcessStatus {
    /// The capabilities that this process can use.
    public static func effectiveCapabilities() -> CapabilitySet {
        let line = (try? lines(of: "/proc/self/status"))?.first { $0.hasPrefix("CapEff:") }
        let digits = line?.drop { $0 != "\t" }.dropFirst() ?? ""
        return CapabilitySet(mask: UInt64(digits, radix: 16) ?? 0)
    }

    /// When a process was started, in clock ticks since boot: with its number, its identity.
    /// Field 22 of `/proc/PID/stat`. Nil for a process that is gone.
    public static func startTicks(of pid: Int32) -> UInt64? {
        guard let line = (try? lines(of: "/proc/\(pid)/stat"))?.first else { return nil }
        // The command, field 2, is in parentheses and may hold anything.
        guard let close = line.lastIndex(of: ")") else { return nil }
        let fields = line[close...].split(separator: " ")
        guard fields.count > 20 else { return nil }
        return UInt64(fields[20])
    }
}
