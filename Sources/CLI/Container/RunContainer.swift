import Containers
import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `docker run`
    struct Run: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            summary: "Make a container of an image and start it",
            flags: ContainerFlag.common + [ContainerFlag.detach, ContainerFlag.signalProxy, AttachFlag.detachKeys],
            arity: .atLeast(1),
            stopsAtFirstPositional: true,
            mistakeCode: 125
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            if arguments[ContainerFlag.remove], arguments[ContainerFlag.restart] != "no" {
                throw UsageError.conflict("conflicting options: cannot specify both --restart and --rm")
            }
            if arguments[ContainerFlag.detach], !arguments[ContainerFlag.attach].isEmpty {
                throw UsageError.conflict("conflicting options: cannot specify both --attach and --detach")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let isDetached = arguments[ContainerFlag.detach]
            let passesInput = arguments[ContainerFlag.interactive] && !isDetached
            if passesInput, arguments[ContainerFlag.terminal], !StandardStreams.inputIsTerminal {
                throw Failure("the input device is not a TTY")
            }
            let keys = try session.detachKeys(arguments)
            let container = try session.makeContainer(arguments)
            guard isDetached else {
                return try session.engine.runAttached(
                    container,
                    passesInput: passesInput,
                    passesSignals: arguments[ContainerFlag.signalProxy],
                    detachKeys: keys
                )
            }
            do {
                try session.engine.start(container.id, warn: Console.warn)
            } catch {
                if arguments[ContainerFlag.remove] {
                    try? session.engine.remove(container.id, withAnonymousVolumes: true)
                }
                throw error
            }
            try Console.print("\(container.id)\n")
            return 0
        }
    }

    /// `docker create`
    struct Create: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            summary: "Make a container of an image",
            flags: ContainerFlag.common,
            arity: .atLeast(1),
            stopsAtFirstPositional: true
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try Console.print("\(session.makeContainer(arguments).id)\n")
            return 0
        }
    }
}

extension Session {
    /// Makes the container that the flags of `docker run` ask for, and fetches its image where that is missing.
    func makeContainer(_ arguments: Arguments) throws -> Container {
        let request = try ContainerRequest(arguments, session: self)
        // Whatever is there is somebody's: another container's, or no such file at all.
        if let path = arguments[ContainerFlag.identifierFile], Folder.hasEntry(FilePath(path)) {
            let advice = "make sure the other container isn't running or delete \(path)"
            throw Failure("container ID file found, \(advice)", code: 125)
        }
        try provideImage(request, arguments)
        let container = try engine.createContainer(request)
        if let path = arguments[ContainerFlag.identifierFile] {
            try WholeFile.replace(FilePath(path), with: Array(container.id.utf8), isDurable: false, mode: 0o644)
        }
        return container
    }

    private func provideImage(_ request: ContainerRequest, _ arguments: Arguments) throws {
        let name = request.image
        let policy = arguments[ContainerFlag.pull]
        let isMissing = try engine.imageID(of: name, for: request.platform) == nil
        switch policy {
        case "never":
            guard isMissing else { return }
            throw Failure("no such image: \(name)", code: 125)
        case "missing":
            guard isMissing else { return }
            if !arguments[ContainerFlag.quiet] { Console.note("Unable to find image '\(name.printable)' locally") }
        case "always": break
        default: throw UsageError.conflict("invalid pull option: '\(policy)': must be one of always, missing or never")
        }
        try fetch(
            ImagePull(reference: name, platform: request.platform),
            isQuiet: arguments[ContainerFlag.quiet]
        )
    }

    /// Fetches an image in front of the user.
    func fetch(_ pull: ImagePull, isQuiet: Bool) throws {
        let progress = (isQuiet ? ProgressStyle.quiet : compose.progress)
            .renderer(title: "pull", isDebugging: isDebugging)
        let engine = engine
        try Foreground.wait(
            for: { _ = try engine.perform(.pullImage(pull), cancellation: Cancellation(), progress: progress.show) },
            showing: progress
        )
    }
}
