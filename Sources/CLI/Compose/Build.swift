import Builder
import ComposeSpec
import Linux
import Orchestrator

extension Compose {
    /// `tutti build`
    struct Build: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Build the images of services",
            flags: [
                argument, agent, noCache, pull, push, dependencies, check, print, quiet, progress, builder, memory,
                provenance, sbom,
            ] + ignored
        )

        private static let argument = Flag.list("--build-arg", "Value of a build argument: NAME[=VALUE]")
        private static let agent = Flag.list("--ssh", "Agent of RUN: default or NAME[=SOCKET|KEY[,KEY...]]")
        private static let noCache = Flag.toggle("--no-cache", "Take nothing from earlier builds")
        private static let pull = Flag.toggle("--pull", "Fetch base images anew")
        private static let push = Flag.toggle("--push", "Bring the images to their registries")
        private static let print = Flag.toggle("--print", "Print what would be built, as a file for bake")
        private static let provenance = Flag<String?>.text("--provenance", "Attest how images are made: true, mode=max")
        private static let sbom = Flag<String?>.text("--sbom", "Attest what images are made of; not supported").hidden
        private static let builder = Flag<String?>.text("--builder", "Builder to use; there is only the default one")
            .hidden
        private static let memory = Flag<Int64?>.bytes("-m, --memory", "How much memory each command may use")
            .hidden
        private static let dependencies = Flag.toggle("--with-dependencies", "Build services too that are needed")
        private static let check = Flag.toggle("--check", "Look for mistakes in Dockerfiles, and build nothing")
        private static let quiet = Flag.toggle("-q, --quiet", "Print nothing but what went wrong")
        private static let progress = Flag<String?>.text("--progress", "How progress is shown").hidden
        private static let ignored: [any FlagDeclaration] = [
            Flag.toggle("--compress", "Has no effect").hidden,
            Flag.toggle("--force-rm", "Has no effect").hidden,
            Flag.toggle("--no-rm", "Has no effect").hidden,
            Flag.toggle("--parallel", "Has no effect").hidden,
        ]

        private let options: BuildOptions
        private let progress: String?
        private let checksOnly: Bool
        private let isPrinted: Bool

        init(_ arguments: Arguments) throws {
            var options = BuildOptions()
            options.services = arguments.positionals
            options.arguments = Self.values(arguments[Self.argument])
            options.agents = arguments[Self.agent]
            options.ignoresCache = arguments[Self.noCache]
            options.pulls = arguments[Self.pull]
            options.includesDependencies = arguments[Self.dependencies]
            options.isQuiet = arguments[Self.quiet]
            options.pushes = arguments[Self.push]
            options.provenance = arguments[Self.provenance]
            options.sbom = arguments[Self.sbom]
            options.memory = arguments[Self.memory]
            self.options = options
            progress = arguments[Self.progress]
            checksOnly = arguments[Self.check]
            isPrinted = arguments[Self.print]
            if let name = arguments[Self.builder], !["", "default"].contains(name) {
                throw UsageError.conflict("no builder \(name.quoted) found")
            }
        }

        /// `NAME=VALUE` texts; a name alone takes the value from the environment.
        static func values(_ texts: [String]) -> [String: String?] {
            var values: [String: String?] = [:]
            for text in texts {
                let sign = text.firstIndex(of: "=") ?? text.endIndex
                let value = sign < text.endIndex ? String(text[text.index(after: sign)...]) : nil
                values.updateValue(value, forKey: String(text[..<sign]))
            }
            return values
        }

        func run(_ session: Session) throws -> Int32 {
            let options = options(in: session)
            var session = session
            if let progress = progress ?? session.environment["BUILDKIT_PROGRESS"] {
                session.compose.progress = try ProgressStyle(named: progress, ansi: session.compose.ansi)
            }
            if options.isQuiet { session.compose.progress = .quiet }
            let project = try session.project(services: options.services)
            if isPrinted {
                let builds = try Plan(build: project, options: options).builds
                try Console.print(BakeFile(builds).text())
                return 0
            }
            if checksOnly { return try check(Plan(build: project, options: options), session) }
            let known = KnownProject(name: project.name, project: project)
            try session.carryOut("build", on: known) { _ in
                let plan = try Plan(build: project, options: options)
                if plan.isEmpty { Console.note("No services to build") }
                return plan
            }
            return 0
        }

        /// The options with agents at the places that are meant here.
        private func options(in session: Session) -> BuildOptions {
            var options = options
            let home = session.environment["HOME"]
            options.agents = options.agents.map {
                BuildRequest.Agent.absolute($0, folder: OwnProcess.currentFolder, home: home)
            }
            return options
        }

        /// Prints what is found in each service's Dockerfile, below the service's name.
        private func check(_ plan: Plan, _ session: Session) throws -> Int32 {
            let engine = session.engine
            let builder = Builder(root: session.root, images: engine.images)
            var code: Int32 = 0
            for (number, build) in plan.builds.enumerated() {
                try Console.print("\(number == 0 ? "" : "\n")\(build.target.printable)\n\n")
                code = max(code, try BuildCall.check.answer(BuildRequest(build), builder))
            }
            return code
        }
    }
}

extension Plan {
    /// The builds that it carries out.
    fileprivate var builds: [ImageBuild] {
        steps.compactMap { step in
            if case .buildImage(let build) = step.action { build } else { ImageBuild?.none }
        }
    }
}
