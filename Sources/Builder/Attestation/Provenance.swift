import Dockerfile
import Images
import JSON
import Linux
import OCI

/// How the result for one platform was made, as SLSA's provenance v1 has it, with the extensions by which BuildKit says
/// more. BuildKit, docs/attestations/slsa-definitions.md
///
/// There is no `buildConfig`: that is BuildKit's own program of a build, and no step here has one.
struct Provenance {
    static let predicateType = "https://slsa.dev/provenance/v1"
    private static let buildType =
        "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md"

    let result: PlatformResult
    let wish: ProvenanceWish
    /// What the build is called among all builds.
    let invocation: String

    private var session: BuildSession { result.session }
    private var request: BuildRequest { session.request }

    /// The predicate.
    func predicate() throws -> JSONValue {
        [
            "buildDefinition": [
                "buildType": .string(Self.buildType),
                "externalParameters": [
                    "configSource": configSource(), "request": parameters(),
                ],
                "internalParameters": ["builderPlatform": .string("\(Platform.host)")],
                "resolvedDependencies": .array(try dependencies()),
            ],
            "runDetails": ["builder": ["id": .string(wish.builderID)], "metadata": .object(metadata())],
        ]
    }

    // MARK: What was asked for

    private func configSource() -> JSONValue {
        let path = JSONValue.Member("path", .string(session.document.file))
        guard let material = request.dockerfileMaterial else { return .object([path]) }
        return .object([.init("uri", .string(material.uri)), .init("digest", Self.digest(material)), path])
    }

    private static func digest(_ material: Material) -> JSONValue {
        .object([.init(material.algorithm, .string(material.hex))])
    }

    private func parameters() -> JSONValue {
        var arguments: [String: String] = [:]
        if let target = request.target { arguments["target"] = target }
        var members: [JSONValue.Member] = []
        if wish.mode == .max {
            // What a proxy's address holds may be a password.
            for (name, value) in request.arguments where !GlobalVariables.implicit.contains(name) {
                arguments["build-arg:\(name)"] = value
            }
            for (name, value) in request.labels { arguments["label:\(name)"] = value }
            let secrets = request.secrets.map(\.id), agents = request.agents.map(\.id)
            if !secrets.isEmpty { members.append(.init("secrets", Self.named(secrets))) }
            if !agents.isEmpty { members.append(.init("ssh", Self.named(agents))) }
        }
        let sorted = arguments.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        return .object([.init("args", .object(sorted)), .init("frontend", "dockerfile.v0")] + locals() + members)
    }

    /// What came from this machine.
    private func locals() -> [JSONValue.Member] {
        let context = request.material == nil ? ["context"] : []
        let names = context + (request.dockerfileMaterial == nil ? ["dockerfile"] : [])
        return names.isEmpty ? [] : [.init("locals", .array(names.map { ["name": .string($0)] }))]
    }

    private static func named(_ ids: [String]) -> JSONValue {
        .array(ids.sorted().map { ["id": .string($0), "optional": true] })
    }

    // MARK: What it was made from

    /// The images that stages start from or copy from, and what was fetched, each with its digest.
    private func dependencies() throws -> [JSONValue] {
        var images: [String: Digest] = [:]
        for (source, platform) in session.graph.sources(for: session.target) {
            guard let image = try session.image(source, for: platform) else { continue }
            let (uri, digest) = try dependency(on: image, as: source)
            images[uri] = digest
        }
        return images.sorted { $0.key < $1.key }.map { uri, digest in
            ["uri": .string(uri), "digest": .object([.init(digest.algorithm, .string(digest.hex))])]
        } + session.remotes.materials.map { ["uri": .string($0.uri), "digest": Self.digest($0)] }
    }

    /// What an image is called and what it hashes to: one that came from no registry is called as its context is.
    private func dependency(on image: Image, as source: BuildGraph.Source) throws -> (uri: String, digest: Digest) {
        let platform = image.configuration.platform
        if case .context(let name) = source, case .images = request.namedContexts[name] {
            let digest = try session.images.manifest(of: image.id).digest
            return (PackageURL.image("\(name)@\(digest)", type: "oci", platform: platform), digest)
        }
        let name = request.imageNames(of: source).first ?? image.id.description
        return (PackageURL.image(name, platform: platform), try session.digest(of: image, as: name))
    }

    // MARK: How it went

    private func metadata() -> [JSONValue.Member] {
        let usesNetwork = session.graph.nodes.values.contains { node in
            node.stage.instructions.contains { located in
                if case .run(let run) = located.instruction { run.network != .none } else { false }
            }
        }
        var members: [JSONValue.Member] = [
            .init("invocationID", .string(invocation)),
            .init("startedOn", .string(Timestamp.text(session.shared.startedAt))),
            .init("finishedOn", .string(Timestamp.text(Timestamp.now()))),
            .init("buildkit_hermetic", .bool(!usesNetwork && !session.isIncomplete)),
            .init(
                "buildkit_completeness",
                ["request": .bool(wish.mode == .max), "resolvedDependencies": .bool(!session.isIncomplete)]
            ),
            .init("buildkit_reproducible", .bool(wish.isReproducible)),
        ]
        if wish.mode == .max {
            let source: JSONValue = [
                "filename": .string(session.document.file), "language": "Dockerfile",
                "data": .string(Base64.encode(session.document.source)),
            ]
            members.append(.init("buildkit_metadata", ["source": ["infos": [source]]]))
        }
        return members
    }
}

extension BuildSession {
    /// What a registry calls an image, or else its manifest here.
    fileprivate func digest(of image: Image, as name: String) throws -> Digest {
        let repository = (try? ImageReference(parsing: name))?.repository
        let known = image.repositoryDigests.first { $0.repository == repository } ?? image.repositoryDigests.first
        return try known?.digest ?? images.manifest(of: image.id).digest
    }

    /// Whether the result depends on what has no digest: files of this machine.
    fileprivate var isIncomplete: Bool {
        let readsContext = graph.nodes.values.contains { node in
            node.stage.instructions.contains { $0.instruction.readsContext }
        }
        let sources = graph.nodes.values.flatMap { [$0.base] + $0.sources.values }
        return readsContext && request.material == nil || sources.contains(where: request.isFolder)
    }
}

extension Instruction {
    /// Whether it takes files of the build context.
    fileprivate var readsContext: Bool {
        switch self {
        case .copy(let copy): copy.from == nil && !copy.sources.isEmpty
        case .add(let add): add.files.from == nil && !add.files.sources.allSatisfy(BuildRequest.isReference)
        case .run(let run): run.mounts.contains { $0.kind == .bind && $0.from == nil }
        default: false
        }
    }
}

extension BuildRequest {
    /// Whether a source is a folder of this machine.
    fileprivate func isFolder(_ source: BuildGraph.Source) -> Bool {
        if case .context(let name) = source, case .folder = namedContexts[name] { true } else { false }
    }
}

/// Names of things as package URLs. github.com/package-url/purl-spec
enum PackageURL {
    /// `pkg:docker/busybox@latest?platform=linux%2Famd64`
    ///
    /// - Parameter type: where it is: `docker` is at a registry, `oci` in a layout.
    static func image(_ name: String, type: String = "docker", platform: Platform) -> String {
        guard let reference = try? ImageReference(parsing: name) else { return name }
        var qualifiers: [String] = []
        if let digest = reference.digest { qualifiers.append("digest=\(escaped(digest.description))") }
        qualifiers.append("platform=\(escaped(platform.description))")
        let version = reference.tag.map { "@\($0)" } ?? ""
        let path = reference.familiarRepository.split(separator: "/").map { escaped(String($0)) }
        return "pkg:\(type)/\(path.joined(separator: "/"))\(version)?\(qualifiers.joined(separator: "&"))"
    }

    private static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                result.append(character)
            } else {
                result += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }
        }
    }
}
