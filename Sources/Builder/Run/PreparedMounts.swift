import Containers
import Dockerfile
import Linux
import Storage
import SystemPackage

/// What the mounts of one `RUN` came to: everything about them exists until ``end()``.
final class PreparedMounts {
    private let session: BuildSession
    /// What is mounted.
    private(set) var mounts: [Mount] = []
    /// `NAME=value`: secrets, and where an agent is.
    private(set) var variables: [String] = []
    private var folders: [LayerDraft] = []
    private var caches: [CacheFolder] = []
    private var agents: [AgentServer] = []
    private var files: [FilePath] = []

    init(_ items: [RunMounts.Item], _ script: RunCommand.Script?, _ session: BuildSession) throws {
        self.session = session
        if let script {
            let file = try write(Array(script.text.utf8), mode: 0o755, owner: .root)
            bind(file, at: script.path, isReadOnly: true)
        }
        do {
            for item in items { try add(item) }
        } catch {
            end()
            throw error
        }
    }

    /// Lets go of caches and agents, and removes what secrets were read from.
    func end() {
        for file in files { try? Removal.file(file) }
        for agent in agents { agent.end() }
        caches = []
        folders = []
    }

    private func add(_ item: RunMounts.Item) throws {
        let mount = item.mount
        switch mount.kind {
        case .tmpfs:
            let options = mount.size.map { ["size=\($0)"] } ?? []
            mounts.append(Mount(.tmpfs(options: options + ["exec"]), target: item.target))
        case .cache: bind(try cache(item), at: item.target, isReadOnly: mount.isReadOnly ?? false)
        case .bind: bind(try copy(item), at: item.target, isReadOnly: mount.isReadOnly ?? true)
        case .secret: try addSecret(mount, at: item.target)
        case .ssh: try addAgent(mount, at: item.target)
        }
    }

    private func bind(_ source: FilePath, at target: String, isReadOnly: Bool) {
        let kind = Mount.Kind.bind(createsSource: false, propagation: nil, recursion: .disabled)
        mounts.append(Mount(kind, source: source.string, target: target, isReadOnly: isReadOnly))
    }

    private func cache(_ item: RunMounts.Item) throws -> FilePath {
        let space = session.request.arguments["BUILDKIT_CACHE_MOUNT_NS"]
        let key = CacheFolder.key(of: item.mount, target: item.target, space: space, origin: try item.origin())
        try session.shelf.noteUse(ofMount: key, at: item.target)
        let cache = try CacheFolder.claim(key, item.mount, on: session.shelf) { folder in
            guard let source = item.source else { return }
            try Self.copy(item.mount.source ?? "/", from: source, to: folder, as: .root)
        }
        caches.append(cache)
        return cache.path
    }

    private func addSecret(_ mount: RunMount, at target: String) throws {
        let id = mount.secretID
        guard let secret = session.request.secrets.first(where: { $0.id == id }) else {
            guard !mount.isRequired else { throw BuilderError(.missingSecret(id)) }
            return
        }
        if let name = mount.variable { variables.append("\(name)=\(String(decoding: secret.value, as: UTF8.self))") }
        guard !target.isEmpty else { return }
        let owner = Owner(uid: mount.uid ?? secret.uid ?? 0, gid: mount.gid ?? secret.gid ?? 0)
        let file = try write(secret.value, mode: mount.mode ?? secret.mode ?? 0o400, owner: owner)
        bind(file, at: target, isReadOnly: true)
    }

    private func write(_ contents: [UInt8], mode: UInt32, owner: Owner) throws -> FilePath {
        let file = try session.workspace.write(contents, mode: mode, owner: owner)
        files.append(file)
        return file
    }

    private func addAgent(_ mount: RunMount, at target: String) throws {
        let id = mount.id ?? "default"
        guard let source = session.agents[id] else {
            guard !mount.isRequired else { throw BuilderError(.missingAgent(id)) }
            return
        }
        let agent = try session.workspace.serve(source, owner: mount.owner, mode: mount.mode ?? 0o600)
        if agents.isEmpty { variables.append("SSH_AUTH_SOCK=\(target)") }
        agents.append(agent)
        bind(agent.path, at: target, isReadOnly: true)
    }

    /// A copy of what is bound, for as long as the command runs: so nothing of the host's is reached by a link, and what
    /// the command writes is thrown away.
    private func copy(_ item: RunMounts.Item) throws -> FilePath {
        guard let source = item.source else { return FilePath() }
        let folder = try session.layers.makeDraft()
        folders.append(folder)
        let target = try TreePath(clamping: "bound")
        try Self.copy(item.mount.source ?? "/", from: source, to: folder.contents, as: target)
        return folder.contents.appending("bound")
    }

    private static func copy(_ path: String, from source: CopySource, to folder: FilePath, as target: TreePath) throws {
        let request = CopyPlan.Request(sources: [path], destination: target, isFolder: false, keepsTop: true)
        let tree = try source.tree
        let plan = try CopyPlan(request, from: tree, ignored: source.ignored, destinationIsFolder: target.isRoot)
        var writer = try LayerWriter(folder, over: MergedTree([]), owner: nil, mode: nil)
        try writer.copy(plan.items, from: tree)
    }
}

extension RunMount {
    fileprivate var owner: Owner { Owner(uid: uid ?? 0, gid: gid ?? 0) }
}
