import Containers
import Images
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
        }

        func run(_ session: Session) throws -> Int32 {
            let keys = try session.detachKeys(arguments)
            return try session.engine.containers.find(arguments.positionals[0]).attach(arguments, keys)
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
        }

        func run(_ session: Session) throws -> Int32 {
            let keys = try session.detachKeys(arguments)
            let known = try session.knownProject()
            let index = arguments[CommonFlag.index]
            return try session.container(of: arguments.positionals[0], in: known, index: index).container
                .attach(arguments, keys)
        }
    }
}

/// Flags of the commands that attach.
enum AttachFlag {
    static let detachKeys = Flag<String>.text("--detach-keys", "Keys that let go of the container", default: "")
    static let noInput = Flag.toggle("--no-stdin", "Do not pass standard input")
    static let signals = Flag.toggle("--sig-proxy", "Pass signals on", default: true)

    static let all: [any FlagDeclaration] = [detachKeys, noInput, signals]
}

extension Session {
    /// The keys that let go of a container: those of the flag, else those of Docker's `config.json`, else the usual ones.
    func detachKeys(_ arguments: Arguments? = nil) throws -> DetachKeys {
        let given = arguments.map { $0[AttachFlag.detachKeys] } ?? ""
        let text = try given.isEmpty ? ClientSetting.text("detachKeys", in: clientConfiguration) ?? "" : given
        guard let keys = text.isEmpty ? .usual : DetachKeys(text) else {
            throw UsageError.conflict("invalid detach keys (\(text))")
        }
        return keys
    }
}

extension Container {
    /// Passes between our streams and the container's, until it ends or the keys are typed that let go.
    fileprivate func attach(_ arguments: Arguments, _ keys: DetachKeys) throws -> Int32 {
        if case .paused = try status { throw ContainerError.isPaused(name) }
        let streams = AttachedStreams(
            container: self,
            attachment: try attach(),
            passesInput: !arguments[AttachFlag.noInput] && configuration.process.keepsStandardInputOpen,
            // On a terminal the keys reach the process by themselves.
            passesSignals: arguments[AttachFlag.signals] && !configuration.process.hasTerminal,
            detachKeys: keys
        )
        switch try streams.run() {
        case .exited(let code): return code
        case .detached:
            note("detach")
            Console.note("read escape sequence")
            return 0
        }
    }
}
