import Containers
import Orchestrator

extension Docker {
    /// `docker start`
    struct Start: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Start containers that exist",
            flags: [attach, AttachFlag.detachKeys, interactive],
            arity: .atLeast(1)
        )

        private static let attach = Flag.toggle("-a, --attach", "Show output, and pass signals on")
        private static let interactive = Flag.toggle("-i, --interactive", "Pass standard input")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            if arguments[Self.attach] || arguments[Self.interactive], arguments.positionals.count > 1 {
                throw UsageError.conflict("you cannot start and attach multiple containers at once")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            guard arguments[Self.attach] || arguments[Self.interactive] else {
                return try forEach(arguments.positionals) { name in
                    try session.engine.start(name, warn: Console.warn)
                    return name
                }
            }
            return try session.engine.runAttached(
                session.engine.containers.find(arguments.positionals[0]),
                passesInput: arguments[Self.interactive],
                detachKeys: session.detachKeys(arguments)
            )
        }
    }
}
