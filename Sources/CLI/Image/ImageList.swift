import Images
import JSON
import Linux
import OCI
import Orchestrator

extension Docker {
    /// `docker images`
    struct ImageList: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [REPOSITORY[:TAG]]",
            summary: "List images",
            flags: [all, digests, DockerFlag.filter, DockerFlag.format, DockerFlag.noTruncation, DockerFlag.quiet],
            arity: .atMost(1)
        )

        private static let all = Flag.toggle("-a, --all", "List images for further platforms by themselves too")
        private static let digests = Flag.toggle("--digests", "Show digests")

        private let arguments: Arguments
        private let filters: [String: [String]]

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filters = try Docker.filters(
                arguments[DockerFlag.filter],
                known: ["dangling", "label", "reference", "before", "since", "until"]
            )
        }

        func run(_ session: Session) throws -> Int32 {
            let images = try selected(session.engine.images)
            guard !arguments[DockerFlag.quiet] else {
                try Console.print(unique(images.filter(isNamed)).map { "\(identifier($0))\n" }.joined())
                return 0
            }
            var listing = Listing(
                [
                    .init("Repository", "REPOSITORY"), .init("Tag", "TAG"), .init("ID", "IMAGE ID"),
                    .init("CreatedSince", "CREATED"), .init("Size", "SIZE"),
                ],
                further: [.init("Digest", "DIGEST"), .init("CreatedAt", "CREATED AT")]
            )
            if arguments[Self.digests] { listing.columns.insert(.init("Digest", "DIGEST"), at: 2) }
            listing.rows = images.flatMap(rows)
            try Console.print(listing.text(arguments[DockerFlag.format]))
            return 0
        }

        private func selected(_ store: ImageStore) throws -> [Image] {
            let limit = try Docker.until(filters["until"])
            let isDangling = try isDangling()
            var images = try store.list().filter { image in
                // A name stands for the images for all its platforms.
                guard !image.isOther || !image.references.isEmpty || arguments[Self.all] else { return false }
                guard image.createdAt < limit else { return false }
                guard Docker.matches(image.configuration.config.labels, filters["label"]) else { return false }
                return isDangling.map { $0 == image.isDangling } ?? true
            }
            for (key, isWanted) in [("before", { $0 < $1 }), ("since", { $0 > $1 })]
                as [(String, (Int64, Int64) -> Bool)]
            {
                guard let name = filters[key]?.last else { continue }
                guard let limit = try store.find(name)?.createdAt else { throw Failure("no such image: \(name)") }
                images = images.filter { isWanted($0.createdAt, limit) }
            }
            return images
        }

        /// What the filter says; nil where it says nothing.
        private func isDangling() throws -> Bool? {
            guard let text = filters["dangling"]?.last else { return nil }
            guard let flag = ["true": true, "1": true, "false": false, "0": false][text] else {
                throw UsageError.conflict("invalid filter 'dangling=[\(text)]'")
            }
            return flag
        }

        /// The names of an image that are asked for: its tags, and repositories that have it by its digest alone.
        private func references(_ image: Image) -> [ImageReference] {
            let wanted = arguments.positionals + (filters["reference"] ?? [])
            var known = Set(image.references.map(\.repository))
            let pinned = image.repositoryDigests.filter { known.insert($0.repository).inserted }
            guard !wanted.isEmpty else { return image.references + pinned }
            return (image.references + pinned).filter { reference in
                wanted.contains { pattern in
                    Glob.matches(pattern, reference.familiar) || Glob.matches(pattern, reference.familiarRepository)
                }
            }
        }

        private func isNamed(_ image: Image) -> Bool {
            arguments.positionals.isEmpty && filters["reference"] == nil || !references(image).isEmpty
        }

        private func unique(_ images: [Image]) -> [Image] {
            var seen: Set<Digest> = []
            return images.filter { seen.insert($0.id).inserted }
        }

        private func identifier(_ image: Image) -> String {
            arguments[DockerFlag.noTruncation] ? "\(image.id)" : "\(image.id)".shortIdentifier
        }

        private func rows(_ image: Image) -> [JSONValue] {
            guard isNamed(image) else { return [] }
            let names = references(image)
            return names.isEmpty ? [row(image, nil)] : names.map { row(image, $0) }
        }

        private func row(_ image: Image, _ name: ImageReference?) -> JSONValue {
            let digest = image.repositoryDigests.first { $0.repository == name?.repository }?.digest
            let size = ByteSize(image.size).decimal(digits: 3)
            return [
                "Containers": "N/A",
                "CreatedAt": .string(TimeText.table(image.createdAt)),
                "CreatedSince": .string(Age.since(image.createdAt, now: WallClock.now)),
                "Digest": .string(digest.map { "\($0)" } ?? "<none>"),
                "ID": .string(identifier(image)),
                "Repository": .string(name?.familiarRepository ?? "<none>"),
                "SharedSize": "N/A",
                "Size": .string(size),
                "Tag": .string(name?.tag ?? "<none>"),
                "UniqueSize": "N/A",
                "VirtualSize": .string(size),
            ]
        }
    }
}

extension Image {
    /// When it was made, in nanoseconds since 1970; 0 where it does not say.
    var createdAt: Int64 { configuration.created.flatMap(TimeText.timestamp) ?? 0 }
}

/// Patterns of a shell: `*` and `?`.
enum Glob {
    /// Whether a text is of the pattern's form. A `*` does not stand for a slash.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern), Array(text))
        var (place, position) = (0, 0)
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                retry = (place + 1, position)
                place += 1
            } else if place < pattern.count, pattern[place] == text[position] || pattern[place] == "?" {
                place += 1
                position += 1
            } else if let last = retry, text[last.position] != "/" {
                retry = (last.place, last.position + 1)
                (place, position) = (last.place, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
