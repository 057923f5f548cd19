/// Limits on what the container uses. A nil is the kernel's default; bytes, cores and counts.
public struct Resources: Codable, Hashable, Sendable {
    /// Bytes of memory.
    public var memory: Int?
    /// Bytes that it keeps when memory is short.
    public var memoryReservation: Int?
    /// Memory and swap together; -1 is without limit.
    public var memorySwap: Int?
    /// How willingly its memory is swapped out, from 0 to 100.
    public var memorySwappiness: Int?
    /// Billionths of a core.
    public var nanoCPUs: Int?
    /// Its weight against others; 1024 is the ordinary one.
    public var cpuShares: Int?
    /// Microseconds after which the quota begins anew.
    public var cpuPeriod: Int?
    /// Microseconds of processor time in a period.
    public var cpuQuota: Int?
    /// Microseconds after which the real-time budget begins anew. cgroup v1 only.
    public var cpuRealtimePeriod: Int?
    /// Microseconds of real-time scheduling in a period. cgroup v1 only.
    public var cpuRealtimeRuntime: Int?
    /// The processors it may run on, such as `0-2,4`.
    public var cpusetCPUs: String?
    /// The memory nodes it may use.
    public var cpusetMemories: String?
    /// How many processes and threads it may have; none or a negative number is without limit.
    public var pids: Int?
    /// Whether it waits for memory instead of being killed. cgroup v1 only.
    public var isOutOfMemoryKillDisabled = false
    /// How willingly the kernel kills it for want of memory, from -1000 to 1000.
    public var outOfMemoryScoreAdjustment: Int?
    /// Limits of its processes.
    public var ulimits: [ResourceLimit] = []
    /// Bytes of `/dev/shm`.
    public var shmSize: Int = 64 << 20
    /// Its weight in block input and output, from 10 to 1000.
    public var blockWeight: Int?
    /// Weights and rates for single block devices.
    public var blockDevices: [BlockDeviceLimit] = []

    /// A value of these parts.
    public init() {}

    /// The same limits, with none where Docker takes nought for none.
    public var withoutNoughts: Resources {
        var resources = self
        let numbers: [WritableKeyPath<Resources, Int?>] = [
            \.memory, \.memoryReservation, \.memorySwap, \.nanoCPUs, \.cpuShares, \.cpuPeriod, \.cpuQuota,
            \.cpuRealtimePeriod, \.cpuRealtimeRuntime, \.blockWeight,
        ]
        for number in numbers where resources[keyPath: number] == 0 { resources[keyPath: number] = nil }
        for text in [\Resources.cpusetCPUs, \Resources.cpusetMemories] where resources[keyPath: text] == "" {
            resources[keyPath: text] = nil
        }
        return resources
    }
}

/// One `setrlimit` limit; -1 is without limit.
public struct ResourceLimit: Codable, Hashable, Sendable {
    /// A name such as `nofile`.
    public var name: String
    /// What is in force.
    public var soft: Int64
    /// How far a process may raise it.
    public var hard: Int64

    /// A value of these parts.
    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}

/// A limit on the use of one block device.
public struct BlockDeviceLimit: Codable, Hashable, Sendable {
    /// What is limited: a relative weight, bytes or operations a second.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case weight, readBytes, writeBytes, readOperations, writeOperations
    }

    /// The device's path on the host.
    public var path: String
    /// What is limited.
    public var kind: Kind
    /// To how much.
    public var value: Int

    /// A value of these parts.
    public init(path: String, kind: Kind, value: Int) {
        self.path = path
        self.kind = kind
        self.value = value
    }
}
