import ComposeSpec
import Orchestrator

extension Session {
    /// Plans with what there is, and carries the plan out, or prints it under `--dry-run`.
    ///
    /// - Parameter title: what is done, for the display of progress.
    func carryOut(
        _ title: String,
        on known: KnownProject,
        plan: @escaping @Sendable (Observation) throws -> Plan
    ) throws {
        guard !compose.isDryRun else {
            let engine = engine
            let observed = try known.project.map { try engine.observe($0) } ?? engine.observe(known.name)
            return try show(plan(observed))
        }
        try work(title) { conductor in
            try await conductor.run(known.name, known.project, plan: plan)
        }
    }

    /// Works in front of the user: shows what happens, and gives up when asked to.
    func work(_ title: String, _ body: @escaping @Sendable (Conductor) async throws -> Plan) throws {
        let progress = compose.renderer(title: title, isDebugging: isDebugging)
        let conductor = Conductor(engine: engine, report: progress.show)
        let plan = try Foreground.wait(for: { try await body(conductor) }, showing: progress)
        for warning in plan.warnings { Console.note("\(Self.warningMark) \(warning.printable)") }
    }

    /// Prints a plan in place of carrying it out.
    func show(_ plan: Plan) throws {
        for warning in plan.warnings { Console.note("\(Self.warningMark) \(warning.printable)") }
        try Console.print(plan.isEmpty ? "" : plan.description + "\n")
    }
}
