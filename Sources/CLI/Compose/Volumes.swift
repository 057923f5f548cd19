import JSON
import Orchestrator
import Volumes

extension Compose {
    /// `tutti volumes`
    struct Volumes: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "List the volumes of a project",
            flags: [DockerFlag.format, CommonFlag.quiet]
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(arguments.positionals)
            let wanted = try names(of: known, session)
            let volumes = try session.engine.volumes.all().filter { volume in
                volume.record.labels[ControlLabel.project] == known.name
                    && (wanted.map { $0.contains(volume.name) } ?? true)
            }
            guard !arguments[CommonFlag.quiet] else {
                try Console.print(volumes.map { "\($0.name)\n" }.joined())
                return 0
            }
            var listing = Docker.VolumeList.listing
            listing.rows = volumes.map(Docker.VolumeList.row)
            try Console.print(listing.text(arguments[DockerFlag.format]))
            return 0
        }

        /// The volumes that containers of the named services use; nil is all.
        private func names(of known: KnownProject, _ session: Session) throws -> Set<String>? {
            guard !arguments.positionals.isEmpty else { return nil }
            let summaries = try session.containers(of: known.name)
            return Set(summaries.filter { arguments.positionals.contains($0.service) }.flatMap(\.mounts))
        }
    }
}
