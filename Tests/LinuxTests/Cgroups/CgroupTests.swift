import Glibc
import Linux
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot) struct CgroupTests {
    @Test func `makes a group below our own with its limits and removes it`() throws {
        var limits = CgroupLimits()
        limits.memory = 64 << 20
        limits.pids = 10
        let name = "tutti-test-\(getpid())"
        let group = try Cgroup.create(
            named: name,
            in: try CgroupLayout.current(),
            limits: limits,
            devices: DeviceRule.standard
        )
        defer { group.removeEmpty() }
        #expect(group.paths.allSatisfy { access($0, F_OK) == 0 })
        let file = group.unifiedFolder.map { "\($0)/pids.max" } ?? "\(group.folders["pids"] ?? "")/pids.max"
        let pids = try #require(fopen(file, "r"))
        defer { fclose(pids) }
        var buffer = [CChar](repeating: 0, count: 16)
        #expect(fgets(&buffer, 16, pids) != nil)
        #expect(String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) == "10\n")
        group.removeEmpty()
        #expect(group.paths.allSatisfy { access($0, F_OK) != 0 })
    }
}

@Suite struct DeviceRuleTests {
    @Test(arguments: ["c 1:3 rwm", "b *:* m", "a *:* rwm", "c 136:* rw"])
    func `reads and writes the kernel's words`(line: String) {
        #expect(DeviceRule(parsing: line)?.line == line)
    }

    @Test(arguments: ["", "c", "c 1 rwm", "x 1:3 rwm", "c 1:3 z", "c a:3 r"])
    func `refuses anything else`(line: String) {
        #expect(DeviceRule(parsing: line) == nil)
    }
}
