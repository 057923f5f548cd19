import Containers
import Linux
import Orchestrator
import Storage
import Supervision
import SystemPackage

extension ContainerRequest {
    /// What the flags and words of `docker run` ask for.
    ///
    /// - Throws: ``UsageError`` for what makes no sense.
    init(_ arguments: Arguments, session: Session) throws {
        let name = try arguments[ContainerFlag.name] ?? ContainerName.random(notIn: session.engine.containers)
        self.init(id: RandomName.hexadecimal(), name: name, image: arguments.positionals[0])
        let words = Array(arguments.positionals.dropFirst())
        command = words.isEmpty ? nil : words
        platform = arguments[ContainerFlag.platform] ?? session.usualPlatform
        try Self.refuseWhatCannotBeHad(arguments)
        annotations = LabelText.labels(arguments[ContainerFlag.annotations])
        try setProcess(arguments, session)
        health = try HealthRequest(arguments)
        mounts = try Self.mounts(arguments)
        volumesFrom = try arguments[ContainerFlag.volumesFrom].map { try VolumesFrom(parsing: $0) }
        network = try NetworkConfiguration(arguments)
        publishesAllPorts = arguments[ContainerFlag.publishAll]
        resources = try Resources(arguments)
        security = try Security(arguments)
        namespaces = try Namespaces(arguments)
        log = LogConfiguration(arguments)
    }

    private mutating func setProcess(_ arguments: Arguments, _ session: Session) throws {
        labels = LabelText.labels(
            try arguments[ContainerFlag.labelFile].flatMap { try EnvironmentFile.entries($0) }
                + arguments[ContainerFlag.label]
        )
        entrypoint = arguments[ContainerFlag.entrypoint].map { $0.isEmpty ? [] : [$0] }
        let files = try arguments[ContainerFlag.environmentFile].flatMap { try EnvironmentFile.entries($0) }
        let entries = EnvironmentText.entries(files + arguments[ContainerFlag.environment], session.environment)
        environment = entries.map { entry in
            let sign = entry.firstIndex(of: "=") ?? entry.endIndex
            return EnvironmentEntry(String(entry[..<sign]), String(entry[sign...].dropFirst()))
        }
        workingDirectory = arguments[ContainerFlag.workingDirectory]
        user = arguments[ContainerFlag.user]
        additionalGroups = arguments[ContainerFlag.groups]
        hasTerminal = arguments[ContainerFlag.terminal]
        keepsStandardInputOpen = arguments[ContainerFlag.interactive]
        hostname = arguments[ContainerFlag.hostname]
        domainname = arguments[ContainerFlag.domainname] ?? ""
        restart = try RestartPolicy(flag: arguments[ContainerFlag.restart])
        stopSignal = arguments[ContainerFlag.stopSignal]
        stopTimeout = arguments[ContainerFlag.stopTimeout]
        removesItself = arguments[ContainerFlag.remove]
        hasInit = arguments[ContainerFlag.initProcess]
    }

    /// Nothing that was asked for is left out silently.
    private static func refuseWhatCannotBeHad(_ arguments: Arguments) throws {
        if let runtime = arguments[ContainerFlag.runtime], !ContainerRequest.ownRuntimes.contains(runtime) {
            throw Failure("unknown or invalid runtime name: \(runtime)", code: 125)
        }
        if arguments[ContainerFlag.gpus] != nil {
            throw Failure("could not select device driver \"\" with capabilities: [[gpu]]", code: 125)
        }
        if let isolation = arguments[ContainerFlag.isolation], !["", "default"].contains(isolation) {
            throw Failure("invalid isolation \(isolation.quoted): Linux only supports \"default\"", code: 125)
        }
        if let option = arguments[ContainerFlag.storageOptions].first {
            throw Failure("--storage-opt \(option): overlay has no options for single containers", code: 125)
        }
    }

    private static func mounts(_ arguments: Arguments) throws -> [MountRequest] {
        let folder = OwnProcess.currentFolder
        let volumes = try arguments[ContainerFlag.volume].map { try MountRequest(volumeFlag: $0, from: folder) }
        let others = try arguments[ContainerFlag.mount].map { try MountRequest(mountFlag: $0, from: folder) }
        let memory = try arguments[ContainerFlag.tmpfs].map { try MountRequest(tmpfsFlag: $0) }
        return volumes + others + memory
    }
}

extension RestartPolicy {
    /// A `--restart` value.
    init(flag text: String) throws(UsageError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("no", 1), (nil, 0): self = .no
        case ("always", 1): self = .always
        case ("unless-stopped", 1): self = .unlessStopped
        case ("on-failure", 1): self = .onFailure(maximum: nil)
        case ("on-failure", 2):
            guard let maximum = Int(parts[1]), maximum >= 0 else {
                throw .conflict("maximum retry count must be an integer")
            }
            self = .onFailure(maximum: maximum > 0 ? maximum : nil)
        default: throw .conflict("invalid restart policy: unknown policy '\(text)'")
        }
    }
}

extension VolumesFrom {
    /// A `--volumes-from` value: `container[:ro|rw]`.
    init(parsing text: String) throws(UsageError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first, parts.count == 1 || ["ro", "rw"].contains(parts[1]) else {
            throw .conflict("invalid --volumes-from value: \(text.quoted)")
        }
        self.init(container: name, isReadOnly: parts.count > 1 && parts[1] == "ro")
    }
}

extension HealthRequest {
    /// What the health flags say; nil if they say nothing.
    ///
    /// - Throws: ``UsageError`` for what contradicts itself or is below nothing.
    init?(_ arguments: Arguments) throws(UsageError) {
        let spans = [
            ContainerFlag.healthInterval, ContainerFlag.healthTimeout, ContainerFlag.healthStartPeriod,
            ContainerFlag.healthStartInterval,
        ]
        let flags: [any FlagDeclaration] = spans + [ContainerFlag.healthCommand, ContainerFlag.healthRetries]
        let isAsked = flags.contains { arguments.has($0) }
        guard !arguments[ContainerFlag.noHealthcheck] else {
            guard !isAsked else { throw .conflict("--no-healthcheck conflicts with --health-* options") }
            self.init(test: ["NONE"])
            return
        }
        guard isAsked else { return nil }
        for span in spans {
            guard let time = arguments[span], time < 1_000_000, time != 0 else { continue }
            throw .conflict("--\(span.names.long) \(time < 0 ? "cannot be negative" : "cannot be less than 1ms")")
        }
        if let retries = arguments[ContainerFlag.healthRetries], retries < 0 {
            throw .conflict("--health-retries cannot be negative")
        }
        self.init(test: arguments[ContainerFlag.healthCommand].map { ["CMD-SHELL", $0] })
        interval = arguments[ContainerFlag.healthInterval].map { Int($0) }
        timeout = arguments[ContainerFlag.healthTimeout].map { Int($0) }
        retries = arguments[ContainerFlag.healthRetries]
        startPeriod = arguments[ContainerFlag.healthStartPeriod].map { Int($0) }
        startInterval = arguments[ContainerFlag.healthStartInterval].map { Int($0) }
    }
}

extension Namespaces {
    /// What the namespace flags say.
    ///
    /// - Throws: ``UsageError`` for a mode that there is not.
    init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        pid = try Self.mode(arguments[ContainerFlag.pid], "pid", "PID")
        uts = try Self.mode(arguments[ContainerFlag.uts], "uts", "UTS")
        ipc = try Self.mode(arguments[ContainerFlag.ipc], "ipc", "IPC")
        let cgroups: NamespaceMode? = try Self.mode(arguments[ContainerFlag.cgroupNamespace], "cgroupns", "CGROUP")
        let users: NamespaceMode? = try Self.mode(arguments[ContainerFlag.userNamespace], "userns", "USER")
        for (mode, flag, kind) in [(cgroups, "cgroupns", "CGROUP"), (users, "userns", "USER")] {
            if case .container = mode { throw .conflict("--\(flag): invalid \(kind) mode") }
        }
        seesHostCgroups = cgroups == .host ? true : nil
        cgroupParent = arguments[ContainerFlag.cgroupParent]
    }

    /// Nil is a namespace of its own.
    private static func mode<Mode: LosslessStringConvertible>(_ text: String?, _ flag: String, _ kind: String)
        throws(UsageError) -> Mode?
    {
        guard let text, !text.isEmpty, text != "private" else { return nil }
        guard let mode = Mode(text) else { throw .conflict("--\(flag): invalid \(kind) mode") }
        return mode
    }
}

extension LogConfiguration {
    /// What the log flags say.
    init(_ arguments: Arguments) {
        self.init()
        if let driver = arguments[ContainerFlag.logDriver] { self.driver = driver }
        options = LabelText.labels(arguments[ContainerFlag.logOptions])
    }
}
