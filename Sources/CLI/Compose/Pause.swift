import Orchestrator

extension Compose {
    /// `tutti pause`
    struct Pause: ComposeCommand {
        static let usage = Usage(synopsis: "[SERVICE...]", summary: "Freeze services")

        private let services: [String]

        init(_ arguments: Arguments) throws {
            services = arguments.positionals
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try session.carryOut("pause", on: known) { try Plan(pause: $0, project: known.project, services: services) }
            return 0
        }
    }

    /// `tutti unpause`
    struct Unpause: ComposeCommand {
        static let usage = Usage(synopsis: "[SERVICE...]", summary: "Let frozen services go on")

        private let services: [String]

        init(_ arguments: Arguments) throws {
            services = arguments.positionals
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try session.carryOut("unpause", on: known) {
                try Plan(unpause: $0, project: known.project, services: services)
            }
            return 0
        }
    }
}
