import ComposeSpec
import JSON
import Linux
import Orchestrator
import SystemPackage
import YAML

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
                try write(document(try Loader(options: options).loadModel().model, escapesDollars: false))
                return 0
            }
            let loaded = try Loader(options: options).load()
            for warning in loaded.warnings { Console.note("\(Session.warningMark) \(warning.description.printable)") }
            guard !arguments[CommonFlag.quiet] else { return 0 }
            try write(list(of: loaded.project) ?? document(loaded.model, escapesDollars: true))
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

        private func document(_ model: Node, escapesDollars: Bool) -> String {
            let model = (escapesDollars ? model.escapingDollars : model).inOrder(isTop: true)
            guard arguments[Self.format] != "json" else {
                return String(decoding: JSONValue(model).bytes(indentation: 2), as: UTF8.self) + "\n"
            }
            return Emitter.text(of: model)
        }

        private func write(_ text: String) throws {
            guard let path = arguments[Self.output] else { return try Console.print(text) }
            try WholeFile.replace(FilePath(path), with: Array(text.utf8), isDurable: false, mode: 0o644)
        }
    }
}

extension Node {
    /// The tree with `$` as `$$` in its texts, so that reading it again replaces nothing.
    fileprivate var escapingDollars: Node {
        var node = self
        switch value {
        case .string(let text) where text.contains("$"):
            node.value = .string(String(text.flatMap { $0 == "$" ? "$$" : "\($0)" }))
        case .sequence(let items): node.value = .sequence(items.map(\.escapingDollars))
        case .mapping(var mapping):
            mapping.transformValues { _, value in value.escapingDollars }
            node.value = .mapping(mapping)
        default: break
        }
        return node
    }
}

extension Node {
    private static let topKeys = ["name", "services", "networks", "volumes", "configs", "secrets"]

    /// The tree with its keys in the order of names; those of the document itself as they are usually written.
    fileprivate func inOrder(isTop: Bool = false) -> Node {
        var node = self
        switch value {
        case .sequence(let items): node.value = .sequence(items.map { $0.inOrder() })
        case .mapping(let mapping):
            var sorted = Mapping()
            let place = { (key: String) in isTop ? Self.topKeys.firstIndex(of: key) ?? Self.topKeys.count : 0 }
            let entries = mapping.entries.sorted {
                (place($0.key.text), $0.key.text) < (place($1.key.text), $1.key.text)
            }
            for entry in entries { sorted.set(entry.value.inOrder(), for: entry.key) }
            node.value = .mapping(sorted)
        default: break
        }
        return node
    }
}

extension JSONValue {
    /// A tree of YAML as JSON.
    init(_ node: Node) {
        switch node.value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .unsigned(let number): self = .number(Double(number))
        case .float(let number): self = .number(number)
        case .timestamp(let text), .string(let text): self = .string(text)
        case .sequence(let items): self = .array(items.map { JSONValue($0) })
        case .mapping(let mapping):
            self = .object(mapping.entries.map { Member($0.key.text, JSONValue($0.value)) })
        }
    }
}
