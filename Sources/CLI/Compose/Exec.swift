import Containers

extension Compose {
    /// `tutti exec`
    struct Exec: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE COMMAND [ARGS...]",
            summary: "Run a command in a container of a service",
            flags: [
                detach, environment, CommonFlag.index, interactive, noTerminal, terminal, privileged, user,
                workingDirectory,
            ],
            arity: .atLeast(2),
            stopsAtFirstPositional: true
        )

        private static let detach = Flag.toggle("-d, --detach", "Do not wait for the command")
        private static let environment = Flag.list("-e, --env", "Variable of the environment: NAME=VALUE")
        private static let interactive = Flag.toggle("-i, --interactive", "Pass standard input", default: true).hidden
        private static let noTerminal = Flag.toggle("-T, --no-tty", "Give the command no terminal").named(
            also: "no-TTY"
        )
        private static let terminal = Flag.toggle("-t, --tty", "Give the command a terminal", default: true).hidden
        private static let privileged = Flag.toggle("--privileged", "Give the command every right")
        private static let user = Flag<String?>.text("-u, --user", "User that the command runs as")
        private static let workingDirectory = Flag<String?>.text("-w, --workdir", "Folder that the command starts in")

        private let service: String
        private let command: [String]
        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            service = arguments.positionals[0]
            command = Array(arguments.positionals.dropFirst())
            self.arguments = arguments
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let summary = try session.container(of: service, in: known, index: arguments[CommonFlag.index])
            var request = ExecRequest(arguments: command)
            request.environment = EnvironmentText.entries(arguments[Self.environment], session.environment)
            request.user = arguments[Self.user]
            request.workingDirectory = arguments[Self.workingDirectory]
            request.isPrivileged = arguments[Self.privileged]
            request.hasTerminal =
                arguments[Self.terminal] && !arguments[Self.noTerminal] && !arguments[Self.detach]
                && StandardStreams.inputIsTerminal && StandardStreams.outputIsTerminal
            if request.hasTerminal { request.terminalSize = StandardStreams.size }
            return try CommandInContainer(
                container: summary.container,
                request: request,
                passesInput: arguments[Self.interactive],
                isDetached: arguments[Self.detach],
                detachKeys: session.detachKeys()
            ).run()
        }
    }
}

/// `NAME=VALUE` texts.
enum EnvironmentText {
    /// The texts; a name alone takes the value from our own environment, or is left out where that has none.
    static func entries(_ texts: [String], _ own: [String: String]) -> [String] {
        texts.compactMap { text in
            guard !text.contains("=") else { return text }
            return own[text].map { "\(text)=\($0)" }
        }
    }
}
