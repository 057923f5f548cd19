import Builder
import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `docker build`
    struct Build: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] PATH | -",
            summary: "Build an image",
            flags: BuildFlag.inputs + BuildFlag.running + BuildFlag.outputs + BuildFlag.withoutEffect
                + BuildCall.flags + [CommonFlag.quiet, ComposeFlags.progressFlag],
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let request = try BuildRequest(arguments, session)
            let engine = session.engine
            let builder = Builder(root: session.root, images: engine.images)
            if let call = try BuildCall(arguments) { return try call.answer(request, builder) }
            let isQuiet = arguments[CommonFlag.quiet]
            let ansi = session.compose.ansi
            let wish = arguments[ComposeFlags.progressFlag] ?? session.environment["BUILDKIT_PROGRESS"]
            let style = try wish.map { try ProgressStyle(named: $0, ansi: ansi) }
            let progress = (isQuiet ? .quiet : style ?? session.compose.progress)
                .buildRenderer(isDebugging: session.isDebugging)
            let name = request.tags.first ?? "sha256"
            let id = try Foreground.wait(
                for: {
                    try builder.build(request) { event in
                        progress.show(Event(.image(name), build: BuildReport(event)))
                    }
                },
                showing: progress
            )
            if let path = arguments[BuildFlag.identifierFile] {
                try WholeFile.replace(FilePath(path), with: Array("\(id)".utf8), isDurable: false, mode: 0o644)
            }
            if isQuiet || request.tags.isEmpty { try Console.print("\(id)\n") }
            return 0
        }
    }
}
