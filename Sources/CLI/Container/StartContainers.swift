import Containers
import Orchestrator

extension Docker {
    /// `docker start`
    struct Start: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Start containers that exist",
            flags: [attach, interactive],
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
                    try session.engine.start(name)
                    return name
                }
            }
            return try session.engine.runAttached(
                arguments.positionals[0],
                passesInput: arguments[Self.interactive]
            )
        }
    }

    /// `docker attach`
    struct Attach: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER",
            summary: "Take a running container's streams as our own",
            flags: [noInput, signals],
            arity: .exactly(1)
        )

        private static let noInput = Flag.toggle("--no-stdin", "Do not pass standard input")
        private static let signals = Flag.toggle("--sig-proxy", "Pass signals on", default: true)

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let container = try session.engine.containers.find(arguments.positionals[0])
            let streams = AttachedStreams(
                container: container,
                attachment: try container.attach(),
                passesInput: !arguments[Self.noInput] && container.configuration.process.keepsStandardInputOpen,
                passesSignals: arguments[Self.signals]
            )
            switch try streams.run() {
            case .exited(let code): return code
            case .detached: return 0
            }
        }
    }
}
