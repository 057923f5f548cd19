import Orchestrator

extension Compose {
    /// `tutti restart`
    struct Restart: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Stop containers and start them again as they are",
            flags: [CommonFlag.timeout, CommonFlag.noDependencies]
        )

        private let options: StopOptions

        init(_ arguments: Arguments) throws {
            var options = StopOptions()
            options.services = arguments.positionals
            options.timeout = arguments[CommonFlag.timeout]
            options.ignoresDependencies = arguments[CommonFlag.noDependencies]
            self.options = options
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try session.carryOut("restart", on: known) {
                try Plan(restart: $0, project: known.project, options: options)
            }
            return 0
        }
    }
}
