import Orchestrator

extension Compose {
    /// `tutti start`
    struct Start: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Start services whose containers exist",
            flags: [waits, waitTimeout]
        )

        private static let waits = Flag.toggle("--wait", "Wait until services are running or healthy")
        private static let waitTimeout = Flag.number("--wait-timeout", "Seconds to wait for services at most")

        private let options: StartOptions

        init(_ arguments: Arguments) throws {
            var options = StartOptions()
            options.services = arguments.positionals
            options.waits = arguments[Self.waits]
            options.waitTimeout = arguments[Self.waitTimeout].flatMap { $0 > 0 ? $0 : nil }
            self.options = options
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try session.carryOut("start", on: known) { try Plan(start: $0, project: known.project, options: options) }
            return 0
        }
    }
}
