extension Service {
    /// Limits; nil is none. Bytes, counts, billionths of a core.
    public struct Resources: Sendable, Hashable {
        /// Bytes of memory.
        public var memory: Int?
        /// Bytes of memory that are kept for it.
        public var memoryReservation: Int?
        /// Bytes of memory and swap together; -1 is without limit.
        public var memorySwap: Int?
        /// 0 to 100.
        public var memorySwappiness: Int?
        /// Billionths of a core.
        public var nanoCPUs: Int?
        /// The relative weight.
        public var cpuShares: Int?
        /// Microseconds.
        public var cpuPeriod: Int?
        /// Microseconds per period.
        public var cpuQuota: Int?
        /// Microseconds of real time per period.
        public var cpuRealtimeRuntime: Int?
        /// Microseconds.
        public var cpuRealtimePeriod: Int?
        /// Such as `0-3`.
        public var cpuset: String?
        /// Processes; -1 is without limit.
        public var pids: Int?
        /// Whether the kernel's out-of-memory killer spares it.
        public var isOutOfMemoryKillDisabled = false
        /// -1000 to 1000.
        public var outOfMemoryScoreAdjustment: Int?
        /// The limits of each process.
        public var ulimits: [Ulimit] = []
        /// Bytes of /dev/shm.
        public var shmSize: Int?
        /// Block input and output.
        public var blockIO: BlockIO?
        /// Devices such as graphics processors that it asks for.
        public var deviceRequests: [DeviceRequest] = []

        /// No limits.
        public init() {}
    }

    /// One limit of `setrlimit`; -1 is without limit.
    public struct Ulimit: Sendable, Hashable {
        /// Such as `nofile`.
        public var name: String
        /// What applies.
        public var soft: Int64
        /// How far a process may raise it.
        public var hard: Int64

        /// A limit.
        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// The `blkio_config` section.
    public struct BlockIO: Sendable, Hashable {
        /// 10 to 1000.
        public var weight: Int?
        /// Weights by device path.
        public var deviceWeights: [String: Int] = [:]
        /// Bytes read a second, by device path.
        public var readBytes: [String: Int] = [:]
        /// Bytes written a second, by device path.
        public var writeBytes: [String: Int] = [:]
        /// Reads a second, by device path.
        public var readOperations: [String: Int] = [:]
        /// Writes a second, by device path.
        public var writeOperations: [String: Int] = [:]

        /// No limits.
        public init() {}
    }

    /// A device of the host that appears inside.
    public struct Device: Sendable, Hashable {
        /// The path on the host, or a CDI name.
        public var source: String
        /// The path inside.
        public var target: String
        /// Some of `rwm`.
        public var permissions: String

        /// A device.
        public init(source: String, target: String, permissions: String = "rwm") {
            self.source = source
            self.target = target
            self.permissions = permissions
        }
    }

    /// A request for devices by capability.
    public struct DeviceRequest: Sendable, Hashable {
        /// Such as `gpu`.
        public var capabilities: [String]
        /// How many; -1 is all.
        public var count: Int?
        /// Which ones.
        public var deviceIDs: [String] = []
        /// The driver.
        public var driver: String?
        /// Its options.
        public var options: [String: String] = [:]

        /// A request.
        public init(capabilities: [String]) {
            self.capabilities = capabilities
        }
    }

    /// Whose namespace the service shares.
    public enum NamespaceMode: Sendable, Hashable {
        /// Its own.
        case own
        /// Its own, and others may join.
        case shareable
        /// The host's.
        case host
        /// Another service's container's.
        case service(String)
        /// A container's, by name or identifier.
        case container(String)
        /// What the engine knows by this name.
        case named(String)
    }
}
