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
            flags: [
                tag, file, argument, noCache, pull, target, label, platform, network, addHost, secret, context,
                shmSize, identifierFile, allow, CommonFlag.quiet, ComposeFlags.progressFlag, load, remove, forceRemove,
                provenance, sbom,
            ],
            arity: .exactly(1)
        )

        private static let tag = Flag.list("-t, --tag", "Name of the image")
        private static let file = Flag<String?>.text("-f, --file", "Dockerfile; Dockerfile in the folder otherwise")
        private static let argument = Flag.list("--build-arg", "Value of a build argument: NAME[=VALUE]")
        private static let noCache = Flag.toggle("--no-cache", "Take nothing from earlier builds")
        private static let pull = Flag.toggle("--pull", "Fetch base images anew")
        private static let target = Flag<String?>.text("--target", "Stage to build")
        private static let label = Flag.list("--label", "Label: NAME=VALUE")
        private static let platform = Flag<String?>.text("--platform", "Platform: OS/ARCH")
        private static let network = Flag<String>.text(
            "--network",
            "Network of RUN: default, none, host",
            default: "default"
        )
        private static let addHost = Flag.list("--add-host", "Name and address: NAME:ADDRESS")
        private static let secret = Flag.list("--secret", "Secret of RUN: id=…,src=… or id=…,env=…")
        private static let context = Flag.list("--build-context", "Further context: NAME=PATH")
        private static let shmSize = Flag<Int64?>.bytes("--shm-size", "Size of /dev/shm")
        private static let identifierFile = Flag<String?>.text("--iidfile", "File that the identifier is written to")
        private static let allow = Flag.list("--allow", "Rights that instructions may ask for: network.host")
        private static let load = Flag.toggle("--load", "Has no effect").hidden
        private static let remove = Flag.toggle("--rm", "Has no effect", default: true).hidden
        private static let forceRemove = Flag.toggle("--force-rm", "Has no effect").hidden
        private static let provenance = Flag<String?>.text("--provenance", "Has no effect").hidden
        private static let sbom = Flag<String?>.text("--sbom", "Has no effect").hidden

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let request = try request(session)
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
            if let path = arguments[Self.identifierFile] {
                try WholeFile.replace(FilePath(path), with: Array("\(id)".utf8), isDurable: false, mode: 0o644)
            }
            if isQuiet || request.tags.isEmpty { try Console.print("\(id)\n") }
            return 0
        }

        private func request(_ session: Session) throws -> BuildRequest {
            let folder = arguments.positionals[0]
            let readsDockerfile = folder == "-" || arguments[Self.file] == "-"
            var request = BuildRequest(context: Session.currentFolder.pushing(FilePath(folder == "-" ? "." : folder)))
            if readsDockerfile {
                request.dockerfile = .text(try StandardStreams.readAll())
            } else if let file = arguments[Self.file] {
                request.dockerfile = .file(Session.currentFolder.pushing(FilePath(file)))
            }
            for (name, value) in Compose.Build.values(arguments[Self.argument]) {
                request.arguments[name] = value ?? session.environment[name]
            }
            request.tags = arguments[Self.tag]
            request.target = arguments[Self.target]
            request.platform = arguments[Self.platform]
            request.labels = LabelText.labels(arguments[Self.label])
            request.ignoresCache = arguments[Self.noCache]
            request.pulls = arguments[Self.pull]
            request.extraHosts = arguments[Self.addHost]
            request.secrets = try arguments[Self.secret].map {
                try BuildRequest.Secret(parsing: $0, session.environment)
            }
            request.allowsHostNetwork = arguments[Self.allow].contains("network.host")
            if let size = arguments[Self.shmSize] { request.sharedMemory = Int(size) }
            try setNetwork(&request)
            try setContexts(&request)
            return request
        }

        private func setNetwork(_ request: inout BuildRequest) throws(UsageError) {
            switch arguments[Self.network] {
            case "default", "bridge": request.network = .default
            case "none": request.network = .none
            case "host":
                request.network = .host
                request.allowsHostNetwork = true
            case let name: throw .conflict("network mode \(name.quoted) is not supported by builds")
            }
        }

        private func setContexts(_ request: inout BuildRequest) throws(UsageError) {
            for text in arguments[Self.context] {
                guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                    throw .conflict("invalid context value: \(text), expected key=value")
                }
                let value = String(text[text.index(after: sign)...])
                let isImage = value.hasPrefix("docker-image://")
                request.namedContexts[String(text[..<sign])] =
                    isImage
                    ? .image(String(value.dropFirst("docker-image://".count)))
                    : .folder(Session.currentFolder.pushing(FilePath(value)))
            }
        }
    }
}

extension BuildRequest.Secret {
    /// A `--secret` value: `id=name[,src=path|env=NAME]`.
    fileprivate init(parsing text: String, _ environment: [String: String]) throws {
        var fields: [String: String] = [:]
        for field in text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
            fields[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        guard let id = fields["id"] ?? fields["src"] ?? fields["source"] else {
            throw UsageError.conflict("invalid secret: \(text.quoted) has no id")
        }
        if let path = fields["src"] ?? fields["source"] {
            self.init(id: id, value: try WholeFile.read(Session.currentFolder.pushing(FilePath(path))))
            return
        }
        guard let value = environment[fields["env"] ?? id] else {
            throw UsageError.conflict("secret \(id): environment variable \(fields["env"] ?? id) is not set")
        }
        self.init(id: id, value: Array(value.utf8))
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
