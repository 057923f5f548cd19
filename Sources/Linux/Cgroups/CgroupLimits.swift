/// What a control group may use. A nil is the kernel's default; bytes, microseconds and counts.
public struct CgroupLimits: Hashable, Sendable {
    /// Bytes of memory.
    public var memory: Int?
    /// Bytes that it keeps when memory is short.
    public var memoryReservation: Int?
    /// Memory and swap together; -1 is without limit.
    public var memorySwap: Int?
    /// How willingly its memory is swapped out, from 0 to 100.
    public var memorySwappiness: Int?
    /// Whether it waits for memory instead of being killed. cgroup v1 only.
    public var isOutOfMemoryKillDisabled = false
    /// Microseconds of processor time in a period.
    public var cpuQuota: Int?
    /// Microseconds after which the quota begins anew.
    public var cpuPeriod: Int?
    /// Its weight against others; 1024 is the ordinary one.
    public var cpuShares: Int?
    /// The processors it may run on, such as `0-2,4`.
    public var cpusetCPUs: String?
    /// The memory nodes it may use.
    public var cpusetMemories: String?
    /// How many processes and threads it may have; none or a negative number is without limit.
    public var pids: Int?
    /// Its weight in block input and output, from 10 to 1000.
    public var blockWeight: Int?

    /// A value of these parts.
    public init() {}

    /// A file of a controller and what to write to it. `isOptional` where kernels are built without it.
    struct Setting: Hashable, Sendable {
        var controller: String
        var file: String
        var value: String
        var isOptional = false
    }

    /// The settings as cgroup v1 has them, in the order in which the kernel accepts them.
    var hierarchySettings: [Setting] {
        var settings: [Setting] = []
        func add(_ controller: String, _ file: String, _ value: String?, isOptional: Bool = false) {
            guard let value else { return }
            settings.append(Setting(controller: controller, file: file, value: value, isOptional: isOptional))
        }
        add("memory", "memory.limit_in_bytes", memory.map(String.init))
        add("memory", "memory.memsw.limit_in_bytes", totalWithSwap.map(String.init), isOptional: true)
        add("memory", "memory.soft_limit_in_bytes", memoryReservation.map(String.init))
        add("memory", "memory.swappiness", memorySwappiness.map(String.init))
        add("memory", "memory.oom_control", isOutOfMemoryKillDisabled ? "1" : nil)
        add("cpu", "cpu.cfs_period_us", cpuPeriod.map(String.init))
        add("cpu", "cpu.cfs_quota_us", cpuQuota.map(String.init))
        add("cpu", "cpu.shares", cpuShares.map(String.init))
        add("cpuset", "cpuset.cpus", cpusetCPUs)
        add("cpuset", "cpuset.mems", cpusetMemories)
        add("pids", "pids.max", pidsText)
        add("blkio", "blkio.weight", blockWeight.map(String.init), isOptional: true)
        return settings
    }

    /// The settings as cgroup v2 has them.
    var unifiedSettings: [Setting] {
        var settings: [Setting] = []
        func add(_ controller: String, _ file: String, _ value: String?, isOptional: Bool = false) {
            guard let value else { return }
            settings.append(Setting(controller: controller, file: file, value: value, isOptional: isOptional))
        }
        add("memory", "memory.max", memory.map(String.init))
        add("memory", "memory.swap.max", swapAlone, isOptional: true)
        add("memory", "memory.low", memoryReservation.map(String.init))
        add("cpu", "cpu.max", cpuQuota.map { "\($0) \(cpuPeriod ?? 100_000)" })
        add("cpu", "cpu.weight", cpuShares.map { String(Self.weight(shares: $0)) })
        add("cpuset", "cpuset.cpus", cpusetCPUs)
        add("cpuset", "cpuset.mems", cpusetMemories)
        add("pids", "pids.max", pidsText)
        add("io", "io.weight", blockWeight.map { "default \(Self.weight(block: $0))" }, isOptional: true)
        return settings
    }

    private var pidsText: String? {
        pids.map { $0 > 0 ? String($0) : "max" }
    }

    /// Twice the memory unless something else was asked for.
    private var totalWithSwap: Int? {
        guard let memory, memory > 0 else { return memorySwap }
        return memorySwap ?? memory * 2
    }

    private var swapAlone: String? {
        guard let total = totalWithSwap else { return nil }
        return total < 0 ? "max" : String(total - (memory ?? 0))
    }

    /// v1 shares 2…262144 onto v2 weights 1…10000.
    private static func weight(shares: Int) -> Int {
        1 + (min(max(shares, 2), 262_144) - 2) * 9999 / 262_142
    }

    /// v1 weights 10…1000 onto v2 weights 1…10000.
    private static func weight(block: Int) -> Int {
        1 + (min(max(block, 10), 1000) - 10) * 9999 / 990
    }
}
