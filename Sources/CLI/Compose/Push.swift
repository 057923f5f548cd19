import Orchestrator

extension Compose {
    /// `tutti push`
    struct Push: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Bring the images of services to their registries",
            flags: [ignoreFailures, includeDependencies, CommonFlag.quiet]
        )

        private static let ignoreFailures = Flag.toggle("--ignore-push-failures", "Go on where one cannot be brought")
        private static let includeDependencies = Flag.toggle("--include-deps", "Include services that are needed")

        private let options: PushOptions
        private let isQuiet: Bool

        init(_ arguments: Arguments) throws {
            var options = PushOptions()
            options.services = arguments.positionals
            options.includesDependencies = arguments[Self.includeDependencies]
            options.ignoresFailures = arguments[Self.ignoreFailures]
            self.options = options
            isQuiet = arguments[CommonFlag.quiet]
        }

        func run(_ session: Session) throws -> Int32 {
            var session = session
            if isQuiet { session.compose.progress = .quiet }
            let project = try session.project(services: options.services)
            let known = KnownProject(name: project.name, project: project)
            let options = options
            try session.carryOut("push", on: known) { _ in try Plan(push: project, options: options) }
            return 0
        }
    }
}
