import Orchestrator

extension Compose {
    /// `tutti pull`
    struct Pull: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Fetch the images of services",
            flags: [ignoreBuildable, ignoreFailures, includeDependencies, policy, CommonFlag.quiet]
        )

        private static let ignoreBuildable = Flag.toggle("--ignore-buildable", "Leave images out that can be built")
        private static let ignoreFailures = Flag.toggle("--ignore-pull-failures", "Go on where one cannot be had")
        private static let includeDependencies = Flag.toggle("--include-deps", "Include services that are needed")
        private static let policy = Flag<String?>.text("--policy", "missing or always")

        private let options: PullOptions
        private let isQuiet: Bool

        init(_ arguments: Arguments) throws {
            var options = PullOptions()
            options.services = arguments.positionals
            options.includesDependencies = arguments[Self.includeDependencies]
            options.ignoresFailures = arguments[Self.ignoreFailures]
            options.ignoresBuildable = arguments[Self.ignoreBuildable]
            options.onlyMissing = arguments[Self.policy] == "missing"
            self.options = options
            isQuiet = arguments[CommonFlag.quiet]
        }

        func run(_ session: Session) throws -> Int32 {
            var session = session
            if isQuiet { session.compose.progress = .quiet }
            let project = try session.project(services: options.services)
            let known = KnownProject(name: project.name, project: project)
            try session.carryOut("pull", on: known) { try Plan(pull: project, observed: $0, options: options) }
            return 0
        }
    }
}
