import Orchestrator

extension Compose {
    /// `tutti create`
    struct Create: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Make the containers of services without starting them",
            flags: [
                CommonFlag.build, CommonFlag.noBuild, CommonFlag.pull, CommonFlag.quietPull, CommonFlag.forceRecreate,
                CommonFlag.noRecreate, CommonFlag.removeOrphans, CommonFlag.scale, CommonFlag.yes,
            ]
        )

        private let wishes: UpWishes
        private let isQuiet: Bool
        private let isTrusting: Bool

        init(_ arguments: Arguments) throws {
            wishes = try UpWishes(arguments)
            isQuiet = arguments[CommonFlag.quietPull]
            isTrusting = arguments[CommonFlag.yes]
        }

        func run(_ session: Session) throws -> Int32 {
            var session = session
            session.compose.hidesImageOutput = isQuiet
            session.compose.asksAboutRemoteFiles = !isTrusting
            let project = try session.project(services: wishes.services)
            var options = try wishes.options(for: project, in: session)
            options.starts = false
            return try session.bringUp("create", project, options)
        }
    }

    /// `tutti scale`
    struct Scale: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE=REPLICAS...",
            summary: "Change the number of replicas",
            flags: [CommonFlag.noDependencies],
            arity: .atLeast(1)
        )

        private let options: UpOptions

        init(_ arguments: Arguments) throws {
            var options = UpOptions()
            options.scale = try CommonFlag.scale(arguments.positionals)
            options.services = options.scale.keys.sorted()
            options.ignoresDependencies = arguments[CommonFlag.noDependencies]
            options.building = .never
            self.options = options
        }

        func run(_ session: Session) throws -> Int32 {
            try session.bringUp("scale", try session.project(services: options.services), options)
        }
    }
}
