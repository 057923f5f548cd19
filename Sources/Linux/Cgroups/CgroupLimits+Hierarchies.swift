extension CgroupLimits {
    /// The settings as cgroup v1 has them, in the order in which the kernel accepts them.
    var hierarchySettings: [Setting] {
        memoryHierarchy + processorHierarchy + blockHierarchy
            + [pidsText.map { Setting("pids", "pids.max", $0) }].compactMap { $0 }
    }

    private var memoryHierarchy: [Setting] {
        [
            memory.map { Setting("memory", "memory.limit_in_bytes", String($0)) },
            totalWithSwap.map { Setting("memory", "memory.memsw.limit_in_bytes", String($0), loss: .swap) },
            memoryReservation.map { Setting("memory", "memory.soft_limit_in_bytes", String($0)) },
            memorySwappiness.map { Setting("memory", "memory.swappiness", String($0), loss: .swappiness) },
            isOutOfMemoryKillDisabled
                ? Setting("memory", "memory.oom_control", "1", loss: .outOfMemoryKill) : nil,
        ].compactMap { $0 }
    }

    private var processorHierarchy: [Setting] {
        [
            cpuPeriod.map { Setting("cpu", "cpu.cfs_period_us", String($0)) },
            cpuQuota.map { Setting("cpu", "cpu.cfs_quota_us", String($0)) },
            cpuShares.map { Setting("cpu", "cpu.shares", String($0)) },
            cpuRealtimePeriod.map { Setting("cpu", "cpu.rt_period_us", String($0)) },
            cpuRealtimeRuntime.map { Setting("cpu", "cpu.rt_runtime_us", String($0)) },
            cpusetCPUs.map { Setting("cpuset", "cpuset.cpus", $0) },
            cpusetMemories.map { Setting("cpuset", "cpuset.mems", $0) },
        ].compactMap { $0 }
    }

    private var blockHierarchy: [Setting] {
        let weight = blockWeight.map { weight in
            Setting("blkio", Self.choices(["blkio.weight", "blkio.bfq.weight"], String(weight)), loss: .blockWeight)
        }
        return [weight].compactMap { $0 }
            + blockDevices.map { device in
                let value = "\(device.number) \(device.value)"
                switch device.kind {
                case .weight:
                    let files = ["blkio.weight_device", "blkio.bfq.weight_device"]
                    return Setting("blkio", Self.choices(files, value), loss: .deviceWeight)
                case .readBytes: return Setting("blkio", "blkio.throttle.read_bps_device", value, loss: .blockRate)
                case .writeBytes: return Setting("blkio", "blkio.throttle.write_bps_device", value, loss: .blockRate)
                case .readOperations:
                    return Setting("blkio", "blkio.throttle.read_iops_device", value, loss: .blockRate)
                case .writeOperations:
                    return Setting("blkio", "blkio.throttle.write_iops_device", value, loss: .blockRate)
                }
            }
    }

    private static func choices(_ files: [String], _ value: String) -> [Setting.Choice] {
        files.map { Setting.Choice(file: $0, value: value) }
    }
}
