import Containers
import Linux
import Orchestrator

extension Docker {
    /// `docker ps`
    struct ContainerList: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "List containers",
            flags: [
                all, DockerFlag.filter, DockerFlag.format, last, latest, DockerFlag.noTruncation, DockerFlag.quiet,
                size,
            ],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Show those too that do not run")
        private static let last = Flag.number("-n, --last", "Show so many of the newest", shownDefault: -1)
        private static let latest = Flag.toggle("-l, --latest", "Show the newest")
        private static let size = Flag.toggle("-s, --size", "Show sizes")

        private let arguments: Arguments
        private let filter: ContainerFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try ContainerFilter(arguments[DockerFlag.filter])
        }

        func run(_ session: Session) throws -> Int32 {
            let now = WallClock.now
            let engine = session.engine
            var summaries = try engine.containers.all().map { try ContainerSummary($0, now: now) }
            let count = arguments[Self.latest] ? 1 : arguments[Self.last].flatMap { $0 >= 0 ? $0 : nil }
            let showsAll = arguments[Self.all] || count != nil || filter.impliesAll
            summaries = try filter.apply(to: summaries.filter { showsAll || $0.status.isActive }, engine)
            if let count { summaries = Array(summaries.prefix(count)) }
            guard !arguments[DockerFlag.quiet] else {
                let ids = summaries.map { arguments[DockerFlag.noTruncation] ? $0.id : String($0.id.prefix(12)) }
                try Console.print(ids.map { "\($0)\n" }.joined())
                return 0
            }
            try Console.print(listing(summaries, session).text(arguments[DockerFlag.format]))
            return 0
        }

        private func listing(_ summaries: [ContainerSummary], _ session: Session) -> Listing {
            var listing = Listing(
                [
                    .init("ID", "CONTAINER ID"), .init("Image", "IMAGE"), .init("Command", "COMMAND"),
                    .init("RunningFor", "CREATED"), .init("Status", "STATUS"), .init("Ports", "PORTS"),
                    .init("Names", "NAMES"),
                ],
                further: [.init("CreatedAt", "CREATED AT"), .init("LocalVolumes", "LOCAL VOLUMES")]
            )
            if arguments[Self.size] { listing.columns.append(.init("Size", "SIZE")) }
            let layers = session.engine.images.layers
            listing.rows = summaries.map { summary in
                let row = summary.row(isCut: !arguments[DockerFlag.noTruncation])
                guard arguments[Self.size] else { return row }
                let written = summary.writtenBytes
                let whole = ByteSize(written + summary.imageBytes(layers)).decimal(digits: 3)
                let text = "\(ByteSize(written).decimal(digits: 3)) (virtual \(whole))"
                return row.replacing("Size", with: .string(text))
            }
            return listing
        }
    }
}
