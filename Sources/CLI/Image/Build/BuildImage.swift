import Builder
import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `docker build`
    struct Build: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] PATH | URL | -",
            summary: "Build an image",
            flags: BuildFlag.inputs + BuildFlag.running + BuildFlag.limits + BuildFlag.outputs + BuildFlag.withoutEffect
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
            let result = try session.transfer(showing: progress) { access in
                var builder = builder
                builder.access = access
                return try builder.build(request) { event in
                    progress.show(Event(.image(name), build: BuildReport(event)))
                }
            }
            if let path = arguments[BuildFlag.identifierFile] {
                try write(Array((result.identifier.map(\.description) ?? "").utf8), to: path)
            }
            if let path = arguments[BuildFlag.metadataFile] { try write(result.metadata(), to: path) }
            let isShown = isQuiet || result.names.isEmpty
            if isShown, let id = result.identifier, !request.outputs.contains(where: \.isStandardOutput) {
                try Console.print("\(id)\n")
            }
            return 0
        }

        private func write(_ bytes: [UInt8], to path: String) throws {
            try WholeFile.replace(FilePath(path), with: bytes, isDurable: false, mode: 0o644)
        }
    }
}
