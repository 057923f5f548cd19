import ComposeSpec
import Images
import Linux
import Orchestrator
import SystemPackage

extension Session {
    /// This machine, below the session's root.
    var engine: LocalEngine {
        let file = clientConfiguration
        return LocalEngine(root: root, imageLimit: compose.imageLimit) { try ClientProxies.variables(file) }
    }

    /// The project that the files describe; what its author may not have meant goes to standard error.
    ///
    /// - Parameter services: the services that the command names; they are wanted whatever their profiles.
    func project(services: [String] = [], includesDependencies: Bool = true) throws -> Project {
        var options = loaderOptions
        options.services = services
        options.includesDependencies = includesDependencies
        let loaded = try Loader(options: options).load()
        Self.show(loaded.warnings)
        try confirmRemoteFiles(of: loaded.project)
        return compose.naming(loaded.project)
    }

    /// Asks whether files are trusted that came from elsewhere: what they say will run here.
    ///
    /// A script cannot be asked; whoever wrote it has named the files.
    private func confirmRemoteFiles(of project: Project) throws {
        guard compose.asksAboutRemoteFiles, !project.remoteFiles.isEmpty else { return }
        guard StandardStreams.inputIsTerminal else { return }
        Console.note("This project has files from elsewhere, which decide what runs on this machine:")
        for reference in project.remoteFiles { Console.note("  - \(reference.printable)") }
        guard try Question.ask("Do you trust them?") else { throw Cancelled() }
    }

    static let warningMark = "WARN:"

    /// Tells what the author of the files may not have meant, with the lines that say it.
    static func show(_ warnings: [LoadWarning]) {
        for warning in warnings {
            Console.note("\(warningMark) \(warning.description.printable)")
            if let excerpt = warning.excerpt { Console.note(excerpt.description.printableLines) }
        }
    }

    /// The project's name, with what its files say where there are files: enough for what only touches what is there.
    func knownProject(services: [String] = []) throws -> KnownProject {
        do {
            let project = try project(services: services)
            return KnownProject(name: project.name, project: project)
        } catch let error as LoadError {
            guard error.problem == .noFile, let name = compose.projectName ?? environment["COMPOSE_PROJECT_NAME"] else {
                throw error
            }
            return KnownProject(name: name, project: nil)
        }
    }

    /// How the loader is to read the files.
    var loaderOptions: LoaderOptions {
        var options = LoaderOptions(workingDirectory: OwnProcess.currentFolder.string, environment: environment)
        options.files = compose.files
        options.projectName = compose.projectName
        options.projectDirectory = compose.projectDirectory
        options.environmentFiles = compose.environmentFiles
        options.profiles = compose.profiles
        options.remoteFiles = RemoteCopies(root: root, environment: environment)
        options.keepsUnusedResources = compose.keepsAllResources
        return options
    }

    /// A flag of the command's own, or what the variable says.
    ///
    /// A variable counts that the project's own files of variables give, too.
    func isOn(_ flag: Flag<Bool>, in arguments: Arguments, else variable: String, of project: Project?) -> Bool {
        arguments.has(flag) ? arguments[flag] : ComposeFlags.isTrue((project?.environment ?? environment)[variable])
    }
}

/// A project by its name, and its files if there are any.
struct KnownProject: Sendable {
    var name: String
    var project: Project?
}
