import Linux

extension Settlement {
    /// Makes the container's control group.
    ///
    /// - Parameter warn: Takes what this machine cannot limit, in words.
    func cgroup(in layout: CgroupLayout, warn: (String) -> Void = { _ in }) throws(ContainerError) -> Cgroup {
        let rules = try deviceRules()
        let limits = try limits(in: layout)
        if limits.isOutOfMemoryKillDisabled, limits.memory == nil {
            warn(
                "OOM killer is disabled for the container, but no memory limit is set, "
                    + "this can result in the system running out of resources."
            )
        }
        return try systemCall { () throws(SystemError) in
            try Cgroup.create(
                named: layout.groupName(configuration.id, parent: configuration.namespaces.cgroupParent),
                in: layout,
                limits: limits,
                devices: rules,
                warn: warn
            )
        }
    }

    /// The limits in the kernel's units.
    func limits(in layout: CgroupLayout) throws(ContainerError) -> CgroupLimits {
        let resources = configuration.resources
        if case .unified = layout, resources.cpuRealtimePeriod != nil || resources.cpuRealtimeRuntime != nil {
            throw .unsupported(name: configuration.name, what: "cgroup v2 has no budgets for real-time scheduling")
        }
        var limits = resources.cgroupLimits
        for device in resources.blockDevices {
            guard let node = DeviceNode(at: device.path), node.isBlock else {
                throw .unsupported(name: configuration.name, what: "no block device at \(device.path)")
            }
            let kind = CgroupLimits.BlockDevice.Kind(device.kind)
            limits.blockDevices.append(.init(number: node.text, kind: kind, value: device.value))
        }
        return limits
    }
}

extension Resources {
    /// The limits in the kernel's units, but for those of single devices.
    fileprivate var cgroupLimits: CgroupLimits {
        var limits = CgroupLimits()
        limits.memory = memory
        limits.memoryReservation = memoryReservation
        limits.memorySwap = memorySwap
        limits.memorySwappiness = memorySwappiness
        limits.isOutOfMemoryKillDisabled = isOutOfMemoryKillDisabled
        limits.cpuShares = cpuShares
        limits.cpuPeriod = nanoCPUs == nil ? cpuPeriod : 100_000
        limits.cpuQuota = nanoCPUs.map { $0 / 10_000 } ?? cpuQuota
        limits.cpuRealtimePeriod = cpuRealtimePeriod
        limits.cpuRealtimeRuntime = cpuRealtimeRuntime
        limits.cpusetCPUs = cpusetCPUs
        limits.cpusetMemories = cpusetMemories
        limits.pids = pids
        limits.blockWeight = blockWeight
        return limits
    }
}

extension CgroupLimits.BlockDevice.Kind {
    fileprivate init(_ kind: BlockDeviceLimit.Kind) {
        switch kind {
        case .weight: self = .weight
        case .readBytes: self = .readBytes
        case .writeBytes: self = .writeBytes
        case .readOperations: self = .readOperations
        case .writeOperations: self = .writeOperations
        }
    }
}
