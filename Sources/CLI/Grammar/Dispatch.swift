import SystemPackage

/// Finds the command that the words ask for, and runs it.
struct Dispatch {
    private let grammar: Grammar
    private let environment: [String: String]

    init(_ grammar: Grammar, environment: [String: String]) {
        self.grammar = grammar
        self.environment = environment
    }

    /// - Parameter words: what follows the program's name.
    /// - Returns: what to exit with.
    func run(_ words: ArraySlice<String>) -> Int32 {
        reporting { try start(words) }
    }

    private func reporting(_ work: () throws -> Int32) -> Int32 {
        do {
            return try work()
        } catch {
            Console.note("\(grammar.name): \("\(error)".printable)")
            return 1
        }
    }

    private func start(_ words: ArraySlice<String>) throws -> Int32 {
        switch grammar {
        case .docker: return try docker(words)
        case .tutti: return try tutti(words)
        case .compose:
            // As a plugin of Docker's command line the program gets its own name first.
            let isPlugin = words.first == "compose"
            return try compose(isPlugin ? words.dropFirst() : words)
        }
    }

    /// The other grammars can be asked for by their names, too, and are then spoken in all respects.
    private func tutti(_ words: ArraySlice<String>) throws -> Int32 {
        switch words.first {
        case "docker": return Dispatch(.docker, environment: environment).run(words.dropFirst())
        case "compose", "docker-compose":
            let other = Dispatch(.compose, environment: environment)
            return other.reporting { try other.compose(words.dropFirst()) }
        default: return try compose(words, group: .tutti, Session(path: "tutti", environment: environment))
        }
    }

    private func compose(_ words: ArraySlice<String>) throws -> Int32 {
        try compose(words, group: .compose, Session(path: "docker compose", environment: environment))
    }

    private func docker(_ words: ArraySlice<String>) throws -> Int32 {
        let flags = DockerFlags.all
        let arguments = try ArgumentParser.parse(words, flags: flags, stopsAtFirstPositional: true)
        var session = Session(path: "docker", root: arguments[ComposeFlags.root], environment: environment)
        session.clientFolder = arguments[DockerFlags.config]
        session.isDebugging = arguments[DockerFlags.debug]
        if arguments[DockerFlags.version] { return try Compose.Version.printDocker() }
        guard !arguments[Help.flag], let (name, rest) = arguments.head else {
            try Console.print(Help.text(of: .docker, path: "docker", flags: flags))
            return 0
        }
        guard name != "compose" else {
            session.path = "docker compose"
            return try compose(rest[...], group: .compose, session)
        }
        return try descend(.docker, name, rest, session)
    }

    private func compose(_ words: ArraySlice<String>, group: CommandGroup, _ session: Session) throws -> Int32 {
        let flags = ComposeFlags.all
        let arguments = try ArgumentParser.parse(words, flags: flags, stopsAtFirstPositional: true)
        if arguments[ComposeFlags.version] { return try Compose.Version.printShort() }
        guard !arguments[Help.flag], let (name, rest) = arguments.head else {
            try Console.print(Help.text(of: group, path: session.path, flags: flags))
            return 0
        }
        var session = session
        session.compose = try ComposeFlags(arguments, environment: environment)
        if let root = arguments[ComposeFlags.root] { session.root = Session.root(root, environment: environment) }
        return try descend(group, name, rest, session)
    }

    /// Goes down the groups to the command.
    private func descend(_ group: CommandGroup, _ name: String, _ words: [String], _ session: Session) throws -> Int32 {
        if name == "help" { return try help(group, words, session) }
        var session = session
        switch group[name] {
        case .command(let type):
            session.path += " \(name)"
            return run(type, words, session)
        case .group(let inner):
            session.path += " \(name)"
            let inner = inner()
            let arguments = try ArgumentParser.parse(words, flags: [Help.flag], stopsAtFirstPositional: true)
            guard !arguments[Help.flag], let (name, rest) = arguments.head else {
                try Console.print(Help.text(of: inner, path: session.path, flags: []))
                return 0
            }
            return try descend(inner, name, rest, session)
        case nil:
            throw UsageError.unknownCommand(spelling(of: name, in: session), suggestions: group.suggestions(for: name))
        }
    }

    /// How a command that is unknown is called in messages.
    private func spelling(of name: String, in session: Session) -> String {
        let isCompose = session.path.hasPrefix("docker compose")
        return isCompose ? "docker command: \"compose \(name)\"" : "command: \(session.path) \(name)"
    }

    private func help(_ group: CommandGroup, _ words: [String], _ session: Session) throws -> Int32 {
        guard let name = words.first else {
            try Console.print(Help.text(of: group, path: session.path, flags: []))
            return 0
        }
        return try descend(group, name, words.dropFirst() + ["--help"], session)
    }

    private func run(_ type: any Command.Type, _ words: [String], _ session: Session) -> Int32 {
        let usage = type.usage
        do {
            let helpFlag = usage.flags.contains { $0.short == "h" } ? Help.longFlag : Help.flag
            let isCompose = type is any ComposeCommand.Type
            let flags = usage.flags + (isCompose ? [ComposeFlags.dryRun, helpFlag] : [helpFlag])
            let arguments = try ArgumentParser.parse(
                words,
                flags: flags,
                stopsAtFirstPositional: usage.stopsAtFirstPositional
            )
            if arguments[helpFlag] {
                var shown = usage
                shown.flags = flags
                try Console.print(Help.text(of: shown, path: session.path))
                return 0
            }
            try usage.check(arguments, path: session.path)
            var session = session
            if isCompose, arguments[ComposeFlags.dryRun] { session.compose.isDryRun = true }
            return try type.init(arguments).run(session)
        } catch let error as UsageError {
            Console.note("\(error.description.printable)\nRun '\(session.path) --help' for more information")
            return error.isOfFlags && grammar == .docker && !(type is any ComposeCommand.Type) ? 125 : usage.mistakeCode
        } catch {
            return report(error, session, usage)
        }
    }

    private func report(_ error: any Error, _ session: Session, _ usage: Usage) -> Int32 {
        if error as? Errno == .brokenPipe { return 1 }
        let outcome = Outcome(of: error)
        session.compose.progress.reportFatal(outcome, program: grammar.name)
        return outcome.code == 1 ? usage.mistakeCode : outcome.code
    }
}
