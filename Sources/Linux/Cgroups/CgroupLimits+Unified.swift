extension CgroupLimits {
    /// The settings as cgroup v2 has them. What it has no more is a loss from the start: no kernel has its file.
    var unifiedSettings: [Setting] {
        [
            memory.map { Setting("memory", "memory.max", String($0)) },
            swapAlone.map { Setting("memory", "memory.swap.max", $0, loss: .swap) },
            memoryReservation.map { Setting("memory", "memory.low", String($0)) },
            memorySwappiness.map { _ in Setting("memory", [], loss: .swappiness) },
            isOutOfMemoryKillDisabled ? Setting("memory", [], loss: .outOfMemoryKill) : nil,
            processorTime.map { Setting("cpu", "cpu.max", $0) },
            cpuShares.map { Setting("cpu", "cpu.weight", String(Self.weight(shares: $0))) },
            cpuRealtimePeriod.map { Setting("cpu", "cpu.rt_period_us", String($0)) },
            cpuRealtimeRuntime.map { Setting("cpu", "cpu.rt_runtime_us", String($0)) },
            cpusetCPUs.map { Setting("cpuset", "cpuset.cpus", $0) },
            cpusetMemories.map { Setting("cpuset", "cpuset.mems", $0) },
            pidsText.map { Setting("pids", "pids.max", $0) },
            blockWeight.map { weight in
                let choices = [
                    Setting.Choice(file: "io.weight", value: "default \(Self.weight(block: weight))"),
                    Setting.Choice(file: "io.bfq.weight", value: String(weight)),
                ]
                return Setting("io", choices, loss: .blockWeight)
            },
        ].compactMap { $0 } + blockDevices.map(Self.setting)
    }

    private static func setting(_ device: BlockDevice) -> Setting {
        let rate = { (key: String) in
            Setting("io", "io.max", "\(device.number) \(key)=\(device.value)", loss: .blockRate)
        }
        switch device.kind {
        case .weight:
            let choices = [
                Setting.Choice(file: "io.weight", value: "\(device.number) \(weight(block: device.value))"),
                Setting.Choice(file: "io.bfq.weight", value: "\(device.number) \(device.value)"),
            ]
            return Setting("io", choices, loss: .deviceWeight)
        case .readBytes: return rate("rbps")
        case .writeBytes: return rate("wbps")
        case .readOperations: return rate("riops")
        case .writeOperations: return rate("wiops")
        }
    }

    /// Quota and period: a period alone keeps the quota without limit.
    private var processorTime: String? {
        guard cpuQuota != nil || cpuPeriod != nil else { return nil }
        let quota = cpuQuota.flatMap { $0 > 0 ? String($0) : nil } ?? "max"
        return "\(quota) \(cpuPeriod ?? 100_000)"
    }

    private var swapAlone: String? {
        guard let total = totalWithSwap else { return nil }
        return total < 0 ? "max" : String(total - (memory ?? 0))
    }

    /// v1 shares 2…262144 onto v2 weights 1…10000.
    static func weight(shares: Int) -> Int {
        1 + (min(max(shares, 2), 262_144) - 2) * 9999 / 262_142
    }

    /// v1 weights 10…1000 onto v2 weights 1…10000.
    static func weight(block: Int) -> Int {
        1 + (min(max(block, 10), 1000) - 10) * 9999 / 990
    }
}
