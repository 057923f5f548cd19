import ComposeSpec
import Containers
import Linux
import Orchestrator
import SystemPackage

/// What the flags of `run` say.
struct RunWishes: Sendable {
    let service: String
    let isDetached: Bool
    let isInteractive: Bool
    let isQuiet: Bool
    /// Whether the command gets a terminal: where there is one, unless the flags say no.
    let wantsTerminal: Bool
    private let arguments: Arguments

    /// Whether what pulls and builds say is left out.
    var hidesImageOutput: Bool { arguments[CommonFlag.quietPull] || arguments[CommonFlag.quietBuild] }

    /// - Throws: ``UsageError`` where flags exclude each other.
    init(_ arguments: Arguments) throws(UsageError) {
        self.arguments = arguments
        service = arguments.positionals[0]
        isDetached = arguments[RunFlag.detach]
        isInteractive = arguments[RunFlag.interactive] && !isDetached
        isQuiet = arguments[RunFlag.quiet]
        wantsTerminal =
            arguments[RunFlag.terminal] && !arguments[RunFlag.noTerminal] && StandardStreams.inputIsTerminal
            && StandardStreams.outputIsTerminal
        if arguments[RunFlag.servicePorts], arguments.has(RunFlag.publish) {
            throw .conflict("--service-ports and --publish are incompatible")
        }
    }

    /// The plan's options.
    func options(for project: Project, in session: Session) throws -> RunOptions {
        var options = RunOptions(service: service)
        let command = Array(arguments.positionals.dropFirst())
        options.command = command.isEmpty ? nil : command
        options.entrypoint = arguments[RunFlag.entrypoint].map { ShellWords.split($0) }
        options.environment = try environment(project, session)
        options.labels = LabelText.labels(arguments[RunFlag.label])
        options.name = arguments[RunFlag.name]
        options.ports = try arguments[RunFlag.publish].flatMap { try PortSpecification(parsing: $0).mappings }
        options.publishesServicePorts = arguments[RunFlag.servicePorts]
        options.mounts = try arguments[RunFlag.volume].map {
            try MountRequest(volumeFlag: $0, from: FilePath(project.workingDirectory.string))
        }
        options.user = arguments[RunFlag.user]
        options.workingDirectory = arguments[RunFlag.workingDirectory]
        options.keepsStandardInputOpen = isInteractive
        options.removesItself = arguments[RunFlag.remove]
        options.usesAliases = arguments[RunFlag.useAliases]
        options.capabilitiesAdded = arguments[RunFlag.capAdd]
        options.capabilitiesDropped = arguments[RunFlag.capDrop]
        options.ignoresDependencies = arguments[CommonFlag.noDependencies]
        options.removesOrphans = session.isOn(
            CommonFlag.removeOrphans,
            in: arguments,
            else: "COMPOSE_REMOVE_ORPHANS",
            of: project
        )
        options.ignoresOrphans = ComposeFlags.isTrue(project.environment["COMPOSE_IGNORE_ORPHANS"])
        if arguments[CommonFlag.build] { options.building = .always }
        options.pullPolicy = try CommonFlag.pullPolicy(arguments)
        return options
    }

    private func environment(_ project: Project, _ session: Session) throws -> [EnvironmentEntry] {
        let files = try arguments[RunFlag.environmentFile].flatMap { try EnvironmentFile.entries($0) }
        // A name without a value takes that of the project, and is left out where there is none.
        return EnvironmentText.entries(files + arguments[RunFlag.environment], project.environment).map { entry in
            let sign = entry.firstIndex(of: "=") ?? entry.endIndex
            return EnvironmentEntry(String(entry[..<sign]), String(entry[sign...].dropFirst()))
        }
    }
}
