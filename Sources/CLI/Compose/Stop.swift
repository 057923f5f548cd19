import Orchestrator

extension Compose {
    /// `tutti stop`
    struct Stop: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Stop services, and keep their containers",
            flags: [CommonFlag.timeout]
        )

        private let options: StopOptions

        init(_ arguments: Arguments) throws {
            var options = StopOptions()
            options.services = arguments.positionals
            options.timeout = arguments[CommonFlag.timeout]
            self.options = options
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try session.carryOut("stop", on: known) { try Plan(stop: $0, project: known.project, options: options) }
            return 0
        }
    }
}
