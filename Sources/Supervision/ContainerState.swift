/// The monitor's word on its container, true for as long as the monitor holds its lock.
public struct ContainerState: Codable, Hashable, Sendable {
    /// What there is to say.
    public enum Status: String, Codable, Hashable, Sendable {
        /// The process runs.
        case running
        /// The process is frozen.
        case paused
        /// The process has ended and will be started again.
        case restarting
        /// The process has ended and what belonged to it is being undone.
        case exiting
    }

    /// What it does, or how it was answered.
    public var status: Status
    /// The first process, as the host numbers it; 0 while restarting.
    public var pid: Int32
    /// When that process was started, in clock ticks since boot (field 22 of `/proc/PID/stat`): with `pid`, its identity.
    public var startTicks: UInt64
    /// When the process was started last, in nanoseconds since 1970.
    public var startedAt: Int64
    /// When the process ended last, in nanoseconds since 1970; 0 if it never did.
    public var finishedAt: Int64
    /// How the process ended last.
    public var exitCode: Int32
    /// How often it was started again by its policy.
    public var restartCount: Int
    /// What the health probes do or have found, if there are any.
    public var health: HealthState?

    /// A value of these parts.
    public init(
        status: Status,
        pid: Int32,
        startTicks: UInt64,
        startedAt: Int64,
        finishedAt: Int64 = 0,
        exitCode: Int32 = 0,
        restartCount: Int = 0,
        health: HealthState? = nil
    ) {
        self.status = status
        self.pid = pid
        self.startTicks = startTicks
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.exitCode = exitCode
        self.restartCount = restartCount
        self.health = health
    }
}

/// What the probes have found.
public struct HealthState: Codable, Hashable, Sendable {
    /// What there is to say.
    public enum Status: String, Codable, Hashable, Sendable {
        case starting, healthy, unhealthy
    }

    /// One probe. Times are in nanoseconds since 1970.
    public struct Entry: Codable, Hashable, Sendable {
        /// When it began.
        public var start: Int64
        /// When it was over.
        public var end: Int64
        /// Its exit status.
        public var exitCode: Int32
        /// What the probe printed, at most 4096 bytes.
        public var output: String

        /// A value of these parts.
        public init(start: Int64, end: Int64, exitCode: Int32, output: String) {
            self.start = start
            self.end = end
            self.exitCode = exitCode
            self.output = output
        }
    }

    /// What it does, or how it was answered.
    public var status: Status
    /// How many probes failed in a row.
    public var failingStreak: Int
    /// The last five probes, oldest first.
    public var log: [Entry]

    /// A value of these parts.
    public init(status: Status = .starting, failingStreak: Int = 0, log: [Entry] = []) {
        self.status = status
        self.failingStreak = failingStreak
        self.log = log
    }
}

/// How a container ended. Written once the last process has gone, on durable storage.
public struct ExitRecord: Codable, Hashable, Sendable {
    /// The exit status, or 128 plus the signal's number.
    public var exitCode: Int32
    /// Nanoseconds since 1970.
    public var startedAt: Int64
    /// When it ended, in nanoseconds since 1970.
    public var finishedAt: Int64
    /// Whether the kernel killed it for want of memory.
    public var outOfMemory: Bool
    /// Whether somebody asked for the stop, so that no policy starts it again.
    public var stoppedByHand: Bool
    /// How often its policy has started it again.
    public var restartCount: Int
    /// What failed, when it could not be started at all.
    public var error: String?
    /// What its probes had found.
    public var health: HealthState?

    /// A value of these parts.
    public init(
        exitCode: Int32,
        startedAt: Int64,
        finishedAt: Int64,
        outOfMemory: Bool = false,
        stoppedByHand: Bool = false,
        restartCount: Int = 0,
        error: String? = nil,
        health: HealthState? = nil
    ) {
        self.exitCode = exitCode
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outOfMemory = outOfMemory
        self.stoppedByHand = stoppedByHand
        self.restartCount = restartCount
        self.error = error
        self.health = health
    }
}
