import Containers
import Dockerfile
import Linux
import OCI
import Storage
import SystemPackage

extension StageBuild {
    /// Carries out a `RUN`.
    mutating func run(_ run: Run, step: BuildStep) throws -> Bool {
        guard !run.isInsecure || session.request.allowsInsecurity else {
            throw BuilderError(.notAllowed("RUN --security=insecure", option: "--allow security.insecure"))
        }
        let command = RunCommand(run, shell: state.shell)
        let work = RunWork(
            command: command,
            environment: state.variables.commandEnvironment.map { "\($0.name)=\($0.value)" },
            unseen: state.variables.implicitArguments.map { "\($0.name)=\($0.value)" },
            network: try network(of: run),
            isInsecure: run.isInsecure,
            mounts: try RunMounts(run.mounts, state: state, session: session, sources: node.sources)
        )
        let history = HistoryText.run(command.arguments, buildArguments: state.variables.declaredArguments)
        let keys = work.keys(key("run"), state, session.request)
        let output = StepOutput { [session] line in session.tell(.output(step, line)) }
        return try layer(history, keys: keys) { build, draft in
            try build.checkPrograms()
            let code = try build.execute(work, in: draft, output: output)
            guard code == 0 else {
                let text = command.arguments.joined(separator: " ")
                throw BuilderError(.commandFailed(text, exitCode: code, lastOutput: output.lastLines))
            }
        }
    }

    private func network(of run: Run) throws -> BuildRequest.Network {
        switch run.network {
        case .default: return session.request.network
        case .none: return .none
        case .host:
            guard session.request.allowsHostNetwork || session.request.network == .host else {
                throw BuilderError(.notAllowed("RUN --network=host", option: "--allow network.host"))
            }
            return .host
        }
    }

    private func execute(_ work: RunWork, in draft: LayerDraft, output: StepOutput) throws -> Int32 {
        var configuration = try work.configuration(state, session)
        let prepared = try PreparedMounts(work.mounts.items, work.command.script, session)
        defer { prepared.end() }
        configuration.mounts += prepared.mounts
        try configuration.check()
        let names = Set(work.environment.map { $0.prefix { $0 != "=" } })
        // What the Dockerfile says of an agent's place counts more than where we put it.
        configuration.process.environment += prepared.variables.filter { variable in
            !variable.hasPrefix("SSH_AUTH_SOCK=") || !names.contains("SSH_AUTH_SOCK")
        }
        let stubs = try MountStubs(prepared.mounts.map(\.target), in: session.tree(of: state.layers))
        let command = StepCommand(
            configuration: configuration,
            layers: try session.shelf.folders(of: state.layers),
            upper: draft.contents,
            work: draft.work,
            network: work.network,
            extraHosts: session.request.extraHosts
        )
        let code = try session.workspace.whileNoted(configuration.id) {
            try output.collect { try session.runner.run(command, output: $0) }
        }
        try stubs.remove(from: draft.contents)
        return code
    }
}

/// One `RUN` with everything about it settled.
struct RunWork {
    let command: RunCommand
    /// `NAME=value`, the declared arguments among them.
    let environment: [String]
    /// What the command sees and the result is taken not to depend on.
    let unseen: [String]
    let network: BuildRequest.Network
    /// Whether it may do what a privileged container may.
    let isInsecure: Bool
    let mounts: RunMounts

    /// What the result depends on: the question alone, where no tree that is mounted ever changes, and what the trees hold.
    func keys(_ base: CacheKey, _ state: StageState, _ request: BuildRequest) -> [() throws -> CacheKey] {
        let base = key(base, state, request)
        func adding(_ trees: [String]) -> CacheKey {
            var key = base
            key.add("trees", trees)
            return key
        }
        guard let identities = mounts.identities else { return [{ adding(try mounts.contents()) }] }
        guard !identities.isEmpty else { return [{ adding([]) }] }
        return [{ adding(identities) }, { adding(try mounts.contents()) }]
    }

    /// As with BuildKit, names of hosts count and their addresses do not, and of limits only those that a command sees.
    private func key(_ base: CacheKey, _ state: StageState, _ request: BuildRequest) -> CacheKey {
        var key = base
        key.add("arguments", command.arguments)
        key.add("script", command.script?.text ?? "")
        key.add("environment", environment)
        key.add("folder", state.workingDirectory)
        key.add("user", state.image.config.user ?? "")
        key.add("network", network.rawValue)
        if isInsecure { key.add("security", "insecure") }
        key.add("platform", "\(state.image.platform)")
        key.add("mounts", mounts.items.map(\.description))
        key.add("hostname", request.sandboxHostname)
        key.add("hosts", request.extraHosts.map { String($0.prefix { $0 != ":" && $0 != "=" }) })
        key.add("shared memory", "\(request.sharedMemory)")
        key.add("limits", request.limits.ulimits.map { "\($0.name)=\($0.soft):\($0.hard)" })
        key.add("control group", request.cgroupParent ?? "")
        return key
    }

    /// The container that the command runs in.
    func configuration(_ state: StageState, _ session: BuildSession) throws -> ContainerConfiguration {
        let id = RandomName.hexadecimal()
        // The machine has a name, and no variable says it.
        let variables = ["HOSTNAME"] + environment + unseen
        var process = ProcessConfiguration(arguments: command.arguments, environment: variables)
        process.workingDirectory = state.workingDirectory
        process.user = state.image.config.user ?? ""
        var configuration = ContainerConfiguration(
            id: id,
            name: "build-\(id.prefix(12))",
            image: "",
            imageID: "",
            layers: state.layers.map(\.description),
            createdAt: session.now,
            process: process,
            hostname: session.request.sandboxHostname
        )
        configuration.resources = session.request.limits
        configuration.resources.shmSize = session.request.sharedMemory
        configuration.namespaces.cgroupParent = session.request.cgroupParent
        configuration.security.isPrivileged = isInsecure
        configuration.network = network == .host ? .host : .none
        return configuration
    }
}

/// The places that mounts need, where the stage's tree has none: they are no part of the layer.
struct MountStubs {
    private var paths: [TreePath] = []

    init(_ targets: [String], in tree: MergedTree) throws {
        for target in targets {
            var path = try tree.resolve(TreePath(clamping: target))
            while !path.isRoot, try tree.entry(at: path) == nil {
                paths.append(path)
                path = path.parent
            }
        }
        paths.sort { $0.names.count > $1.names.count }
    }

    /// Removes those that are empty, the deepest first. Nothing is followed, whatever the command has put there.
    func remove(from layer: FilePath) throws {
        let tree = try AnchoredTree(layer)
        for path in paths {
            guard let status = try tree.status(at: path) else { continue }
            let (folder, name) = try tree.place(of: path)
            if status.kind == .regular, status.size == 0 { try folder.removeFile(name) }
            if status.kind == .folder, try tree.names(in: path).isEmpty {
                tree.forget()
                try folder.removeFolder(name)
            }
        }
    }
}
