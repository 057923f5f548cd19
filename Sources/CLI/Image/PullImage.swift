import Images
import OCI
import Orchestrator

extension Docker {
    /// `docker pull`
    struct Pull: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME[:TAG|@DIGEST]",
            summary: "Fetch an image from its registry",
            flags: [allTags, platform, CommonFlag.quiet, trust],
            arity: .exactly(1)
        )

        private static let allTags = Flag.toggle("-a, --all-tags", "Fetch every tag of the repository")
        private static let platform = Flag<String?>.text("--platform", "Platform: OS/ARCH")
        private static let trust = Flag.toggle("--disable-content-trust", "Has no effect", default: true).hidden

        private let name: String
        private let allTags: Bool
        private let platform: Platform?
        private let isQuiet: Bool

        init(_ arguments: Arguments) throws {
            name = arguments.positionals[0]
            allTags = arguments[Self.allTags]
            platform = try arguments[Self.platform].map { try Platform(parsing: $0) }
            isQuiet = arguments[CommonFlag.quiet]
        }

        func run(_ session: Session) throws -> Int32 {
            let reference = try ImageReference(parsing: name)
            let isBare = name == reference.familiarRepository || name == reference.repository
            guard !allTags || isBare else { throw Failure("tag can't be used with --all-tags/-a") }
            let display = TransferDisplay(isQuiet: isQuiet)
            if isBare, !allTags { display.say("Using default tag: latest") }
            let platform = platform ?? session.defaultPlatform
            let images = session.engine.images
            try session.transfer(showing: display) { access in
                let references = allTags ? try access.tags(of: reference).map(reference.tagged) : [reference]
                for reference in references { try Self.pull(reference, platform, images, access, display) }
            }
            try Console.print("\(allTags ? reference.repository : reference.description)\n")
            return 0
        }

        private static func pull(
            _ reference: ImageReference,
            _ platform: Platform,
            _ images: ImageStore,
            _ access: RegistryAccess,
            _ display: TransferDisplay
        ) throws {
            display.say("\(reference.registryName): Pulling from \(reference.path)")
            let pulled = try images.pull(reference, platform: platform, access: access) { display.show($0) }
            display.say("Digest: \(pulled.digest)")
            let status = pulled.isNew ? "Downloaded newer image for" : "Image is up to date for"
            display.say("Status: \(status) \(reference.familiar)")
        }
    }

    /// `docker push`
    struct Push: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME[:TAG]",
            summary: "Bring an image to its registry",
            flags: [allTags, platform, CommonFlag.quiet, trust],
            arity: .exactly(1)
        )

        private static let allTags = Flag.toggle("-a, --all-tags", "Bring every tag of the repository")
        private static let platform = Flag<String?>.text("--platform", "Platform that the image has to be for: OS/ARCH")
        private static let trust = Flag.toggle("--disable-content-trust", "Has no effect", default: true).hidden

        private let name: String
        private let allTags: Bool
        private let platform: Platform?
        private let isQuiet: Bool

        init(_ arguments: Arguments) throws {
            name = arguments.positionals[0]
            allTags = arguments[Self.allTags]
            platform = try arguments[Self.platform].map { try Platform(parsing: $0) }
            isQuiet = arguments[CommonFlag.quiet]
        }

        func run(_ session: Session) throws -> Int32 {
            let reference = try ImageReference(parsing: name)
            let isBare = name == reference.familiarRepository || name == reference.repository
            guard !allTags || isBare else { throw Failure("tag can't be used with --all-tags/-a") }
            let images = session.engine.images
            let references = allTags ? try images.tags(of: reference) : [reference]
            guard !references.isEmpty else {
                throw Failure("An image does not exist locally with the tag: \(reference.familiarRepository)")
            }
            let display = TransferDisplay(isQuiet: isQuiet)
            if isBare, !allTags { display.say("Using default tag: latest") }
            display.say("The push refers to repository [\(reference.repository)]")
            let platform = platform
            try session.transfer(showing: display) { access in
                for reference in references {
                    _ = try images.push(reference, platform: platform, access: access) { display.show($0) }
                }
            }
            if isQuiet { try Console.print("\(allTags ? reference.repository : reference.description)\n") }
            return 0
        }
    }
}

extension Session {
    /// What images are for unless something else is asked for: `DOCKER_DEFAULT_PLATFORM`, or this machine.
    var defaultPlatform: Platform {
        environment["DOCKER_DEFAULT_PLATFORM"].flatMap { try? Platform(parsing: $0) } ?? .host
    }
}
