import Supervision
import Testing

@testable import Monitor

@Suite struct RestartPolicies {
    @Test func `wait twice as long each time, up to a minute, until a run is good`() {
        var restarting = Restarting(.always)
        let delays = (0..<12).map { _ in restarting.processEnded(code: 1, ranFor: .seconds(9)) }
        let milliseconds = [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]
        #expect(delays == milliseconds.map { .restart(after: .milliseconds($0)) })
        #expect(restarting.processEnded(code: 1, ranFor: .seconds(10)) == .restart(after: .milliseconds(100)))
        #expect(restarting.count == 13)
    }

    @Test(arguments: [
        (RestartPolicy.no, Int32(1), RestartDecision.stop),
        (.always, 0, .restart(after: .milliseconds(100))),
        (.unlessStopped, 0, .restart(after: .milliseconds(100))),
        (.onFailure(maximum: nil), 0, .stop),
        (.onFailure(maximum: nil), 137, .restart(after: .milliseconds(100))),
        (.onFailure(maximum: 0), 137, .stop),
    ])
    func `decide after an end`(policy: RestartPolicy, code: Int32, decision: RestartDecision) {
        var restarting = Restarting(policy)
        #expect(restarting.processEnded(code: code, ranFor: .seconds(1)) == decision)
    }

    @Test func `count failures in all, however long the runs were`() {
        var restarting = Restarting(.onFailure(maximum: 2))
        #expect(restarting.processEnded(code: 1, ranFor: .seconds(60)) == .restart(after: .milliseconds(100)))
        #expect(restarting.processEnded(code: 1, ranFor: .seconds(60)) == .restart(after: .milliseconds(100)))
        #expect(restarting.processEnded(code: 1, ranFor: .seconds(60)) == .stop)
    }

    @Test func `give way to a stop by hand`() {
        var restarting = Restarting(.always)
        restarting.isStopped = true
        #expect(restarting.processEnded(code: 137, ranFor: .seconds(1)) == .stop)
    }
}
