import Linux
import Synchronization
import SystemPackage

/// Starts every stage as soon as those that it needs are complete, each on a thread of its own.
final class StageScheduler: Sendable {
    private let session: BuildSession
    private let outcomes = Mutex<[(stage: Int, outcome: Result<StageState, any Error>)]>([])

    init(_ session: BuildSession) {
        self.session = session
    }

    /// Returns when the target is complete. The first failure ends the others at their next step, and is thrown.
    func run() throws {
        let bell = try FileDescriptor.closeOnExecPipe()
        defer {
            try? bell.reading.close()
            try? bell.writing.close()
        }
        var waiting = session.graph.nodes.mapValues(\.predecessors)
        var running = 0
        var failure: (any Error)?
        while true {
            for stage in waiting.filter(\.value.isEmpty).keys.sorted() where failure == nil {
                waiting[stage] = nil
                running += 1
                try start(stage, isAlone: waiting.isEmpty && running == 1, bell: bell.writing)
            }
            guard running > 0 else { break }
            for (stage, outcome) in try awaitOutcomes(bell.reading) {
                running -= 1
                switch outcome {
                case .success(let state):
                    session.finish(stage, with: state)
                    for other in waiting.keys { waiting[other]?.remove(stage) }
                case .failure(let error):
                    session.stop()
                    if failure == nil || failure is StageStopped { failure = error }
                }
            }
        }
        if let failure { throw failure }
    }

    private func start(_ stage: Int, isAlone: Bool, bell: FileDescriptor) throws {
        guard !isAlone else { return work(stage, bell) }
        try Thread.start { [self] in work(stage, bell) }
    }

    private func work(_ stage: Int, _ bell: FileDescriptor) {
        let outcome = Result<StageState, any Error> {
            guard let node = session.graph.nodes[stage] else { throw StageStopped() }
            var build = try StageBuild(session, node)
            return try build.run()
        }
        outcomes.withLock { $0.append((stage, outcome)) }
        _ = try? bell.writeAvailable([0])
    }

    private func awaitOutcomes(
        _ bell: FileDescriptor
    ) throws -> [(stage: Int, outcome: Result<StageState, any Error>)] {
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = try bell.readAvailable(into: &buffer)
        return outcomes.withLock { outcomes in
            let done = outcomes
            outcomes = []
            return done
        }
    }
}
