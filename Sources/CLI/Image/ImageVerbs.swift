import Builder
import Compression
import Images
import Linux
import OCI
import Orchestrator
import Storage
import SystemPackage

extension Docker {
    /// `docker rmi`
    struct RemoveImage: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE [IMAGE...]",
            summary: "Remove names of images, and images",
            flags: [force, noPrune, platform],
            arity: .atLeast(1)
        )

        private static let force = Flag.toggle("-f, --force", "Remove what containers use too, unless they run")
        private static let platform = Flag.list("--platform", "Remove only what is for these: OS/ARCH")
        private static let noPrune = Flag.toggle("--no-prune", "Has no effect").hidden

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let isForced = arguments[Self.force]
            let platforms = try arguments[Self.platform].flatMap { $0.split(separator: ",") }
                .map { try Platform(parsing: String($0)) }
            guard platforms.isEmpty || isForced else {
                throw Failure(
                    "content will be removed from all images referencing this variant. Use force to delete anyway"
                )
            }
            return try forEach(arguments.positionals) { name in
                let removals: [ImageRemoval]
                do {
                    removals = try session.engine.removeImage(name, for: platforms, isForced: isForced)
                } catch let error as ImageError where isForced && error == .notFound(name) {
                    Console.note("Error: \(error.description.printable)")
                    return nil
                }
                return removals.isEmpty ? nil : removals.map(\.description).joined(separator: "\n")
            }
        }
    }

    /// `docker tag`
    struct Tag: Command {
        static let usage = Usage(
            synopsis: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
            summary: "Give an image a further name",
            arity: .exactly(2)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            let images = session.engine.images
            guard let image = try images.find(names[0]) else { throw ImageError.notFound(names[0]) }
            try images.tag(names[0], as: ImageReference(parsing: names[1]))
            session.engine.noteImage("tag", id: "\(image.id)", name: names[1])
            return 0
        }
    }

    /// `docker save`
    struct Save: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE [IMAGE...]",
            summary: "Write images to an archive",
            flags: [output, ImageFlag.platform],
            arity: .atLeast(1)
        )

        private static let output = Flag<String?>.text("-o, --output", "File to write to")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try ImageFlag.checkPlatform(arguments, of: arguments.positionals, session)
            let platform = try arguments[ImageFlag.platform].map { try Platform(parsing: $0) }
            guard let path = arguments[Self.output] else {
                guard !StandardStreams.outputIsTerminal else {
                    throw Failure("cowardly refusing to save to a terminal. Use the -o flag or redirect")
                }
                try session.engine.images.save(arguments.positionals, platform: platform) {
                    try FileDescriptor.standardOutput.writeAll($0)
                }
                return 0
            }
            try WholeFile.replace(FilePath(path)) { write in
                try session.engine.images.save(arguments.positionals, platform: platform, to: write)
            }
            return 0
        }
    }

    /// `docker load`
    struct Load: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Read images from an archive",
            flags: [input, ImageFlag.platform, CommonFlag.quiet],
            arity: .none
        )

        private static let input = Flag<String?>.text("-i, --input", "File to read")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let path = arguments[Self.input]
            if path == nil, StandardStreams.inputIsTerminal {
                throw Failure("requested load from stdin, but stdin is empty")
            }
            let platform = try arguments[ImageFlag.platform].map { try Platform(parsing: $0) }
            let source =
                try path.map { try ByteSource(readingFile: FilePath($0)) } ?? ByteSource(reading: .standardInput)
            // As with docker, there is progress on a terminal alone.
            let display = TransferDisplay(isQuiet: arguments[CommonFlag.quiet] || !StandardStreams.outputIsTerminal)
            let loaded = try session.engine.images.load(source, platform: platform) { layer, bytes, size in
                display.show(layer, "Loading layer", .init(bytes: bytes, size: size))
            }
            for image in loaded {
                session.engine.noteImage("load", id: "\(image.id)", name: image.references.first?.familiar)
            }
            try Console.print(loaded.map { "\($0)\n" }.joined())
            return 0
        }
    }

    /// `docker image prune`
    struct PruneImages: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove images that nobody uses",
            flags: [all, PruneFilter.flag(and: "until=24h, dangling=false"), DockerFlag.force],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Remove those too that have names")

        private let arguments: Arguments
        private let filter: PruneFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try PruneFilter(arguments, further: ["dangling", "until"])
        }

        func run(_ session: Session) throws -> Int32 {
            // `dangling=false` is what `--all` says.
            let all = arguments[Self.all] || ["false", "0"].contains(filter["dangling"])
            let what = all ? "all images without at least one container associated to them" : "all dangling images"
            guard try arguments[DockerFlag.force] || Question.confirm(warning: "This will remove \(what).") else {
                return 0
            }
            try Console.print(Self.prune(session, all: all, filter).text(heading: "Deleted Images:"))
            return 0
        }

        /// Removes what nobody uses.
        static func prune(_ session: Session, all: Bool, _ filter: PruneFilter) throws -> Pruned {
            let engine = session.engine
            let cache = try CacheStore(root: session.root, images: engine.images)
            let (removals, bytes) = try cache.whileLayersStay { kept in
                try engine.images.prune(
                    includesNamed: all,
                    keeping: kept,
                    where: { filter.takes($0.configuration.config.labels, createdAt: $0.createdAt) },
                    users: engine.users(ofImage:)
                )
            }
            let lines = removals.map { removal in
                switch removal {
                case .untagged(let reference): "untagged: \(reference.familiar)"
                case .deleted(let digest): "deleted: \(digest)"
                }
            }
            return Pruned(names: lines, bytes: bytes + (try engine.images.blobs.sweepDownloads()))
        }
    }
}
