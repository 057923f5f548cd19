import ComposeSpec
import Containers
import Supervision
import SystemPackage

extension Resources {
    /// The limits of a service.
    init(_ wish: Service.Resources) {
        self.init()
        memory = wish.memory
        memoryReservation = wish.memoryReservation
        memorySwap = wish.memorySwap
        memorySwappiness = wish.memorySwappiness
        nanoCPUs = wish.nanoCPUs
        cpuShares = wish.cpuShares
        cpuPeriod = wish.cpuPeriod
        cpuQuota = wish.cpuQuota
        cpusetCPUs = wish.cpuset
        pids = wish.pids
        isOutOfMemoryKillDisabled = wish.isOutOfMemoryKillDisabled
        outOfMemoryScoreAdjustment = wish.outOfMemoryScoreAdjustment
        ulimits = wish.ulimits.map { ResourceLimit(name: $0.name, soft: $0.soft, hard: $0.hard) }
        if let size = wish.shmSize { shmSize = size }
        cpuRealtimePeriod = wish.cpuRealtimePeriod
        cpuRealtimeRuntime = wish.cpuRealtimeRuntime
        guard let blockIO = wish.blockIO else { return }
        blockWeight = blockIO.weight
        let limits: [(BlockDeviceLimit.Kind, [String: Int])] = [
            (.weight, blockIO.deviceWeights), (.readBytes, blockIO.readBytes), (.writeBytes, blockIO.writeBytes),
            (.readOperations, blockIO.readOperations), (.writeOperations, blockIO.writeOperations),
        ]
        blockDevices = limits.flatMap { kind, values in
            values.sorted { $0.key < $1.key }.map { BlockDeviceLimit(path: $0.key, kind: kind, value: $0.value) }
        }
    }
}

extension Security {
    /// What a service may do. Files that it names are found from the project's folder.
    init(_ service: Service, of project: Project) {
        self.init()
        capabilitiesAdded = service.capabilitiesAdded
        capabilitiesDropped = service.capabilitiesDropped
        isPrivileged = service.isPrivileged
        options = service.securityOptions.map { item in
            guard let path = Security.seccompProfilePath(in: item) else { return item }
            return "seccomp=\(project.workingDirectory.pushing(FilePath(path)).lexicallyNormalized())"
        }
        isRootReadOnly = service.isReadOnly
        devices = service.devices.map {
            DeviceMapping(source: $0.source, target: $0.target, permissions: $0.permissions)
        }
        deviceCgroupRules = service.deviceCgroupRules
        sysctls = service.sysctls
    }
}

extension Namespaces {
    /// The namespaces that a service does not have for itself.
    init(_ service: Service, _ resolve: Resolution) throws(PlanError) {
        self.init()
        pid = try Self.mode(service.pidMode, "pid", resolve)
        ipc = try Self.sharedMemory(service.ipcMode, resolve)
        uts = try Self.mode(service.utsMode, "uts", resolve)
        switch service.cgroupMode {
        case nil, .own: seesHostCgroups = nil
        case .host: seesHostCgroups = true
        case .some(let mode): throw Self.unknown(mode, "cgroup", resolve)
        }
        switch service.userMode {
        case nil, .host: break
        case .some(let mode): throw Self.unknown(mode, "userns_mode", resolve)
        }
        cgroupParent = service.cgroupParent
    }

    private static func mode(_ mode: Service.NamespaceMode?, _ key: String, _ resolve: Resolution) throws(PlanError)
        -> NamespaceMode?
    {
        switch mode {
        case nil, .own: return nil
        case .host: return .host
        case .service(let name): return .container(try resolve.container(of: name, key))
        case .container(let name): return .container(name)
        case .some(let mode): throw unknown(mode, key, resolve)
        }
    }

    private static func sharedMemory(_ mode: Service.NamespaceMode?, _ resolve: Resolution) throws(PlanError)
        -> SharedMemoryMode?
    {
        switch mode {
        case .shareable: .shareable
        case .named("none"): SharedMemoryMode.none
        default:
            switch try Self.mode(mode, "ipc", resolve) {
            case nil: nil
            case .host: .host
            case .container(let reference): .container(reference)
            }
        }
    }

    private static func unknown(_ mode: Service.NamespaceMode, _ key: String, _ resolve: Resolution) -> PlanError {
        let text: String
        switch mode {
        case .own: text = "private"
        case .shareable: text = "shareable"
        case .host: text = "host"
        case .service(let name): text = "service:\(name)"
        case .container(let name): text = "container:\(name)"
        case .named(let name): text = name
        }
        return .unsupported(service: resolve.service.name, key: key, why: "\"\(text)\" is no mode that it can have")
    }
}

extension RestartPolicy {
    init(_ policy: Service.RestartPolicy?) {
        switch policy {
        case nil, .no: self = .no
        case .always: self = .always
        case .unlessStopped: self = .unlessStopped
        case .onFailure(let maximum): self = .onFailure(maximum: maximum)
        }
    }
}

extension HealthRequest {
    init(_ check: Service.HealthCheck) {
        self.init(test: check.isDisabled ? ["NONE"] : check.test)
        interval = check.interval
        timeout = check.timeout
        retries = check.retries
        startPeriod = check.startPeriod
        startInterval = check.startInterval
    }
}
