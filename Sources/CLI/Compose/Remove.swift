import Orchestrator

extension Compose {
    /// `tutti rm`
    struct Remove: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Remove containers that do not run",
            flags: [force, stop, volumes, all]
        )

        private static let force = Flag.toggle("-f, --force", "Do not ask")
        private static let stop = Flag.toggle("-s, --stop", "Stop containers that run, and remove them too")
        private static let volumes = Flag.toggle("-v, --volumes", "Remove volumes that nobody named as well")
        private static let all = Flag.toggle("-a, --all", "Has no effect").hidden

        private let options: RemoveOptions
        private let isForced: Bool

        init(_ arguments: Arguments) throws {
            var options = RemoveOptions()
            options.services = arguments.positionals
            options.stops = arguments[Self.stop]
            options.removesAnonymousVolumes = arguments[Self.volumes]
            self.options = options
            isForced = arguments[Self.force]
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let observed = try session.engine.observe(known.name)
            let names = try Plan(remove: observed, project: known.project, options: options).removedContainers
            guard !names.isEmpty else {
                Console.note("No stopped containers")
                return 0
            }
            guard try isForced || Question.ask("Going to remove \(names.joined(separator: ", "))") else { return 0 }
            try session.carryOut("rm", on: known) { try Plan(remove: $0, project: known.project, options: options) }
            return 0
        }
    }
}

extension Plan {
    /// The names of the containers that go.
    fileprivate var removedContainers: [String] {
        steps.compactMap { step in
            guard case .removeContainer(let container, _) = step.action else { return nil }
            return container.name
        }
    }
}
