import Builder
import Compression
import Images
import Linux
import OCI
import Storage
import SystemPackage

extension Docker {
    /// `docker import`
    struct Import: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] FILE|URL|- [REPOSITORY[:TAG]]",
            summary: "Make an image of the archive of a whole tree",
            flags: [change, message, platform],
            arity: .atLeast(1)
        )

        private static let change = Flag.list(
            "-c, --change",
            "Instruction of a Dockerfile to apply",
            placeholder: "list"
        )
        private static let message = Flag<String>.text("-m, --message", "What the image's history says", default: "")
        private static let platform = Flag<String?>.text("--platform", "What the image is for: OS/ARCH")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let path = arguments.positionals[0]
            let references = try arguments.positionals.dropFirst().prefix(1).map { try ImageReference(parsing: $0) }
            let changes = try ImageChanges(arguments[Self.change])
            let platform = try arguments[Self.platform].map { try Platform(parsing: $0) } ?? .host
            let draft = try DraftFolder(in: session.engine.images.drafts)
            let id = try session.engine.images.importTree(
                try Self.source(path, draft.path),
                as: references,
                comment: arguments[Self.message].isEmpty ? Self.comment(on: path) : arguments[Self.message]
            ) { configuration in
                configuration.os = platform.os
                configuration.architecture = platform.architecture
                configuration.variant = platform.variant
                try changes.apply(to: &configuration.config)
            }
            _ = consume draft
            session.engine.noteImage("import", id: "\(id)", name: references.first?.familiar)
            try Console.print("\(id)\n")
            return 0
        }

        /// What a file of this machine is called elsewhere says nothing.
        private static func comment(on path: String) -> String {
            "Imported from \(WebDownload.isURL(path) ? path : "-")"
        }

        /// What a path, a URL or `-` gives; what has to be fetched first goes into the folder.
        private static func source(_ path: String, _ folder: FilePath) throws -> ByteSource {
            guard path != "-" else { return ByteSource(reading: .standardInput) }
            guard WebDownload.isURL(path) else { return try ByteSource(readingFile: FilePath(path)) }
            try Console.print("Downloading from \(path.printable)\n")
            return try ByteSource(readingFile: WebDownload.fetch(path, into: folder))
        }
    }

    /// `docker history`
    struct History: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE",
            summary: "Show how an image was made",
            flags: [DockerFlag.format, human, DockerFlag.noTruncation, ImageFlag.platform, DockerFlag.quiet],
            arity: .exactly(1)
        )

        private static let human = Flag.toggle("-H, --human", "Show sizes and times for reading", default: true)

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let images = session.engine.images
            let name = arguments.positionals[0]
            let image = try ImageFlag.image(name, arguments, session)
            let isCut = !arguments[DockerFlag.noTruncation]
            let isForReading = arguments[Self.human]
            var listing = Listing([
                .init("ID", "IMAGE"), .init("CreatedSince", "CREATED"), .init("CreatedBy", "CREATED BY"),
                .init("Size", "SIZE"), .init("Comment", "COMMENT"),
            ])
            listing.rows = try images.history(of: image).map { line in
                let id = line.id.map { "\($0)" } ?? "<missing>"
                let created = line.created.flatMap(TimeText.timestamp) ?? 0
                return [
                    "Comment": .string(line.comment),
                    "CreatedAt": .string(TimeText.rfc3339(created)),
                    "CreatedBy": .string(isCut ? line.createdBy.ellipsis(45) : line.createdBy),
                    "CreatedSince": .string(
                        isForReading ? Age.since(created, now: WallClock.now) : TimeText.rfc3339(created)
                    ),
                    "ID": .string(isCut ? id.shortIdentifier : id),
                    "Size": .string(isForReading ? ByteSize(line.size).decimal(digits: 3) : "\(line.size)"),
                ]
            }
            let text = try listing.text(arguments[DockerFlag.quiet] ? "{{.ID}}" : arguments[DockerFlag.format])
            try Console.print(text)
            return 0
        }
    }
}
