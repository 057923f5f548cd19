import ComposeSpec
import Containers
import Orchestrator

extension Compose {
    /// `tutti run`
    struct Run: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
            summary: "Run a command in a new container of a service",
            flags: RunFlag.all,
            arity: .atLeast(1),
            stopsAtFirstPositional: true
        )

        private let wishes: RunWishes

        init(_ arguments: Arguments) throws {
            wishes = try RunWishes(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            let project = try session.project(services: [wishes.service])
            var options = try wishes.options(for: project, in: session)
            guard !session.compose.isDryRun else {
                try session.show(RunPlan(project, observed: session.engine.observe(project), options: options).plan)
                return 0
            }
            options.hasTerminal = wishes.wantsTerminal
            let keys = try session.detachKeys()
            let container = try prepare(project, options, session)
            if wishes.isDetached {
                try session.engine.start(container.id, warn: Console.warn)
                try Console.print("\(container.name)\n")
                return 0
            }
            return try session.engine.runAttached(
                session.engine.containers.find(container.id),
                passesInput: wishes.isInteractive,
                detachKeys: keys
            )
        }

        private func prepare(_ project: Project, _ options: RunOptions, _ session: Session) throws -> ContainerIdentity
        {
            var flags = session.compose
            if wishes.isQuiet { flags.progress = .quiet }
            flags.hidesImageOutput = wishes.hidesImageOutput
            let progress = flags.renderer(title: "run", isDebugging: session.isDebugging)
            let conductor = Conductor(engine: session.engine, report: progress.show)
            let run = try Foreground.wait(
                for: { try await conductor.prepare(project, options: options) },
                showing: progress
            )
            for warning in run.plan.warnings { Console.note("\(Session.warningMark) \(warning.printable)") }
            return run.container
        }
    }
}

extension LocalEngine {
    /// Starts a container with our standard streams as its own, and waits for its end.
    ///
    /// - Returns: its exit status; 0 where the user lets go of it.
    func runAttached(
        _ container: Container,
        passesInput: Bool,
        passesSignals: Bool = true,
        detachKeys: DetachKeys
    ) throws -> Int32 {
        container.note("attach")
        let attachment: Attachment?
        do {
            attachment = try start(container, isAttached: true, terminalSize: StandardStreams.size, warn: Console.warn)
        } catch {
            // What removes itself at its end is not left behind where it never began.
            if container.configuration.removesItself { try? remove(container.id, withAnonymousVolumes: true) }
            throw error
        }
        guard let attachment else { return 125 }
        let streams = AttachedStreams(
            container: container,
            attachment: attachment,
            passesInput: passesInput,
            passesSignals: passesSignals,
            detachKeys: detachKeys
        )
        switch try streams.run() {
        case .exited(let code): return code
        case .detached:
            container.note("detach")
            return 0
        }
    }
}
