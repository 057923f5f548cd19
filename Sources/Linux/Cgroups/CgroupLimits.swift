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
    /// Microseconds of real-time scheduling in a period. cgroup v1 only.
    public var cpuRealtimeRuntime: Int?
    /// Microseconds after which that budget begins anew. cgroup v1 only.
    public var cpuRealtimePeriod: Int?
    /// Its weight in block input and output, from 10 to 1000.
    public var blockWeight: Int?
    /// Weights and rates for single block devices.
    public var blockDevices: [BlockDevice] = []

    /// A limit on the use of one block device.
    public struct BlockDevice: Hashable, Sendable {
        /// What is limited: a relative weight from 10 to 1000, bytes or operations a second.
        public enum Kind: Hashable, Sendable { case weight, readBytes, writeBytes, readOperations, writeOperations }

        /// As the kernel names the device, such as `8:0`.
        public var number: String
        /// What is limited.
        public var kind: Kind
        /// To how much.
        public var value: Int

        /// A value of these parts.
        public init(number: String, kind: Kind, value: Int) {
            self.number = number
            self.kind = kind
            self.value = value
        }
    }

    /// A value of these parts.
    public init() {}

    /// What to write to a file of a controller.
    struct Setting: Hashable, Sendable {
        struct Choice: Hashable, Sendable {
            var file: String
            var value: String
        }

        var controller: String
        /// Kernels differ in what they have: the first of these files that is there is it.
        var choices: [Choice]
        /// What is lost where there is none of them, for a warning; nil where the limit is too important to go without.
        var loss: Loss?

        init(_ controller: String, _ file: String, _ value: String, loss: Loss? = nil) {
            self.init(controller, [Choice(file: file, value: value)], loss: loss)
        }

        init(_ controller: String, _ choices: [Choice], loss: Loss? = nil) {
            self.controller = controller
            self.choices = choices
            self.loss = loss
        }
    }

    /// What a kernel may lack, in Docker's words.
    enum Loss: String, Hashable, Sendable {
        case swap =
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap."
        case swappiness =
            "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded."
        case outOfMemoryKill = "Your kernel does not support OomKillDisable. OomKillDisable discarded."
        case blockWeight =
            "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded."
        case deviceWeight =
            "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded."
        case blockRate =
            "Your kernel does not support Block I/O rate limits or the cgroup is not mounted. Rate discarded."
    }

    /// How many processes, in the kernel's words.
    var pidsText: String? {
        pids.map { $0 > 0 ? String($0) : "max" }
    }

    /// Memory and swap together: twice the memory unless something else was asked for.
    var totalWithSwap: Int? {
        guard let memory, memory > 0 else { return memorySwap }
        return memorySwap.flatMap { $0 == 0 ? nil : $0 } ?? memory * 2
    }
}
