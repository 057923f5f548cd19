import Builder
import Containers
import OCI
import Orchestrator

extension Docker {
    /// `docker commit`
    struct Commit: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
            summary: "Make an image of a container",
            flags: [CommitFlag.author, CommitFlag.change, CommitFlag.message, noPause, pause],
            arity: .atLeast(1)
        )

        private static let noPause = Flag.toggle("--no-pause", "Let the container run meanwhile")
        private static let pause = Flag.toggle("-p, --pause", "Pause the container meanwhile", default: true).hidden

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            guard arguments.positionals.count <= 2 else {
                throw UsageError.conflict("\"docker commit\" requires at least 1 and at most 2 arguments")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let container = try session.engine.containers.find(arguments.positionals[0])
            let pauses = arguments[Self.pause] && !arguments[Self.noPause]
            try session.commit(container, arguments, pauses: pauses)
            return 0
        }
    }
}

extension Compose {
    /// `tutti commit`
    struct Commit: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE [REPOSITORY[:TAG]]",
            summary: "Make an image of a service's container",
            flags: [CommitFlag.author, CommitFlag.change, CommonFlag.index, CommitFlag.message, pause],
            arity: .atLeast(1)
        )

        private static let pause = Flag.toggle("-p, --pause", "Pause the container meanwhile", default: true)

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            guard arguments.positionals.count <= 2 else {
                throw UsageError.conflict("\"docker compose commit\" requires at least 1 and at most 2 arguments")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let service = arguments.positionals[0]
            let container = try session.anyContainer(of: service, in: known, index: arguments[CommonFlag.index])
            try session.commit(container, arguments, pauses: arguments[Self.pause])
            return 0
        }
    }
}

/// Flags of the commands that make an image of a container.
enum CommitFlag {
    static let author = Flag<String>.text("-a, --author", "Who made it", default: "")
    static let change = Flag.list("-c, --change", "Instruction of a Dockerfile to apply", placeholder: "list")
    static let message = Flag<String>.text("-m, --message", "What is to be remembered of it", default: "")
}

extension Session {
    /// Makes the image, and prints its identifier.
    fileprivate func commit(_ container: Container, _ arguments: Arguments, pauses: Bool) throws {
        let changes = try ImageChanges(arguments[CommitFlag.change])
        var request = CommitRequest()
        request.references = try arguments.positionals.dropFirst().map { try ImageReference(parsing: $0) }
        request.author = arguments[CommitFlag.author]
        request.message = arguments[CommitFlag.message]
        request.pauses = pauses
        let id = try engine.commit(container, request) { try changes.apply(to: &$0) }
        try Console.print("\(id)\n")
    }
}
