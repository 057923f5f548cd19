import Orchestrator

extension Compose {
    /// `tutti kill`
    struct Kill: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Send a signal to containers",
            flags: [signal, CommonFlag.removeOrphans]
        )

        private static let signal = Flag<String>.text("-s, --signal", "The signal", default: "SIGKILL")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
        }

        func run(_ session: Session) throws -> Int32 {
            var options = KillOptions()
            options.services = arguments.positionals
            options.signal = arguments[Self.signal]
            let known = try session.knownProject()
            options.removesOrphans = session.isOn(
                CommonFlag.removeOrphans,
                in: arguments,
                else: "COMPOSE_REMOVE_ORPHANS",
                of: known.project
            )
            try session.carryOut("kill", on: known) { [options] observed in
                let plan = try Plan(kill: observed, project: known.project, options: options)
                if plan.isEmpty { Console.note("No container to kill") }
                return plan
            }
            return 0
        }
    }
}
