public import Builder
import ComposeSpec
import Containers
import Linux
import SystemPackage

extension BuildRequest {
    /// What the builder is asked for a service's image.
    ///
    /// - Throws: ``EngineError`` for what cannot be had.
    public init(_ wish: ImageBuild) throws {
        let definition = wish.definition
        try definition.refuseWhatCannotBeHad(wish.target)
        self.init(context: FilePath(definition.context))
        if Self.isReference(definition.context) { origin = .reference(definition.context) }
        provenance = try definition.provenanceSetting(wish.target)
        (cacheSources, cacheTargets) = try definition.caches(wish.target)
        dockerfile = definition.dockerfileInline.map { .text($0) } ?? definition.dockerfile.map { .file(FilePath($0)) }
        for (name, value) in definition.arguments { arguments[name] = value }
        target = definition.target
        platforms = wish.platforms
        labels = definition.labels.merging(wish.labels) { _, ours in ours }
        tags = [wish.image] + definition.tags
        if wish.isPushed { outputs = [.image(ImageWishes(), pushed: .byName)] }
        ignoresCache = definition.ignoresCache
        pulls = definition.pulls
        network = try Network(definition.network)
        allowsHostNetwork = network == .host || definition.entitlements.contains("network.host")
        extraHosts = definition.extraHosts.map { $0.replacingFirst("=", with: ":") }
        allowsInsecurity = definition.isPrivileged || definition.entitlements.contains("security.insecure")
        agents = try wish.agents.map {
            try Agent(parsing: $0, socket: OwnEnvironment["SSH_AUTH_SOCK"], folder: "/")
        }
        if let size = definition.shmSize { sharedMemory = size }
        secrets = try wish.secrets.sorted { $0.key < $1.key }.map { id, origin in
            try Secret(id: id, value: origin.bytes(id), wish.secretFiles[id])
        }
        limits.ulimits = definition.ulimits.map { ResourceLimit(name: $0.name, soft: $0.soft, hard: $0.hard) }
        limits.memory = wish.memory.map { Int($0) }
        stagesWithoutCache = Set(definition.uncachedStages)
        for (name, value) in definition.additionalContexts {
            namedContexts[try Self.contextName(name)] = try NamedContext(value, images: wish.serviceImages)
        }
    }
}

extension BuildRequest.Secret {
    /// A secret, and the owner and permissions that the files give it.
    fileprivate init(id: String, value: [UInt8], _ reference: Service.FileReference?) throws {
        self.init(id: id, value: value)
        func number(_ text: String?) throws -> UInt32? {
            try text.map { text in
                guard let number = UInt32(text) else {
                    throw EngineError.unsupportedBuild("secret \(id): \"\(text)\" is not the number of a user or group")
                }
                return number
            }
        }
        uid = try number(reference?.uid)
        gid = try number(reference?.gid)
        mode = reference?.mode.map { UInt32($0) }
    }
}

extension BuildRequest.Network {
    fileprivate init(_ name: String?) throws {
        switch name {
        case nil, "default", "bridge": self = .default
        case "none": self = .none
        case "host": self = .host
        case let name?: throw EngineError.unsupportedBuild("build network \(name) is not supported")
        }
    }
}

extension BuildRequest.NamedContext {
    /// `service:<name>`, or what `--build-context` takes.
    fileprivate init(_ value: String, images: [String: String]) throws {
        guard value.hasPrefix("service:") else {
            self = try Self(parsing: value, folder: OwnProcess.currentFolder)
            return
        }
        let service = String(value.dropFirst("service:".count))
        guard let image = images[service] else { throw EngineError.unsupportedBuild("no such service: \(service)") }
        self = .image(image)
    }
}

extension Project.FileSource.Origin {
    /// The bytes of a secret that a build may use.
    fileprivate func bytes(_ id: String) throws -> [UInt8] {
        switch self {
        case .file(let path): try WholeFile.read(FilePath(path))
        case .content(let text): Array(text.utf8)
        case .unsetVariable(let name):
            throw EngineError.unsupportedBuild(
                "environment variable \"\(name)\" required by secret \"\(id)\" is not set"
            )
        case .external, .driver: throw EngineError.unsupportedBuild("unsupported external \(id)")
        }
    }
}
