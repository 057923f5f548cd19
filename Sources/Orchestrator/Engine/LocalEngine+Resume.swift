import Containers

extension LocalEngine {
    /// Starts what ran when the machine went down and is to run again, in the order of dependencies.
    ///
    /// One that cannot be started keeps no other from being started; it is reported as an error.
    public func resume(_ report: @escaping @Sendable (Event) -> Void) async throws {
        try sweep()
        let containers = try self.containers.all().map { container in
            let record = container.exitRecord
            return ResumableContainer(
                ObservedContainer(container.configuration, try container.status),
                restart: container.configuration.restart,
                isStoppedByHand: record?.stoppedByHand ?? false,
                links: container.configuration.network.links.map(\.container)
            )
        }
        try await Executor(engine: ResumingEngine(engine: self), report: report).run(Plan(resume: containers))
    }
}

/// An engine whose starts do not fail: the plan goes on where one container cannot be started.
private struct ResumingEngine: Engine {
    let engine: LocalEngine

    func perform(
        _ action: Action,
        cancellation: Cancellation,
        progress: @escaping @Sendable (Event) -> Void
    ) throws -> Event? {
        do {
            return try engine.perform(action, cancellation: cancellation, progress: progress)
        } catch let error as Cancelled {
            throw error
        } catch {
            guard let resource = action.resource else { throw error }
            return Event(resource, .error, details: "\(error)")
        }
    }
}
