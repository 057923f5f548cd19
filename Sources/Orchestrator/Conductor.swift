public import ComposeSpec
import Linux
import SystemPackage

/// Brings a project to what is asked of it: observes, plans and executes, one command at a time for each project.
public struct Conductor: Sendable {
    private let engine: LocalEngine
    private let report: @Sendable (Event) -> Void

    /// - Parameter report: takes what happens while it happens, from any thread.
    public init(engine: LocalEngine, report: @escaping @Sendable (Event) -> Void) {
        self.engine = engine
        self.report = report
    }

    /// Brings a project up: what `up`, `create` and `scale` do.
    ///
    /// Where the images decide what comes next, they are brought first and the rest is planned after another look.
    ///
    /// - Parameter planned: is told the last plan before it is run.
    /// - Returns: the last plan that was run; its warnings are for the user.
    /// - Throws: ``PlanError``, ``StepFailure``, ``Cancelled``.
    @discardableResult
    public func up(
        _ project: Project,
        options: UpOptions = UpOptions(),
        planned: @Sendable (Plan) -> Void = { _ in }
    ) async throws -> Plan {
        let lock = try await lock(project.name)
        defer { lock.release() }
        var options = options
        while true {
            let plan = try Plan(up: project, observed: engine.observe(project), options: options)
            if !plan.isProvisional { planned(plan) }
            try await Executor(engine: engine, report: report).run(plan)
            guard plan.isProvisional else { return plan }
            options.imagesAreSettled = true
        }
    }

    /// Makes a one-off container, and brings up what it needs. It is left to the caller to start it.
    public func prepare(_ project: Project, options: RunOptions) async throws -> RunPlan {
        let lock = try await lock(project.name)
        defer { lock.release() }
        let run = try RunPlan(project, observed: engine.observe(project), options: options)
        try await Executor(engine: engine, report: report).run(run.plan)
        return run
    }

    /// Observes a project, plans with what was seen, and runs the plan.
    ///
    /// - Parameters:
    ///   - name: the project's name.
    ///   - project: what its files say, where there are files.
    /// - Returns: the plan that was run.
    @discardableResult
    public func run(
        _ name: String,
        _ project: Project? = nil,
        plan: @Sendable (Observation) throws -> Plan
    ) async throws -> Plan {
        let lock = try await lock(name)
        defer { lock.release() }
        let plan = try plan(project.map { try engine.observe($0) } ?? engine.observe(name))
        try await Executor(engine: engine, report: report).run(plan)
        return plan
    }

    /// Waits until no other command works on the project.
    private func lock(_ name: String) async throws -> HeldLock {
        guard let component = FilePath.Component(name), component.kind == .regular else {
            throw PlanError.invalidProjectName(name)
        }
        let folder = engine.root.projects.appending(component)
        try Folder.makeAll(folder)
        let path = folder.appending("lock")
        if let lock = try FileLock.take(path) { return HeldLock(lock) }
        return try await onOwnThread {
            guard let lock = try FileLock.await(path) else { throw Cancelled() }
            return HeldLock(lock)
        }
    }
}
