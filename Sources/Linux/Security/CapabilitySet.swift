/// A set of capabilities, as the kernel's mask. `capabilities(7)`
public struct CapabilitySet: Hashable, Sendable {
    /// A bit for each capability, by its number.
    public var mask: UInt64

    /// A value of these parts.
    public init(mask: UInt64) {
        self.mask = mask
    }

    /// No capability at all.
    public static let none = CapabilitySet(mask: 0)

    /// Every capability that the kernel knows.
    public static var all: CapabilitySet { CapabilitySet(mask: (1 << UInt64(names.count)) - 1) }

    /// The fourteen that a container has unless it is told otherwise.
    public static let standard = CapabilitySet(
        named: [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ]
    )

    private init(named wanted: [String]) {
        mask = wanted.reduce(0) { mask, name in
            Self.names.firstIndex(of: name).map { mask | 1 << UInt64($0) } ?? mask
        }
    }

    /// The set of one capability: `NET_ADMIN`, `cap_net_admin`; `ALL` is every one; nil for an unknown name.
    public init?(parsing name: String) {
        var upper = name.uppercased()
        if upper.hasPrefix("CAP_") { upper.removeFirst(4) }
        if upper == "ALL" {
            self = .all
            return
        }
        guard let number = Self.names.firstIndex(of: upper) else { return nil }
        mask = 1 << UInt64(number)
    }

    /// The capabilities of both.
    public func union(_ other: CapabilitySet) -> CapabilitySet { CapabilitySet(mask: mask | other.mask) }
    /// The capabilities that the other has not.
    public func subtracting(_ other: CapabilitySet) -> CapabilitySet { CapabilitySet(mask: mask & ~other.mask) }
    /// The capabilities that both have.
    public func intersection(_ other: CapabilitySet) -> CapabilitySet { CapabilitySet(mask: mask & other.mask) }
    /// Whether all of the other's are in it.
    public func contains(_ other: CapabilitySet) -> Bool { mask & other.mask == other.mask }

    /// The names, without `CAP_`, in the kernel's order.
    public var capabilityNames: [String] {
        Self.names.enumerated().filter { mask >> UInt64($0.offset) & 1 == 1 }.map(\.element)
    }

    /// By number, from `linux/capability.h`.
    private static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]
}
