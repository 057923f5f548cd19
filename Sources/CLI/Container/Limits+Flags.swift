import Containers

extension Resources {
    /// What the limit flags say.
    ///
    /// - Throws: ``UsageError`` for what is no limit.
    init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        memory = arguments[ContainerFlag.memory].map { Int($0) }
        memoryReservation = arguments[ContainerFlag.memoryReservation].map { Int($0) }
        memorySwap = arguments[ContainerFlag.memorySwap].map { Int($0) }
        memorySwappiness = arguments[ContainerFlag.memorySwappiness].flatMap { $0 >= 0 ? $0 : nil }
        isOutOfMemoryKillDisabled = arguments[ContainerFlag.noOutOfMemoryKill]
        outOfMemoryScoreAdjustment = arguments[ContainerFlag.outOfMemoryScore]
        nanoCPUs = try arguments[ContainerFlag.cpus].map { text throws(UsageError) in
            guard let cores = Double(text), abs(cores) < 1e6 else {
                throw .conflict("failed to parse \(text) as a rational number")
            }
            return Int((cores * 1e9).rounded())
        }
        cpuShares = arguments[ContainerFlag.cpuShares]
        cpuPeriod = arguments[ContainerFlag.cpuPeriod]
        cpuQuota = arguments[ContainerFlag.cpuQuota]
        cpusetCPUs = arguments[ContainerFlag.cpusetCPUs]
        cpusetMemories = arguments[ContainerFlag.cpusetMemories]
        pids = arguments[ContainerFlag.pids].flatMap { $0 > 0 ? $0 : nil }
        for text in arguments[ContainerFlag.ulimits] {
            let limit = try ResourceLimit(parsing: text)
            ulimits.removeAll { $0.name == limit.name }
            ulimits.append(limit)
        }
        if let size = arguments[ContainerFlag.shmSize] { shmSize = Int(size) }
        cpuRealtimePeriod = arguments[ContainerFlag.cpuRealtimePeriod]
        cpuRealtimeRuntime = arguments[ContainerFlag.cpuRealtimeRuntime]
        blockWeight = arguments[ContainerFlag.blockWeight]
        for (flag, kind) in Self.deviceFlags {
            blockDevices += try arguments[flag].map { text throws(UsageError) in
                try BlockDeviceLimit(parsing: text, kind: kind)
            }
        }
    }

    private static let deviceFlags: [(Flag<[String]>, BlockDeviceLimit.Kind)] = [
        (ContainerFlag.deviceWeights, .weight), (ContainerFlag.readBytes, .readBytes),
        (ContainerFlag.writeBytes, .writeBytes), (ContainerFlag.readOperations, .readOperations),
        (ContainerFlag.writeOperations, .writeOperations),
    ]
}

extension BlockDeviceLimit {
    /// A value such as `/dev/sda:1mb`.
    init(parsing text: String, kind: Kind) throws(UsageError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw .conflict("bad format: \(text)") }
        guard parts[0].hasPrefix("/dev/") else { throw .conflict("bad format for device path: \(text)") }
        let isBytes = kind == .readBytes || kind == .writeBytes
        let value = isBytes ? ByteSize(parsing: parts[1]).map { Int($0.bytes) } : Int(parts[1])
        guard let value, value > 0 else { throw .conflict("invalid rate for device: \(text)") }
        self.init(path: parts[0], kind: kind, value: value)
    }
}

extension ResourceLimit {
    /// A `--ulimit` value: `name=soft[:hard]`.
    init(parsing text: String) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let bounds = parts.count == 2 ? parts[1].split(separator: ":").map { Int64($0) } : []
        guard let soft = bounds.first ?? nil, let hard = bounds.last ?? nil, bounds.count <= 2 else {
            throw .conflict("invalid ulimit argument: \(text)")
        }
        self.init(name: parts[0], soft: soft, hard: hard)
    }
}

extension Security {
    /// What the flags about rights say.
    init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        capabilitiesAdded = arguments[ContainerFlag.capAdd]
        capabilitiesDropped = arguments[ContainerFlag.capDrop]
        isPrivileged = arguments[ContainerFlag.privileged]
        options = arguments[ContainerFlag.securityOptions]
        isRootReadOnly = arguments[ContainerFlag.readOnly]
        devices = try arguments[ContainerFlag.devices].map { text throws(UsageError) in try DeviceMapping(parsing: text)
        }
        deviceCgroupRules = arguments[ContainerFlag.deviceRules]
        sysctls = LabelText.labels(arguments[ContainerFlag.sysctls])
    }
}

extension DeviceMapping {
    /// A `--device` value: `source[:target[:permissions]]`.
    init(parsing text: String) throws(UsageError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts[0].hasPrefix("/") else {
            throw .conflict("device \(text.quoted): CDI devices are not supported")
        }
        guard parts.count <= 3 else { throw .conflict("bad format for device: \(text.quoted)") }
        // The second part may be the permissions already.
        let isMode = parts.count == 2 && !parts[1].hasPrefix("/")
        self.init(
            source: parts[0],
            target: parts.count > 1 && !isMode ? parts[1] : parts[0],
            permissions: parts.count > 1 && (isMode || parts.count == 3) ? parts[parts.count - 1] : "rwm"
        )
    }
}
