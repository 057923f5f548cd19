import Containers
import Orchestrator

extension Docker {
    /// `docker exec`
    struct Exec: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER COMMAND [ARG...]",
            summary: "Run a command in a running container",
            flags: [
                detach, AttachFlag.detachKeys, environment, environmentFile, interactive, privileged, terminal, user,
                workingDirectory,
            ],
            arity: .atLeast(2),
            stopsAtFirstPositional: true
        )

        private static let detach = Flag.toggle("-d, --detach", "Do not wait for the command")
        private static let environment = Flag.list(
            "-e, --env",
            "Variable of the environment: NAME=VALUE",
            placeholder: "list"
        )
        private static let environmentFile = Flag.list("--env-file", "File of variables", placeholder: "list")
        private static let interactive = Flag.toggle("-i, --interactive", "Pass standard input")
        private static let privileged = Flag.toggle("--privileged", "Give the command every right")
        private static let terminal = Flag.toggle("-t, --tty", "Give the command a terminal")
        private static let user = Flag<String?>.text("-u, --user", "User that the command runs as")
        private static let workingDirectory = Flag<String?>.text("-w, --workdir", "Folder that the command starts in")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let wantsTerminal = arguments[Self.terminal]
            if wantsTerminal, arguments[Self.interactive], !StandardStreams.inputIsTerminal {
                throw Failure("the input device is not a TTY")
            }
            let container = try session.engine.containers.find(arguments.positionals[0])
            var request = ExecRequest(arguments: Array(arguments.positionals.dropFirst()))
            let files = try arguments[Self.environmentFile].flatMap { try EnvironmentFile.entries($0) }
            request.environment = EnvironmentText.entries(files + arguments[Self.environment], session.environment)
            request.user = arguments[Self.user]
            request.workingDirectory = arguments[Self.workingDirectory]
            request.isPrivileged = arguments[Self.privileged]
            request.hasTerminal = wantsTerminal
            if wantsTerminal { request.terminalSize = StandardStreams.size }
            return try CommandInContainer(
                container: container,
                request: request,
                passesInput: arguments[Self.interactive],
                isDetached: arguments[Self.detach],
                detachKeys: session.detachKeys(arguments)
            ).run()
        }
    }
}
