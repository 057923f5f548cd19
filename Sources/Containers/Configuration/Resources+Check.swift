import Linux

extension Resources {
    /// Refuses limits that make no sense or that this machine does not have, in Docker's words.
    func check() throws(InvalidSetting) {
        try checkMemory()
        try checkProcessors()
        try checkSets()
        try checkBlockDevices()
        if let score = outOfMemoryScoreAdjustment, !(-1000...1000).contains(score) {
            throw InvalidSetting("Invalid value \(score), range for oom score adj is [-1000, 1000]")
        }
        guard shmSize > 0 else { throw InvalidSetting("SHM size can not be less than 0") }
        for limit in ulimits { try limit.check() }
    }

    private func checkMemory() throws(InvalidSetting) {
        let least = 6 << 20
        if let memory, memory < least { throw InvalidSetting("Minimum memory limit allowed is 6MB") }
        if let swap = memorySwap, swap > 0 {
            guard let memory else {
                throw InvalidSetting("You should always set the Memory limit when using Memoryswap limit, see usage")
            }
            guard swap >= memory else {
                throw InvalidSetting("Minimum memoryswap limit should be larger than memory limit, see usage")
            }
        }
        if let swappiness = memorySwappiness, !(0...100).contains(swappiness) {
            throw InvalidSetting("Invalid value: \(swappiness), valid memory swappiness range is 0-100")
        }
        guard let reservation = memoryReservation else { return }
        guard reservation >= least else { throw InvalidSetting("Minimum memory reservation allowed is 6MB") }
        if let memory, reservation > memory {
            throw InvalidSetting("Minimum memory limit can not be less than memory reservation limit, see usage")
        }
    }

    private func checkProcessors() throws(InvalidSetting) {
        if let nanoCPUs {
            for (value, name) in [(cpuPeriod, "Period"), (cpuQuota, "Quota")] where value != nil {
                throw InvalidSetting("Conflicting options: Nano CPUs and CPU \(name) cannot both be set.")
            }
            let count = IndexList.processors?.numbers.count ?? Int.max
            guard nanoCPUs > 0, nanoCPUs / 1_000_000_000 < count || nanoCPUs == count * 1_000_000_000 else {
                throw InvalidSetting(
                    "Range of CPUs is from 0.01 to \(count).00, as there are only \(count) CPUs available"
                )
            }
        }
        if let cpuShares, cpuShares < 0 {
            throw InvalidSetting("invalid CPU shares (\(cpuShares)): value must be a positive integer")
        }
        if let cpuPeriod, !(1000...1_000_000).contains(cpuPeriod) {
            throw InvalidSetting(
                "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"
            )
        }
        if let cpuQuota, cpuQuota > 0, cpuQuota < 1000 {
            throw InvalidSetting("CPU cfs quota can not be less than 1ms (i.e. 1000)")
        }
        if let runtime = cpuRealtimeRuntime, let period = cpuRealtimePeriod, runtime > period {
            throw InvalidSetting("cpu real-time runtime cannot be higher than cpu real-time period")
        }
    }

    private func checkSets() throws(InvalidSetting) {
        let sets = [
            (cpusetCPUs, IndexList.processors, "CPUs", "cpuset cpus"),
            (cpusetMemories, IndexList.memoryNodes, "memory nodes", "cpuset mems"),
        ]
        for (text, available, things, key) in sets {
            guard let text else { continue }
            guard let wanted = IndexList(parsing: text) else {
                throw InvalidSetting("Invalid value \(text) for \(key)")
            }
            guard let available, !wanted.numbers.isSubset(of: available.numbers) else { continue }
            let there = available.numbers.sorted().map(String.init).joined(separator: ",")
            throw InvalidSetting("Requested \(things) are not available - requested \(text), available: \(there)")
        }
    }

    private func checkBlockDevices() throws(InvalidSetting) {
        if let blockWeight, !(10...1000).contains(blockWeight) {
            throw InvalidSetting("Range of blkio weight is from 10 to 1000")
        }
        for device in blockDevices {
            if device.kind == .weight, !(10...1000).contains(device.value) {
                throw InvalidSetting("invalid weight for device \(device.path): the range is from 10 to 1000")
            }
            guard device.value > 0 else {
                throw InvalidSetting("invalid rate for device \(device.path): \(device.value)")
            }
        }
    }
}

extension ResourceLimit {
    /// Its number in `setrlimit(2)`; nil for a name that is none.
    var number: Int32? { Self.numbers[name] }

    fileprivate func check() throws(InvalidSetting) {
        guard number != nil else { throw InvalidSetting("invalid ulimit type: \(name)") }
        guard soft >= -1, hard >= -1 else { throw InvalidSetting("invalid ulimit: \(name)=\(soft):\(hard)") }
        guard hard >= 0, soft < 0 || soft > hard else { return }
        throw InvalidSetting("ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)")
    }

    /// By the names that `ulimits` and `--ulimit` use.
    private static let numbers: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]
}
