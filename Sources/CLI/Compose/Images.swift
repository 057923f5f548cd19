import Containers
import Images
import JSON
import Linux
import OCI
import Orchestrator

extension Compose {
    /// `tutti images`
    struct Images: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "List the images of containers",
            flags: [format, CommonFlag.quiet]
        )

        private static let format = Flag<String>.text("--format", "table or json", default: "table")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(arguments.positionals)
            let summaries = try session.containers(of: known.name)
                .filter { arguments.positionals.isEmpty || arguments.positionals.contains($0.service) }
                .sorted { $0.name < $1.name }
            if arguments[CommonFlag.quiet] {
                let ids = Set(
                    summaries.map { $0.configuration.imageID.split(separator: ":").last.map(String.init) ?? "" }
                )
                try Console.print(ids.sorted().map { "\($0)\n" }.joined())
                return 0
            }
            var listing = Listing([
                .init("ContainerName", "CONTAINER"), .init("Repository", "REPOSITORY"), .init("Tag", "TAG"),
                .init("Platform", "PLATFORM"), .init("ID", "IMAGE ID"), .init("Size", "SIZE"),
                .init("Created", "CREATED"),
            ])
            listing.isArray = true
            listing.minimumWidth = 20
            let isJSON = arguments[Self.format] == "json"
            let engine = session.engine
            listing.rows = try summaries.map {
                try row($0, engine.images.find($0.configuration.imageID), isJSON: isJSON)
            }
            try Console.print(listing.text(arguments[Self.format]))
            return 0
        }

        private func row(_ summary: ContainerSummary, _ image: Image?, isJSON: Bool) throws -> JSONValue {
            let reference = try? ImageReference(parsing: summary.configuration.image)
            let id = summary.configuration.imageID
            let created = image?.configuration.created.flatMap(TimeText.timestamp) ?? 0
            let size = image?.size ?? 0
            return [
                "ID": .string(isJSON ? id : id.shortIdentifier),
                "ContainerName": .string(summary.name),
                "Repository": .string(reference?.familiarRepository ?? "<none>"),
                "Tag": .string(reference?.tag ?? "<none>"),
                "Platform": .string(image.map { "\($0.configuration.platform)" } ?? ""),
                "Size": isJSON ? .integer(size) : .string(ByteSize(size).decimal(digits: 3)),
                "Created": .string(isJSON ? TimeText.rfc3339(created) : Age.since(created, now: WallClock.now)),
                "LastTagTime": .string(TimeText.rfc3339(image?.taggedAt ?? 0)),
            ]
        }
    }
}

extension String {
    /// The first 12 digits of an identifier, with or without the name of its hash.
    var shortIdentifier: String {
        String((split(separator: ":").last ?? "").prefix(12))
    }
}
