import Supervision
import Testing

@testable import Monitor

@Suite struct HealthMachines {
    private func machine(retries: Int = 2) -> HealthMachine {
        HealthMachine(
            HealthOrder(
                program: "health",
                interval: 30_000_000_000,
                timeout: 1_000_000_000,
                retries: retries,
                startPeriod: 10_000_000_000,
                startInterval: 1_000_000_000
            )
        )
    }

    private func entry(_ code: Int32) -> HealthState.Entry {
        HealthState.Entry(start: 1, end: 2, exitCode: code, output: "")
    }

    @Test func `excuse failures while the container starts`() {
        var machine = machine()
        for age in 1...3 { machine.probeEnded(entry(1), beganAtAge: .seconds(age)) }
        #expect(machine.state.status == .starting)
        #expect(machine.state.failingStreak == 0)
        #expect(machine.delay(atAge: .seconds(3)) == .seconds(1))
    }

    @Test func `are healthy with the first success and count failures from then on`() {
        var machine = machine()
        machine.probeEnded(entry(0), beganAtAge: .seconds(1))
        #expect(machine.state.status == .healthy)
        #expect(machine.delay(atAge: .seconds(2)) == .seconds(30))
        machine.probeEnded(entry(1), beganAtAge: .seconds(3))
        #expect(machine.state.status == .healthy)
        machine.probeEnded(entry(1), beganAtAge: .seconds(4))
        #expect(machine.state.status == .unhealthy)
        machine.probeEnded(entry(0), beganAtAge: .seconds(5))
        #expect(machine.state.status == .healthy)
        #expect(machine.state.failingStreak == 0)
    }

    @Test func `are unhealthy when the failures after the start suffice`() {
        var machine = machine()
        #expect(machine.delay(atAge: .seconds(10)) == .seconds(30))
        machine.probeEnded(entry(1), beganAtAge: .seconds(10))
        #expect(machine.state.status == .starting)
        machine.probeEnded(entry(-1), beganAtAge: .seconds(40))
        #expect(machine.state.status == .unhealthy)
    }

    @Test func `remember five probes`() {
        var machine = machine()
        for code in 1...7 { machine.probeEnded(entry(Int32(code)), beganAtAge: .seconds(20)) }
        #expect(machine.state.log.map(\.exitCode) == [3, 4, 5, 6, 7])
    }
}
