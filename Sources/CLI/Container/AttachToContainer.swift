import Containers
import Orchestrator

extension Docker {
    /// `docker attach`
    struct Attach: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER",
            summary: "Take a running container's streams as our own",
            flags: AttachFlag.all,
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            _ = try AttachFlag.keys(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            try session.engine.containers.find(arguments.positionals[0]).attach(arguments)
        }
    }
}

extension Compose {
    /// `tutti attach`
    struct Attach: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE",
            summary: "Take the streams of a service's container as our own",
            flags: AttachFlag.all + [CommonFlag.index],
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            _ = try AttachFlag.keys(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let index = arguments[CommonFlag.index]
            return try session.container(of: arguments.positionals[0], in: known, index: index).container
                .attach(arguments)
        }
    }
}

/// Flags of the commands that attach.
enum AttachFlag {
    static let detachKeys = Flag<String>.text("--detach-keys", "Keys that let go of the container", default: "")
    static let noInput = Flag.toggle("--no-stdin", "Do not pass standard input")
    static let signals = Flag.toggle("--sig-proxy", "Pass signals on", default: true)

    static let all: [any FlagDeclaration] = [detachKeys, noInput, signals]

    /// The keys that let go.
    static func keys(_ arguments: Arguments) throws(UsageError) -> DetachKeys? {
        let text = arguments[detachKeys]
        guard !text.isEmpty else { return DetachKeys() }
        guard let keys = DetachKeys(text) else { throw .conflict("invalid detach keys (\(text))") }
        return keys
    }
}

extension Container {
    /// Passes between our streams and the container's, until it ends or the keys are typed that let go.
    fileprivate func attach(_ arguments: Arguments) throws -> Int32 {
        if case .paused = try status { throw ContainerError.isPaused(name) }
        var streams = AttachedStreams(
            container: self,
            attachment: try attach(),
            passesInput: !arguments[AttachFlag.noInput] && configuration.process.keepsStandardInputOpen,
            // On a terminal the keys reach the process by themselves.
            passesSignals: arguments[AttachFlag.signals] && !configuration.process.hasTerminal
        )
        streams.detachKeys = try AttachFlag.keys(arguments)
        switch try streams.run() {
        case .exited(let code): return code
        case .detached:
            note("detach")
            Console.note("read escape sequence")
            return 0
        }
    }
}
