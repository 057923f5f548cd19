public import YAML

extension Service {
    /// What a service waits for in another.
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        /// Its containers run.
        case started = "service_started"
        /// Its containers' health probes succeed.
        case healthy = "service_healthy"
        /// Its containers ended with status 0.
        case completedSuccessfully = "service_completed_successfully"
    }

    /// An entry of `depends_on`, or one that another attribute implies.
    public struct Dependency: Sendable, Hashable {
        /// What to wait for.
        public var condition: Condition
        /// Whether this service restarts when compose restarts the other.
        public var restarts: Bool
        /// Whether it is an error when the other is not there.
        public var isRequired: Bool
        /// Whether it follows from another attribute than `depends_on`.
        public var isImplied: Bool
        /// Where the file says so.
        public var place: Mark?

        /// A dependency.
        public init(
            _ condition: Condition = .started,
            restarts: Bool = false,
            isRequired: Bool = true,
            isImplied: Bool = false
        ) {
            self.condition = condition
            self.restarts = restarts
            self.isRequired = isRequired
            self.isImplied = isImplied
        }
    }

    /// What happens when the container ends by itself.
    public enum RestartPolicy: Sendable, Hashable {
        /// It stays ended.
        case no
        /// It starts again, whatever the status, and at boot.
        case always
        /// It starts again unless the status was 0, at most so many times; nil is without end.
        case onFailure(maximum: Int?)
        /// Like `always`, unless someone stopped it.
        case unlessStopped
    }

    /// The `healthcheck` section. What is nil is the image's, or the engine's default.
    public struct HealthCheck: Sendable, Hashable {
        /// `["CMD", …]`, `["CMD-SHELL", …]` or `["NONE"]`.
        public var test: [String]?
        /// Nanoseconds between probes.
        public var interval: Int?
        /// Nanoseconds that a probe may take.
        public var timeout: Int?
        /// Failures in a row that make it unhealthy.
        public var retries: Int?
        /// Nanoseconds in which failures do not count.
        public var startPeriod: Int?
        /// Nanoseconds between probes in that time.
        public var startInterval: Int?
        /// Whether there is to be no probe, even if the image has one.
        public var isDisabled = false

        /// A probe that the image defines.
        public init() {}
    }

    /// A command of the container's life cycle.
    public struct Hook: Sendable, Hashable {
        /// The command; empty is the image's (only before the start).
        public var command: [String]
        /// Nil is the service's user.
        public var user: String?
        /// Whether all is allowed.
        public var isPrivileged = false
        /// Nil is the service's.
        public var workingDirectory: String?
        /// Further variables.
        public var environment: [String: String?] = [:]
        /// The image of a container before the start; nil is the service's.
        public var image: String?

        /// A hook that runs a command as the service would.
        public init(command: [String]) {
            self.command = command
        }
    }

    /// Where output goes.
    public struct Logging: Sendable, Hashable {
        /// Nil is the engine's default, `json-file`.
        public var driver: String?
        /// Options such as `max-size`.
        public var options: [String: String]

        /// A log.
        public init(driver: String? = nil, options: [String: String] = [:]) {
            self.driver = driver
            self.options = options
        }
    }
}
