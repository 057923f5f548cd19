import ComposeSpec
import Orchestrator

extension Compose {
    /// `tutti down`
    struct Down: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Stop and remove containers and networks",
            flags: [CommonFlag.removeOrphans, images, CommonFlag.timeout, volumes]
        )

        private static let images = Flag<String?>.text(
            "--rmi",
            "Remove images as well: all, or local for those without a name of the user's"
        )
        private static let volumes = Flag.toggle("-v, --volumes", "Remove volumes as well").named(also: "volume")

        private let arguments: Arguments
        private let images: DownOptions.Images?

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            images = try arguments[Self.images].map { word throws(UsageError) in
                guard let images = DownOptions.Images(rawValue: word) else {
                    throw .conflict("invalid value for --rmi: \(word.quoted)")
                }
                return images
            }
        }

        func run(_ session: Session) throws -> Int32 {
            var options = DownOptions()
            options.services = arguments.positionals
            options.removesVolumes = arguments[Self.volumes]
            options.images = images
            options.timeout = arguments[CommonFlag.timeout]
            let known = try session.knownProject()
            options.removesOrphans = session.isOn(
                CommonFlag.removeOrphans,
                in: arguments,
                else: "COMPOSE_REMOVE_ORPHANS",
                of: known.project
            )
            try session.carryOut("down", on: known) { [options] observed in
                let plan = try Plan(down: observed, project: known.project, options: options)
                if plan.isEmpty {
                    Console.note("\(Session.warningMark) No resource found to remove for project \(known.name.quoted)")
                }
                return plan
            }
            return 0
        }
    }
}
