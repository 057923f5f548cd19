import Images
import OCI
import Orchestrator

extension Docker {
    /// `docker pull`
    struct Pull: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME[:TAG|@DIGEST]",
            summary: "Fetch an image from its registry",
            flags: TransferWishes.flags,
            arity: .exactly(1)
        )

        private let wishes: TransferWishes

        init(_ arguments: Arguments) throws {
            wishes = try TransferWishes(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            let (reference, isBare) = try wishes.reference()
            let allTags = wishes.allTags
            let display = TransferDisplay(isQuiet: wishes.isQuiet)
            if isBare, !allTags { display.say("Using default tag: latest") }
            let platform = try wishes.platform ?? session.defaultPlatform()
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
            let name = try reference.digest.map { try reference.pinned($0) } ?? reference
            let asked = reference.digest == nil ? reference.registryName : name.description
            display.say("\(asked): Pulling from \(reference.path)")
            let pulled = try images.pull(reference, platform: platform, access: access) { display.show($0) }
            display.say("Digest: \(pulled.digest)")
            let status = pulled.isNew ? "Downloaded newer image for" : "Image is up to date for"
            display.say("Status: \(status) \(name.familiar)")
        }
    }

    /// `docker push`
    struct Push: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME[:TAG]",
            summary: "Bring an image to its registry",
            flags: TransferWishes.flags,
            arity: .exactly(1)
        )

        private let wishes: TransferWishes

        init(_ arguments: Arguments) throws {
            wishes = try TransferWishes(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            let (reference, isBare) = try wishes.reference()
            let allTags = wishes.allTags
            let images = session.engine.images
            let references = allTags ? try images.tags(of: reference) : [reference]
            guard !references.isEmpty else {
                throw Failure("An image does not exist locally with the tag: \(reference.familiarRepository)")
            }
            let display = TransferDisplay(isQuiet: wishes.isQuiet)
            if isBare, !allTags { display.say("Using default tag: latest") }
            display.say("The push refers to repository [\(reference.repository)]")
            let platform = wishes.platform
            try session.transfer(showing: display) { access in
                for reference in references {
                    _ = try images.push(reference, platform: platform, access: access) { display.show($0) }
                }
            }
            if wishes.isQuiet { try Console.print("\(allTags ? reference.repository : reference.description)\n") }
            return 0
        }
    }
}

extension Session {
    /// What `DOCKER_DEFAULT_PLATFORM` says; nil where it says nothing.
    var usualPlatform: String? { environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 } }

    /// What images are for unless something else is asked for: that, or this machine.
    func defaultPlatform() throws -> Platform { try usualPlatform.map { try Platform(parsing: $0) } ?? .host }
}
