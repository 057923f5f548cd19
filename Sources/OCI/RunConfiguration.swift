import JSON

/// How an image wants to be run: the OCI fields and Docker's own beside them. OCI image specification, config.md
public struct RunConfiguration: Hashable, Sendable {
    /// `user[:group]`, names or numbers; nil is root.
    public var user: String?
    /// Such as `80/tcp`, sorted.
    public var exposedPorts: [String] = []
    /// `NAME=value`.
    public var env: [String] = []
    /// Nil is unset; empty is set to nothing.
    public var entrypoint: [String]?
    /// Nil is unset; empty is set to nothing.
    public var cmd: [String]?
    /// Paths, sorted.
    public var volumes: [String] = []
    /// Absolute; nil is `/`.
    public var workingDir: String?
    /// By name.
    public var labels: [String: String] = [:]
    /// A name such as `SIGQUIT`, or a number.
    public var stopSignal: String?
    /// In seconds.
    public var stopTimeout: Int?
    /// The probe; nil if there is none.
    public var healthcheck: HealthCheck?
    /// Instructions that run when another image is built on this one.
    public var onBuild: [String] = []
    /// What a command in the shell form is given to.
    public var shell: [String]?
    /// Windows images only; kept so that nothing is lost.
    public var argsEscaped: Bool?

    /// A configuration that asks for nothing.
    public init() {}

    /// A probe, as Docker keeps it in an image.
    public struct HealthCheck: Codable, Hashable, Sendable {
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", command]`; empty takes what the base image has.
        public var test: [String]?
        /// In nanoseconds, as the other times; 0 or nil is the default.
        public var interval: Int?
        /// How long a probe may take.
        public var timeout: Int?
        /// How long failures count for nothing.
        public var startPeriod: Int?
        /// Between probes in that time.
        public var startInterval: Int?
        /// How many failures in a row make it unhealthy.
        public var retries: Int?

        enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case startInterval = "StartInterval"
            case retries = "Retries"
        }

        /// A probe; what is not said is the default.
        public init(test: [String]? = nil) {
            self.test = test
        }
    }
}

extension RunConfiguration: Codable {
    enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case env = "Env"
        case entrypoint = "Entrypoint"
        case cmd = "Cmd"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
        case shell = "Shell"
        case argsEscaped = "ArgsEscaped"
    }

    /// Reads the members in Docker's spelling; null is as good as none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        /// A set, which JSON has as an object with empty members.
        func names(_ key: CodingKeys) throws -> [String] {
            try values.decodeIfPresent([String: JSONValue].self, forKey: key)?.keys.sorted() ?? []
        }
        func text(_ key: CodingKeys) throws -> String? {
            let text = try values.decodeIfPresent(String.self, forKey: key)
            return text == "" ? nil : text
        }
        user = try text(.user)
        exposedPorts = try names(.exposedPorts)
        env = try values.decodeIfPresent([String].self, forKey: .env) ?? []
        entrypoint = try values.decodeIfPresent([String].self, forKey: .entrypoint)
        cmd = try values.decodeIfPresent([String].self, forKey: .cmd)
        volumes = try names(.volumes)
        workingDir = try text(.workingDir)
        labels = try values.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        stopSignal = try text(.stopSignal)
        stopTimeout = try values.decodeIfPresent(Int.self, forKey: .stopTimeout)
        healthcheck = try values.decodeIfPresent(HealthCheck.self, forKey: .healthcheck)
        onBuild = try values.decodeIfPresent([String].self, forKey: .onBuild) ?? []
        shell = try values.decodeIfPresent([String].self, forKey: .shell)
        argsEscaped = try values.decodeIfPresent(Bool.self, forKey: .argsEscaped)
    }

    /// Writes what is set, in Docker's spelling.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        func set(_ names: [String]) -> JSONValue? {
            names.isEmpty ? nil : .object(names.map { JSONValue.Member($0, .object([])) })
        }
        try values.encodeIfPresent(user, forKey: .user)
        try values.encodeIfPresent(set(exposedPorts), forKey: .exposedPorts)
        if !env.isEmpty { try values.encode(env, forKey: .env) }
        try values.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try values.encodeIfPresent(cmd, forKey: .cmd)
        try values.encodeIfPresent(set(volumes), forKey: .volumes)
        try values.encodeIfPresent(workingDir, forKey: .workingDir)
        if !labels.isEmpty { try values.encode(labels, forKey: .labels) }
        try values.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try values.encodeIfPresent(stopTimeout, forKey: .stopTimeout)
        try values.encodeIfPresent(healthcheck, forKey: .healthcheck)
        if !onBuild.isEmpty { try values.encode(onBuild, forKey: .onBuild) }
        try values.encodeIfPresent(shell, forKey: .shell)
        try values.encodeIfPresent(argsEscaped, forKey: .argsEscaped)
    }
}
