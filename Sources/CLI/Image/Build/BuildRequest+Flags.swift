import Builder
import Containers
import HTTP
import Images
import Linux
import OCI
import Orchestrator
import SystemPackage

extension BuildRequest {
    /// What the flags of `docker build` ask for.
    ///
    /// - Throws: ``UsageError`` for what is no value of its flag.
    init(_ arguments: Arguments, _ session: Session) throws {
        self.init(context: OwnProcess.currentFolder)
        try setContext(arguments.positionals[0], arguments[BuildFlag.file])
        for (name, value) in Compose.Build.values(arguments[BuildFlag.argument]) {
            self.arguments[name] = value ?? session.environment[name]
        }
        self.arguments.merge(try ClientProxies.variables(session.clientConfiguration)) { own, _ in own }
        tags = try Self.tags(arguments[BuildFlag.tag])
        target = arguments[BuildFlag.target]
        let usual = session.environment["DOCKER_DEFAULT_PLATFORM"].map { [$0] } ?? []
        let asked = arguments[BuildFlag.platform].isEmpty ? usual : arguments[BuildFlag.platform]
        platforms = asked.flatMap { $0.split { $0 == "," || $0 == " " }.map(String.init) }
        labels = LabelText.labels(arguments[BuildFlag.label])
        ignoresCache = arguments[BuildFlag.noCache]
        for names in arguments[BuildFlag.noCacheFilter] {
            stagesWithoutCache.formUnion(names.split(separator: ",").map(String.init))
        }
        pulls = arguments[BuildFlag.pull]
        secrets = try arguments[BuildFlag.secret].map { try Secret(parsing: $0, session.environment) }
        agents = try arguments[BuildFlag.agent].map {
            try Agent(parsing: $0, socket: session.environment["SSH_AUTH_SOCK"], folder: OwnProcess.currentFolder)
        }
        try setContexts(arguments)
        try setRunning(arguments)
        try setLimits(arguments)
        try setAttestations(arguments, session)
        try setOutputs(arguments, session)
    }

    private mutating func setAttestations(_ arguments: Arguments, _ session: Session) throws {
        let sbom = arguments[BuildFlag.sbom]?.lowercased() ?? ""
        guard ["", "0", "f", "false"].contains(sbom) else {
            throw UsageError.conflict("--sbom: no scanner writes bills of materials here")
        }
        if let text = session.environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] {
            provenance = try ProvenanceSetting(withoutUsual: text)
        }
        for text in arguments[BuildFlag.attestation] {
            provenance = try ProvenanceSetting(attestation: text) ?? provenance
        }
        if let text = arguments[BuildFlag.provenance] { provenance = try ProvenanceSetting(parsing: text) }
    }

    private static func tags(_ texts: [String]) throws(UsageError) -> [String] {
        for text in texts {
            do {
                _ = try ImageReference(parsing: text)
            } catch {
                throw .invalidValue(text: text, flag: "-t, --tag", reason: "\(error)")
            }
        }
        return texts
    }

    /// What `RUN` may use and reach.
    private mutating func setRunning(_ arguments: Arguments) throws(UsageError) {
        extraHosts = try ContainerFlag.hosts(arguments[BuildFlag.addHost])
        for right in arguments[BuildFlag.allow] {
            switch right {
            case "network.host": allowsHostNetwork = true
            case "security.insecure": allowsInsecurity = true
            default: throw .conflict("invalid entitlement: \(right.quoted)")
            }
        }
        if let size = arguments[BuildFlag.shmSize] { sharedMemory = Int(size) }
        switch arguments[BuildFlag.network] {
        case "default", "bridge": network = .default
        case "none": network = .none
        case "host":
            network = .host
            allowsHostNetwork = true
        case let name: throw .conflict("network mode \(name.quoted) is not supported by builds")
        }
    }

    /// What `RUN` may use of the machine.
    private mutating func setLimits(_ arguments: Arguments) throws(UsageError) {
        if let isolation = arguments[BuildFlag.isolation], !["", "default"].contains(isolation) {
            throw .conflict("--isolation=\(isolation) is for Windows only")
        }
        if arguments[BuildFlag.squash] { throw .conflict("--squash is not supported: an image keeps its layers") }
        if !arguments[BuildFlag.securityOptions].isEmpty {
            throw .conflict("--security-opt is not supported by builds: RUN --security=insecure asks for rights")
        }
        cgroupParent = arguments[ContainerFlag.cgroupParent]
        limits.ulimits = try arguments[ContainerFlag.ulimits].map { text throws(UsageError) in
            try ResourceLimit(parsing: text)
        }
        limits.memory = arguments[ContainerFlag.memory].map { Int($0) }
        limits.memorySwap = arguments[ContainerFlag.memorySwap].map { Int($0) }
        limits.cpuShares = arguments[ContainerFlag.cpuShares]
        limits.cpuPeriod = arguments[ContainerFlag.cpuPeriod]
        limits.cpuQuota = arguments[ContainerFlag.cpuQuota]
        limits.cpusetCPUs = arguments[ContainerFlag.cpusetCPUs]
        limits.cpusetMemories = arguments[ContainerFlag.cpusetMemories]
    }

    /// The context: a folder, a place elsewhere, or what comes on standard input; and the Dockerfile in it.
    private mutating func setContext(_ text: String, _ file: String?) throws {
        let folder = OwnProcess.currentFolder.pushing(FilePath(text))
        if text == "-" {
            guard file != "-" else {
                throw UsageError.conflict("invalid argument: can't use stdin for both build context and dockerfile")
            }
            origin = .stream(.standardInput)
        } else if try FileStatus.of(folder) == nil, Self.isReference(text) {
            origin = .reference(text)
        } else {
            context = folder
        }
        if file == "-" {
            dockerfile = .text(try StandardStreams.readAll())
        } else if let file, WebAddress.isMeant(by: file) {
            dockerfile = .web(file)
        } else if let file {
            dockerfile = .file(origin == nil ? OwnProcess.currentFolder.pushing(FilePath(file)) : FilePath(file))
        }
    }

    private mutating func setContexts(_ arguments: Arguments) throws {
        for text in arguments[BuildFlag.context] {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw UsageError.conflict("invalid context value: \(text), expected key=value")
            }
            let value = String(text[text.index(after: sign)...])
            let name = try Self.contextName(String(text[..<sign]))
            namedContexts[name] = try NamedContext(parsing: value, folder: OwnProcess.currentFolder)
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
            self.init(id: id, value: try WholeFile.read(OwnProcess.currentFolder.pushing(FilePath(path))))
            return
        }
        guard let value = environment[fields["env"] ?? id] else {
            throw UsageError.conflict("secret \(id): environment variable \(fields["env"] ?? id) is not set")
        }
        self.init(id: id, value: Array(value.utf8))
    }
}
