import ComposeSpec
import Linux
import Orchestrator
import SystemPackage

extension Session {
    /// This machine, below the session's root.
    var engine: LocalEngine { LocalEngine(root: root) }

    /// The project that the files describe; what its author may not have meant goes to standard error.
    ///
    /// - Parameter services: the services that the command names; they are wanted whatever their profiles.
    func project(services: [String] = [], includesDependencies: Bool = true) throws -> Project {
        var options = loaderOptions
        options.services = services
        options.includesDependencies = includesDependencies
        let loaded = try Loader(options: options).load()
        Self.show(loaded.warnings)
        return loaded.project
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
        var options = LoaderOptions(workingDirectory: Self.currentFolder.string, environment: environment)
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
    func isOn(_ flag: Flag<Bool>, in arguments: Arguments, else variable: String) -> Bool {
        arguments.has(flag) ? arguments[flag] : ComposeFlags.isTrue(environment[variable])
    }
}

/// A project by its name, and its files if there are any.
struct KnownProject: Sendable {
    var name: String
    var project: Project?
}
