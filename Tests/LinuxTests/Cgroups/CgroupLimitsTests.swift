import Testing

@testable import Linux

/// The files that limits are written to, on either version of control groups.
@Suite struct CgroupLimitsTests {
    @Test func `memory is limited with as much swap, unless said otherwise`() {
        var limits = CgroupLimits()
        limits.memory = 64 << 20
        #expect(limits.hierarchies == ["memory.limit_in_bytes 67108864", "memory.memsw.limit_in_bytes 134217728"])
        #expect(limits.unified == ["memory.max 67108864", "memory.swap.max 67108864"])
        limits.memorySwap = -1
        #expect(limits.hierarchies == ["memory.limit_in_bytes 67108864", "memory.memsw.limit_in_bytes -1"])
        #expect(limits.unified == ["memory.max 67108864", "memory.swap.max max"])
        limits.memorySwap = 64 << 20
        #expect(limits.unified == ["memory.max 67108864", "memory.swap.max 0"])
    }

    @Test func `a quota has a period, and a period no quota`() {
        var limits = CgroupLimits()
        limits.cpuQuota = 50_000
        #expect(limits.unified == ["cpu.max 50000 100000"])
        limits.cpuQuota = nil
        limits.cpuPeriod = 40_000
        #expect(limits.unified == ["cpu.max max 40000"])
        #expect(limits.hierarchies == ["cpu.cfs_period_us 40000"])
    }

    @Test(arguments: [(2, 1), (1024, 39), (262_144, 10_000), (1_000_000, 10_000)])
    func `shares become weights`(shares: Int, weight: Int) {
        #expect(CgroupLimits.weight(shares: shares) == weight)
    }

    @Test(arguments: [(10, 1), (500, 4950), (1000, 10_000)])
    func `weights of block devices become weights`(old: Int, new: Int) {
        #expect(CgroupLimits.weight(block: old) == new)
    }

    @Test func `devices are limited by number`() {
        var limits = CgroupLimits()
        limits.blockDevices = [
            .init(number: "8:0", kind: .readBytes, value: 1024),
            .init(number: "8:16", kind: .writeOperations, value: 9),
            .init(number: "8:0", kind: .weight, value: 10),
        ]
        #expect(limits.unified == ["io.max 8:0 rbps=1024", "io.max 8:16 wiops=9", "io.weight 8:0 1"])
        #expect(
            limits.hierarchies == [
                "blkio.throttle.read_bps_device 8:0 1024", "blkio.throttle.write_iops_device 8:16 9",
                "blkio.weight_device 8:0 10",
            ]
        )
    }

    @Test func `what version 2 has no more is a loss, and a limit on time is not`() {
        var limits = CgroupLimits()
        limits.memorySwappiness = 10
        limits.isOutOfMemoryKillDisabled = true
        limits.cpuQuota = 1000
        #expect(limits.unifiedSettings.map(\.loss) == [.swappiness, .outOfMemoryKill, nil])
        #expect(limits.hierarchies == ["memory.swappiness 10", "memory.oom_control 1", "cpu.cfs_quota_us 1000"])
    }
}

@Suite struct IndexListTests {
    @Test(arguments: [("0", [0]), ("0-2,5", [0, 1, 2, 5]), ("", [])] as [(String, Set<Int>)])
    func `reads what the kernel writes`(text: String, numbers: Set<Int>) {
        #expect(IndexList(parsing: text)?.numbers == numbers)
    }

    @Test(arguments: ["a", "1-", "-1", "3-1", "1,,2", "1-2-3", "0-99999999"])
    func `refuses anything else`(text: String) {
        #expect(IndexList(parsing: text) == nil)
    }
}

extension CgroupLimits {
    /// The first choice of file for each setting, with what is written to it.
    fileprivate var hierarchies: [String] { hierarchySettings.compactMap(\.text) }
    fileprivate var unified: [String] { unifiedSettings.compactMap(\.text) }
}

extension CgroupLimits.Setting {
    fileprivate var text: String? { choices.first.map { "\($0.file) \($0.value)" } }
}
