import ComposeSpec
import JSON
import Linux
import Orchestrator
import SystemPackage

extension Compose {
    /// `tutti config`
    struct Config: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Show what the files come to",
            flags: [
                environment, explain, format, hash, images, lockDigests, models, networks, noConsistency,
                noResolution, noInterpolate, noNormalize, noPathResolution, output, profiles, CommonFlag.quiet,
                resolveDigests, services, variables, volumes,
            ]
        )

        private static let environment = Flag.toggle("--environment", "Print the variables that values come from")
        private static let explain = Flag.toggle(
            "--explain",
            "Print where each value is from; arguments are paths such as services.web.ports"
        )
        private static let format = Flag<String?>.text("--format", "yaml or json")
        private static let hash = Flag<String?>.text(
            "--hash",
            "Print hashes of services, separated by commas; * is all"
        )
        private static let images = Flag.toggle("--images", "Print names of images")
        private static let lockDigests = Flag.toggle(
            "--lock-image-digests",
            "Print a file to lay over the others that pins images to digests"
        )
        private static let models = Flag.toggle("--models", "Print models")
        private static let networks = Flag.toggle("--networks", "Print networks")
        private static let noConsistency = Flag.toggle("--no-consistency", "Do not check that all that is named exists")
        private static let noResolution = Flag.toggle("--no-env-resolution", "Leave files of variables alone")
        private static let noInterpolate = Flag.toggle("--no-interpolate", "Leave variables as they are")
        private static let noNormalize = Flag.toggle("--no-normalize", "Fill in no defaults and no names")
        private static let noPathResolution = Flag.toggle("--no-path-resolution", "Leave paths as they are")
        private static let output = Flag<String?>.text("-o, --output", "File to write to")
        private static let profiles = Flag.toggle("--profiles", "Print profiles")
        private static let resolveDigests = Flag.toggle("--resolve-image-digests", "Pin images to digests")
        private static let services = Flag.toggle("--services", "Print services")
        private static let variables = Flag.toggle("--variables", "Print the variables that the files use")
        private static let volumes = Flag.toggle("--volumes", "Print volumes")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            guard ["yaml", "json", nil].contains(arguments[Self.format]) || arguments[Self.variables] else {
                throw UsageError.conflict("unsupported format \((arguments[Self.format] ?? "").quoted)")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            var options = session.loaderOptions
            options.readsServiceFiles = !arguments[Self.noResolution]
            options.checksConsistency = !arguments[Self.noConsistency]
            options.normalizes = !arguments[Self.noNormalize]
            options.resolvesPaths = !arguments[Self.noPathResolution]
            options.explains = arguments[Self.explain]
            options.services = arguments[Self.explain] ? [] : arguments.positionals
            options.interpolates = !arguments[Self.noInterpolate] && !arguments[Self.variables]
            guard let text = try options.interpolates ? interpolated(options, session.compose) : asWritten(options)
            else { return 0 }
            try write(text)
            return 0
        }

        /// What is printed of the files with their variables as they are.
        private func asWritten(_ options: LoaderOptions) throws -> String? {
            let loaded = try Loader(options: options).loadModel()
            Session.show(loaded.warnings)
            guard !arguments[CommonFlag.quiet] else { return nil }
            if arguments[Self.variables] {
                return try VariableListing(uses: loaded.variables()).text(format: arguments[Self.format])
            }
            if arguments[Self.services] { return Self.lines(loaded.serviceNames) }
            return isJSON ? loaded.json() + "\n" : loaded.yaml()
        }

        /// What is printed of the project; nil is nothing.
        private func interpolated(_ options: LoaderOptions, _ compose: ComposeFlags) throws -> String? {
            var loaded = try Loader(options: options).load()
            Session.show(loaded.warnings)
            if arguments[Self.resolveDigests] || arguments[Self.lockDigests] { try ImagePins.pin(&loaded) }
            if arguments[Self.lockDigests] { loaded = loaded.imagesOnly }
            guard !arguments[CommonFlag.quiet] else { return nil }
            if arguments[Self.explain] {
                let listing = ExplanationListing(loaded: loaded)
                return try isJSON ? listing.json(arguments.positionals) : listing.text(arguments.positionals)
            }
            return try list(of: compose.naming(loaded.project)) ?? (isJSON ? loaded.json() + "\n" : loaded.yaml())
        }

        /// What one of the flags asks for in place of the document.
        private func list(of project: Project) throws -> String? {
            let lists: [(flag: Flag<Bool>, lines: () -> [String])] = [
                (Self.services, { project.services.map(\.name) }),
                (Self.volumes, { project.volumes.map(\.key) }),
                (Self.networks, { project.networks.map(\.key) }),
                (Self.models, { project.models.map(\.key) }),
                (Self.images, { Set(project.services.map(project.imageName)).sorted() }),
                (Self.profiles, { Set((project.services + project.disabledServices).flatMap(\.profiles)).sorted() }),
                (Self.environment, { project.environment.map { "\($0.key)=\($0.value)" }.sorted() }),
            ]
            return try (lists.first { arguments[$0.flag] }?.lines() ?? hashes(of: project)).map(Self.lines)
        }

        private static func lines(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }

        private func hashes(of project: Project) throws -> [String]? {
            guard let wanted = arguments[Self.hash] else { return nil }
            let names = wanted == "*" ? project.services.map(\.name) : wanted.split(separator: ",").map(String.init)
            return try names.sorted().map { name in
                guard let service = project.service(name) else { throw Failure("no such service: \(name)") }
                return "\(name) \(service.configurationHash)"
            }
        }

        private var isJSON: Bool { arguments[Self.format] == "json" }

        private func write(_ text: String) throws {
            guard let path = arguments[Self.output] else { return try Console.print(text) }
            try WholeFile.replace(FilePath(path), with: Array(text.utf8), isDurable: false, mode: 0o644)
        }
    }
}
