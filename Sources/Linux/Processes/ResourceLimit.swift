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
}
