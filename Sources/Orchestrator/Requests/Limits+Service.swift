import ComposeSpec
import Containers
import Supervision

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
        blockWeight = wish.blockIO?.weight
    }
}

extension Security {
    /// What a service may do.
    init(_ service: Service) {
        self.init()
        capabilitiesAdded = service.capabilitiesAdded
        capabilitiesDropped = service.capabilitiesDropped
        isPrivileged = service.isPrivileged
        options = service.securityOptions
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
        pid = try Self.name(service.pidMode, "pid", resolve)
        ipc = try Self.name(service.ipcMode, "ipc", resolve)
        uts = try Self.name(service.utsMode, "uts", resolve)
        cgroup = try Self.name(service.cgroupMode, "cgroup", resolve)
        user = try Self.name(service.userMode, "userns_mode", resolve)
        cgroupParent = service.cgroupParent
    }

    private static func name(_ mode: Service.NamespaceMode?, _ key: String, _ resolve: Resolution) throws(PlanError)
        -> String?
    {
        switch mode {
        case nil, .own: nil
        case .shareable: "shareable"
        case .host: "host"
        case .service(let name): "container:\(try resolve.container(of: name, key))"
        case .container(let name): "container:\(name)"
        case .named(let name): name
        }
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
