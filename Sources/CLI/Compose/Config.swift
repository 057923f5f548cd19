import ComposeSpec
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
                format, hash, images, networks, noInterpolate, noResolution, output, profiles, CommonFlag.quiet,
                services, volumes, environment,
            ]
        )

        private static let format = Flag<String?>.text("--format", "yaml or json")
        private static let hash = Flag<String?>.text(
            "--hash",
            "Print hashes of services, separated by commas; * is all"
        )
        private static let images = Flag.toggle("--images", "Print names of images")
        private static let networks = Flag.toggle("--networks", "Print networks")
        private static let noInterpolate = Flag.toggle("--no-interpolate", "Leave variables as they are")
        private static let noResolution = Flag.toggle("--no-env-resolution", "Leave files of variables alone")
        private static let output = Flag<String?>.text("-o, --output", "File to write to")
        private static let profiles = Flag.toggle("--profiles", "Print profiles")
        private static let services = Flag.toggle("--services", "Print services")
        private static let volumes = Flag.toggle("--volumes", "Print volumes")
        private static let environment = Flag.toggle("--environment", "Print the variables that values come from")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            guard ["yaml", "json", nil].contains(arguments[Self.format]) else {
                throw UsageError.conflict("unsupported format \((arguments[Self.format] ?? "").quoted)")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            var options = session.loaderOptions
            options.services = arguments.positionals
            options.readsServiceFiles = !arguments[Self.noResolution]
            if arguments[Self.noInterpolate] {
                options.interpolates = false
                let loaded = try Loader(options: options).loadModel()
                try write(isJSON ? loaded.json() + "\n" : loaded.yaml())
                return 0
            }
            let loaded = try Loader(options: options).load()
            for warning in loaded.warnings { Console.note("\(Session.warningMark) \(warning.description.printable)") }
            guard !arguments[CommonFlag.quiet] else { return 0 }
            try write(list(of: loaded.project) ?? (isJSON ? loaded.json() + "\n" : loaded.yaml()))
            return 0
        }

        /// What one of the flags asks for in place of the document.
        private func list(of project: Project) -> String? {
            let lists: [(flag: Flag<Bool>, lines: () -> [String])] = [
                (Self.services, { project.services.map(\.name) }),
                (Self.volumes, { project.volumes.map(\.key) }),
                (Self.networks, { project.networks.map(\.key) }),
                (Self.images, { Set(project.services.map(project.imageName)).sorted() }),
                (Self.profiles, { Set((project.services + project.disabledServices).flatMap(\.profiles)).sorted() }),
                (Self.environment, { project.environment.map { "\($0.key)=\($0.value)" }.sorted() }),
            ]
            let chosen = lists.first { arguments[$0.flag] }?.lines() ?? hashes(of: project)
            return chosen.map { $0.map { "\($0)\n" }.joined() }
        }

        private func hashes(of project: Project) -> [String]? {
            guard let wanted = arguments[Self.hash] else { return nil }
            let names = wanted.split(separator: ",").map(String.init)
            return project.services.filter { wanted == "*" || names.contains($0.name) }
                .map { "\($0.name) \($0.configurationHash)" }
        }

        private var isJSON: Bool { arguments[Self.format] == "json" }

        private func write(_ text: String) throws {
            guard let path = arguments[Self.output] else { return try Console.print(text) }
            try WholeFile.replace(FilePath(path), with: Array(text.utf8), isDurable: false, mode: 0o644)
        }
    }
}
