import Containers
import Linux
import Orchestrator

extension Compose {
    /// `tutti ps`
    struct PS: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "List containers",
            flags: [all, filter, format, noTruncation, orphans, CommonFlag.quiet, services, status]
        )

        private static let all = Flag.toggle("-a, --all", "Show those too that do not run, and those that run made")
        private static let filter = Flag.list(
            "--filter",
            "Show what has a property: status=STATUS",
            placeholder: "string"
        )
        private static let format = Flag<String>.text("--format", "table, json, or a template", default: "table")
        private static let noTruncation = Flag.toggle("--no-trunc", "Shorten nothing")
        private static let orphans = Flag.toggle(
            "--orphans",
            "Show containers of services that are no more",
            default: true
        )
        private static let services = Flag.toggle("--services", "Print names of services")
        private static let status = Flag.list("--status", "Show what is in one of these states")
        private static let states: Set<String> = [
            "paused", "restarting", "removing", "running", "dead", "created", "exited",
        ]

        private let arguments: Arguments
        private let wantedStates: Set<String>

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            let filters = try arguments[Self.filter].map { filter throws(UsageError) in
                guard filter.hasPrefix("status=") else { throw .conflict("unknown filter \(filter)") }
                return String(filter.dropFirst("status=".count))
            }
            wantedStates = Set(filters + arguments[Self.status])
            if let unknown = wantedStates.first(where: { !Self.states.contains($0) }) {
                throw UsageError.conflict("unknown status \(unknown)")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(arguments.positionals)
            let summaries = try session.containers(of: known.name)
                .filter { isWanted($0, known) }
                .sorted { $0.name < $1.name }
            if arguments[Self.services] {
                try Console.print(Set(summaries.map(\.service)).sorted().map { "\($0)\n" }.joined())
            } else if arguments[CommonFlag.quiet] {
                try Console.print(summaries.map { "\($0.id)\n" }.joined())
            } else {
                try Console.print(listing(summaries).text(arguments[Self.format]))
            }
            return 0
        }

        private func isWanted(_ summary: ContainerSummary, _ known: KnownProject) -> Bool {
            let services = arguments.positionals
            guard services.isEmpty || services.contains(summary.service) else { return false }
            if !arguments[Self.orphans], let project = known.project, project.service(summary.service) == nil {
                return false
            }
            guard wantedStates.isEmpty else { return wantedStates.contains(summary.state) }
            return arguments[Self.all] || summary.status.isActive
        }

        private func listing(_ summaries: [ContainerSummary]) -> Listing {
            var listing = Listing(
                [
                    .init("Name", "NAME"), .init("Image", "IMAGE"), .init("Command", "COMMAND"),
                    .init("Service", "SERVICE"), .init("RunningFor", "CREATED"), .init("Status", "STATUS"),
                    .init("Ports", "PORTS"),
                ],
                further: [.init("ID", "CONTAINER ID")]
            )
            listing.rows = summaries.map { $0.projectRow(isCut: !arguments[Self.noTruncation]) }
            return listing
        }
    }
}

extension Session {
    /// The containers that a project has, one-off ones included.
    func containers(of project: String) throws -> [ContainerSummary] {
        let now = WallClock.now
        return try engine.containers.all()
            .filter { $0.configuration.labels[ControlLabel.project] == project }
            .map { try ContainerSummary($0, now: now) }
    }
}

extension ContainerSummary {
    /// The service that it belongs to.
    var service: String { configuration.labels[ControlLabel.service] ?? "" }
    /// Its place among the replicas of its service.
    var number: Int { configuration.labels[ControlLabel.containerNumber].flatMap { Int($0) } ?? 0 }
    /// Whether `run` made it.
    var isOneOff: Bool { configuration.labels[ControlLabel.oneOff] == "True" }
}

extension KnownProject {
    /// Whether these services are all in the files, where there are files.
    func check(_ services: [String]) throws {
        guard let project else { return }
        let names = Set((project.services + project.disabledServices).map(\.name))
        guard let unknown = services.first(where: { !names.contains($0) }) else { return }
        throw Failure("no such service: \(unknown)")
    }
}
