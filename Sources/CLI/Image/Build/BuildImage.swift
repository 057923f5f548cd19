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
                + [CommonFlag.quiet, ComposeFlags.progressFlag],
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let request = try BuildRequest(arguments, session)
            let isQuiet = arguments[CommonFlag.quiet]
            let ansi = session.compose.ansi
            let style = try arguments[ComposeFlags.progressFlag].map { try ProgressStyle(named: $0, ansi: ansi) }
            let progress = (isQuiet ? .quiet : style ?? session.compose.progress).renderer(title: "build")
            let engine = session.engine
            let name = request.tags.first ?? "sha256"
            progress.show(Event(.image(name), .building))
            let builder = Builder(root: session.root, images: engine.images)
            let id = try Foreground.wait(
                for: {
                    try builder.build(request) { event in
                        event.line.map { progress.show(Event(.image(name), .progress, details: $0)) }
                    }
                },
                showing: progress
            )
            progress.show(Event(.image(name), .built))
            if let path = arguments[BuildFlag.identifierFile] {
                try WholeFile.replace(FilePath(path), with: Array("\(id)".utf8), isDurable: false, mode: 0o644)
            }
            if isQuiet || request.tags.isEmpty { try Console.print("\(id)\n") }
            return 0
        }
    }
}

extension BuildEvent {
    /// The event as a line of progress; nil for what is shown otherwise.
    fileprivate var line: String? {
        switch self {
        case .started(let step): "\(step)"
        case .cached(let step): "\(step) CACHED"
        case .output(let step, let text): "[\(step.number)/\(step.count)] \(text)"
        case .done(let step, let nanoseconds):
            "\(step) DONE \(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10)s"
        case .failed(let step): "\(step) ERROR"
        case .warning(let text): "WARNING: \(text)"
        case .finished: nil
        }
    }
}
