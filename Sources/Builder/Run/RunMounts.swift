import Containers
import Dockerfile
import Linux
import Storage
import SystemPackage

/// The mounts of one `RUN`, their variables replaced.
struct RunMounts {
    /// One mount and, for a bind, the tree that it comes from.
    private struct Item {
        let mount: RunMount
        /// Absolute; empty for a secret that becomes a variable.
        let target: String
        let source: CopySource?
    }

    private let items: [Item]
    /// What the step's result depends on: neither caches nor secrets are part of it.
    let descriptions: [String]

    init(
        _ mounts: [RunMount],
        state: StageState,
        session: BuildSession,
        sources: [String: BuildGraph.Source]
    ) throws {
        let expander = state.variables.expander
        var items: [Item] = []
        for mount in mounts {
            let mount = try mount.expanded(expander)
            var target = mount.target.map { state.absolute($0) } ?? ""
            if mount.kind == .secret, target.isEmpty, mount.variable == nil {
                target = "/run/secrets/\(mount.id ?? "")"
            }
            guard target != "/" else { throw BuilderError(.unsupported("a mount at /")) }
            var source: CopySource?
            if mount.kind == .bind {
                source = try session.source(mount.from.flatMap { sources[$0] ?? .image($0) })
            } else if let from = mount.from {
                guard mount.kind == .cache else {
                    throw BuilderError(.unsupported("RUN --mount=type=\(mount.kind.rawValue),from=…"))
                }
                source = try session.source(sources[from] ?? .image(from))
            } else if mount.source != nil {
                throw BuilderError(.unsupported("RUN --mount=type=\(mount.kind.rawValue),source=… without from"))
            }
            items.append(Item(mount: mount, target: target, source: source))
        }
        self.items = items
        descriptions = try items.map(Self.describe)
    }

    private static func describe(_ item: Item) throws -> String {
        let plain = "\(item.mount.kind.rawValue) \(item.target)"
        guard let source = item.source else { return plain }
        let path = item.mount.source ?? "/"
        if let identity = source.identity { return "\(plain) \(path) \(identity)" }
        var key = CacheKey("mount")
        let tree = source.tree
        let request = CopyPlan.Request(sources: [path], destination: .root, isFolder: false)
        for file in try CopyPlan(request, from: tree, ignored: source.ignored, destinationIsFolder: false).items {
            key.add("path", "\(file.target) \(file.entry.kind) \(file.entry.mode)")
            key.add("link", file.entry.target ?? [])
            if file.entry.kind == .file { key.add("contents", try tree.digest(of: file.source, file.entry)) }
        }
        return "\(plain) \(key.text)"
    }

    /// Calls the body with the mounts made ready, and with the variables that hold secrets.
    func prepared<Result>(
        _ session: BuildSession,
        _ script: RunCommand.Script?,
        _ body: ([Mount], [String]) throws -> Result
    ) throws -> Result {
        var mounts: [Mount] = []
        var variables: [String] = []
        var folders: [LayerDraft] = []
        if let script {
            let file = try session.workspace.write(Array(script.text.utf8), mode: 0o755, owner: .root)
            mounts.append(Self.bind(file, at: script.path, isReadOnly: true))
        }
        var locks: [CacheFolder] = []
        for item in items {
            switch item.mount.kind {
            case .tmpfs:
                let options = item.mount.size.map { ["size=\($0)"] } ?? []
                mounts.append(Mount(.tmpfs(options: options + ["exec"]), target: item.target))
            case .cache:
                let cache = try self.cache(item, session)
                locks.append(cache)
                mounts.append(Self.bind(cache.path, at: item.target, isReadOnly: item.mount.isReadOnly ?? false))
            case .secret: try addSecret(item, session, &mounts, &variables)
            case .bind:
                let place = try bindSource(item, session, &folders)
                mounts.append(Self.bind(place, at: item.target, isReadOnly: item.mount.isReadOnly ?? true))
            case .ssh: throw BuilderError(.unsupported("RUN --mount=type=ssh"))
            }
        }
        return try withExtendedLifetime((locks, folders)) { try body(mounts, variables) }
    }

    private static func bind(_ source: FilePath, at target: String, isReadOnly: Bool) -> Mount {
        let kind = Mount.Kind.bind(createsSource: false, propagation: nil, recursion: .disabled)
        return Mount(kind, source: source.string, target: target, isReadOnly: isReadOnly)
    }

    private func addSecret(
        _ item: Item,
        _ session: BuildSession,
        _ mounts: inout [Mount],
        _ variables: inout [String]
    ) throws {
        let id = item.mount.id ?? item.target.split(separator: "/").last.map(String.init) ?? ""
        guard let secret = session.request.secrets.first(where: { $0.id == id }) else {
            guard !item.mount.isRequired else { throw BuilderError(.missingSecret(id)) }
            return
        }
        if let name = item.mount.variable {
            variables.append("\(name)=\(String(decoding: secret.value, as: UTF8.self))")
        }
        guard !item.target.isEmpty else { return }
        let owner = Owner(uid: item.mount.uid ?? 0, gid: item.mount.gid ?? 0)
        let file = try session.workspace.write(secret.value, mode: item.mount.mode ?? 0o400, owner: owner)
        mounts.append(Self.bind(file, at: item.target, isReadOnly: true))
    }

    /// The folder of a cache. A new one holds what the mount says that it starts from.
    private func cache(_ item: Item, _ session: BuildSession) throws -> CacheFolder {
        var key = CacheKey("cache")
        if let space = session.request.arguments["BUILDKIT_CACHE_MOUNT_NS"] { key.add("space", space) }
        key.add("id", item.mount.id ?? item.target)
        if item.source != nil { key.add("origin", try Self.describe(item)) }
        try session.noteUse(ofMount: key.text, at: item.target)
        let cache = try CacheFolder.claim(key.text, item.mount.sharing, in: session.cache)
        guard !Folder.hasEntry(cache.path) else { return cache }
        guard item.source != nil else {
            try cache.make(mode: item.mount.mode ?? 0o755, uid: item.mount.uid ?? 0, gid: item.mount.gid ?? 0)
            return cache
        }
        var drafts: [LayerDraft] = []
        try cache.take(bindSource(item, session, &drafts))
        return cache
    }

    /// A copy of what is bound, for as long as the command runs: so nothing of the host's is reached by a link, and what
    /// the command writes is thrown away.
    private func bindSource(_ item: Item, _ session: BuildSession, _ folders: inout [LayerDraft]) throws -> FilePath {
        guard let source = item.source else { return FilePath() }
        let folder = try session.layers.makeDraft()
        folders.append(folder)
        let request = CopyPlan.Request(
            sources: [item.mount.source ?? "/"],
            destination: try TreePath(clamping: "bound"),
            isFolder: false
        )
        let plan = try CopyPlan(request, from: source.tree, ignored: source.ignored, destinationIsFolder: false)
        var writer = try LayerWriter(folder.contents, over: MergedTree([]), owner: nil, mode: nil)
        try writer.copy(plan.items, from: source.tree)
        return folder.contents.appending("bound")
    }
}

extension RunMount {
    fileprivate func expanded(_ expander: WordExpander) throws -> RunMount {
        var mount = self
        mount.target = try target.map { try expander.expand($0) }
        mount.source = try source.map { try expander.expand($0) }
        mount.id = try id.map { try expander.expand($0) }
        return mount
    }
}
