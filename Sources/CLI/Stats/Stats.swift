import Containers
import Linux
import Orchestrator

extension Docker {
    /// `docker stats`
    struct Stats: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [CONTAINER...]",
            summary: "Show what containers use, as it changes",
            flags: StatsFlag.all
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let store = session.engine.containers
            try StatsDisplay(arguments).run {
                guard arguments.positionals.isEmpty else { return try arguments.positionals.map { try store.find($0) } }
                return try store.all().filter { try arguments[StatsFlag.includesEnded] || $0.status.isActive }
            }
            return 0
        }
    }
}

extension Compose {
    /// `tutti stats`
    struct Stats: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE]",
            summary: "Show what the containers of services use, as it changes",
            flags: StatsFlag.all,
            arity: .atMost(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let services = arguments.positionals
            try known.check(services)
            try StatsDisplay(arguments).run {
                try session.containers(of: known.name)
                    .filter { services.isEmpty || services.contains($0.service) }
                    .filter { arguments[StatsFlag.includesEnded] || $0.status.isActive }
                    .sorted { $0.name < $1.name }
                    .map(\.container)
            }
            return 0
        }
    }
}

/// Flags of the commands that show what containers use.
enum StatsFlag {
    static let includesEnded = Flag.toggle("-a, --all", "Show those too that do not run")
    static let noStream = Flag.toggle("--no-stream", "Show it once")

    static let all: [any FlagDeclaration] = [
        includesEnded, DockerFlag.format, noStream, DockerFlag.noTruncation,
    ]
}

/// Shows what containers use, once or again and again.
struct StatsDisplay {
    private let format: String
    private let isOnce: Bool
    private let isCut: Bool

    /// The time between two looks; a share of a processor is known only over time.
    private static let interval = Duration.seconds(1)
    /// The time for the first share.
    private static let firstInterval = Duration.milliseconds(250)
    /// Clears a terminal and goes to its top.
    private static let clear = "\u{1b}[2J\u{1b}[H"

    init(_ arguments: Arguments) {
        format = arguments[DockerFlag.format]
        isOnce = arguments[StatsFlag.noStream]
        isCut = !arguments[DockerFlag.noTruncation]
    }

    /// - Parameter containers: looks up whose use is shown, each time anew.
    func run(_ containers: @escaping () throws -> [Container]) throws {
        var table = StatsTable(isCut: isCut)
        _ = try table.look(at: containers())
        let loop = try EventLoop()
        var failure: (any Error)?
        func show() {
            do {
                let text = try table.look(at: containers()).text(format)
                try Console.print(isOnce || !StandardStreams.outputIsTerminal ? text : Self.clear + text)
            } catch {
                failure = error
            }
            guard failure == nil, !isOnce else { return loop.stop() }
            loop.schedule(after: Self.interval, show)
        }
        loop.schedule(after: Self.firstInterval, show)
        try loop.run()
        if let failure { throw failure }
    }
}
