extension ContainerFlag {
    static let memory = Flag<Int64?>.bytes("-m, --memory", "Memory at most")
    static let memoryReservation = Flag<Int64?>.bytes(
        "--memory-reservation",
        "Memory that it keeps when memory is scarce"
    )
    static let memorySwap = Flag<Int64?>.bytes("--memory-swap", "Memory and swap at most; -1 is without limit")
    static let memorySwappiness = Flag.number(
        "--memory-swappiness",
        "How willingly memory is swapped, 0 to 100",
        shownDefault: -1
    )
    static let noOutOfMemoryKill = Flag.toggle("--oom-kill-disable", "Have the kernel not kill it for want of memory")
    static let outOfMemoryScore = Flag.number("--oom-score-adj", "How willingly the kernel kills it, -1000 to 1000")
    static let cpus = Flag<String?>.text("--cpus", "Cores at most", placeholder: "decimal")
    static let cpuShares = Flag.number("-c, --cpu-shares", "Share of the processor, relative to others")
    static let cpuPeriod = Flag.number("--cpu-period", "Period of the quota in microseconds")
    static let cpuQuota = Flag.number("--cpu-quota", "Quota of a period in microseconds")
    static let cpusetCPUs = Flag<String?>.text("--cpuset-cpus", "Cores to run on: 0-3, 0,1")
    static let cpusetMemories = Flag<String?>.text("--cpuset-mems", "Memory nodes to use: 0-3, 0,1")
    static let pids = Flag.number("--pids-limit", "Processes at most; -1 is without limit")
    static let ulimits = Flag.list("--ulimit", "Limit: NAME=SOFT[:HARD]", placeholder: "ulimit")
    static let shmSize = Flag<Int64?>.bytes("--shm-size", "Size of /dev/shm")
    static let cpuRealtimePeriod = Flag.number("--cpu-rt-period", "Period of real-time scheduling in microseconds")
    static let cpuRealtimeRuntime = Flag.number("--cpu-rt-runtime", "Real-time scheduling in a period in microseconds")
    static let blockWeight = Flag.number("--blkio-weight", "Weight in block input and output, 10 to 1000")
    static let deviceWeights = Flag.list(
        "--blkio-weight-device",
        "Weight on a device: PATH:WEIGHT",
        placeholder: "list"
    )
    static let readBytes = Flag.list("--device-read-bps", "Bytes read a second: PATH:BYTES", placeholder: "list")
    static let writeBytes = Flag.list("--device-write-bps", "Bytes written a second: PATH:BYTES", placeholder: "list")
    static let readOperations = Flag.list("--device-read-iops", "Reads a second: PATH:NUMBER", placeholder: "list")
    static let writeOperations = Flag.list("--device-write-iops", "Writes a second: PATH:NUMBER", placeholder: "list")

    static let limits: [any FlagDeclaration] =
        [memory, memoryReservation, memorySwap, memorySwappiness, noOutOfMemoryKill, outOfMemoryScore]
        + [cpus, cpuShares, cpuPeriod, cpuQuota, cpuRealtimePeriod, cpuRealtimeRuntime, cpusetCPUs, cpusetMemories]
        + [pids, ulimits, shmSize, blockWeight, deviceWeights, readBytes, writeBytes, readOperations, writeOperations]
}
