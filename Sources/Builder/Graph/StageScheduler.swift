import Linux
import Synchronization
import SystemPackage

/// Starts every stage as soon as those that it needs are complete, each on a thread of its own.
final class StageScheduler: Sendable {
    /// One stage of one session.
    private struct Job: Hashable, Comparable {
        let stage: Int
        let session: Int

        static func < (one: Job, other: Job) -> Bool { (one.stage, one.session) < (other.stage, other.session) }
    }

    private let sessions: [BuildSession]
    private let outcomes = Mutex<[(job: Job, outcome: Result<StageState, any Error>)]>([])

    init(_ sessions: [BuildSession]) {
        self.sessions = sessions
    }

    private var jobs: [Job: Set<Job>] {
        var jobs: [Job: Set<Job>] = [:]
        for (index, session) in sessions.enumerated() {
            for (stage, node) in session.graph.nodes {
                let before = node.predecessors.map { Job(stage: $0, session: index) }
                jobs[Job(stage: stage, session: index)] = Set(before)
            }
        }
        return jobs
    }

    /// Returns when all targets are complete. The first failure ends the others at their next step, and is thrown.
    func run() throws {
        let bell = try FileDescriptor.closeOnExecPipe()
        defer {
            try? bell.reading.close()
            try? bell.writing.close()
        }
        var waiting = jobs
        var running = 0
        var failure: (any Error)?
        while true {
            for job in waiting.filter(\.value.isEmpty).keys.sorted() where failure == nil {
                waiting[job] = nil
                running += 1
                try start(job, isAlone: waiting.isEmpty && running == 1, bell: bell.writing)
            }
            guard running > 0 else { break }
            for (job, outcome) in try awaitOutcomes(bell.reading) {
                running -= 1
                switch outcome {
                case .success(let state):
                    sessions[job.session].finish(job.stage, with: state)
                    for other in waiting.keys { waiting[other]?.remove(job) }
                case .failure(let error):
                    sessions[job.session].shared.stop()
                    if failure == nil || failure is StageStopped { failure = error }
                }
            }
        }
        if let failure { throw failure }
    }

    private func start(_ job: Job, isAlone: Bool, bell: FileDescriptor) throws {
        guard !isAlone else { return work(job, bell) }
        try Thread.start { [self] in work(job, bell) }
    }

    private func work(_ job: Job, _ bell: FileDescriptor) {
        let session = sessions[job.session]
        let outcome = Result<StageState, any Error> {
            guard let node = session.graph.nodes[job.stage] else { throw StageStopped() }
            var build = try StageBuild(session, node)
            return try build.run()
        }
        outcomes.withLock { $0.append((job, outcome)) }
        _ = try? bell.writeAvailable([0])
    }

    private func awaitOutcomes(
        _ bell: FileDescriptor
    ) throws -> [(job: Job, outcome: Result<StageState, any Error>)] {
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = try bell.readAvailable(into: &buffer)
        return outcomes.withLock { outcomes in
            let done = outcomes
            outcomes = []
            return done
        }
    }
}
