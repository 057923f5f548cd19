import Dockerfile
import Linux

/// The mounts of one `RUN`, their variables replaced.
struct RunMounts {
    /// One mount, and the tree that it comes from if it comes from one.
    struct Item {
        let mount: RunMount
        /// Absolute; empty for a secret that becomes a variable.
        let target: String
        let source: CopySource?
    }

    let items: [Item]
    /// What the step's result depends on: what caches have gathered, secrets and agents are no part of it.
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
            let agents = items.count { $0.mount.kind == .ssh }
            let target = mount.target.map { state.absolute($0) } ?? mount.usualTarget(number: agents)
            guard target != "/" else { throw BuilderError(.unsupported("a mount at /")) }
            var source: CopySource?
            if mount.kind == .bind || mount.kind == .cache && mount.from != nil {
                source = try session.source(mount.from.flatMap { sources[$0] ?? .image($0) })
            } else if mount.kind == .cache, mount.source != nil {
                throw BuilderError(.other("a cache with source= needs from="))
            }
            items.append(Item(mount: mount, target: target, source: source))
        }
        self.items = items
        descriptions = try items.map(Self.describe)
    }

    /// What a mount shows, in one text.
    static func describe(_ item: Item) throws -> String {
        let plain = "\(item.mount.kind.rawValue) \(item.target)"
        guard let source = item.source else { return plain }
        let path = item.mount.source ?? "/"
        if let identity = source.identity { return "\(plain) \(path) \(identity)" }
        var key = CacheKey("mount")
        let tree = source.tree
        let request = CopyPlan.Request(sources: [path], destination: .root, isFolder: false)
        for file in try CopyPlan(request, from: tree, ignored: source.ignored, destinationIsFolder: false).items {
            key.add("path", "\(file.target) \(file.entry.kind.word) \(file.entry.mode)")
            key.add("link", file.entry.target ?? [])
            if file.entry.kind == .file { key.add("contents", try tree.digest(of: file.source, file.entry)) }
        }
        return "\(plain) \(key.text)"
    }
}

extension RunMount {
    /// What a secret is called.
    var secretID: String {
        source ?? id ?? target?.split(separator: "/").last.map(String.init) ?? ""
    }

    /// Where it appears if it does not say; empty for a secret that becomes a variable.
    ///
    /// - Parameter number: How many agents the command has before.
    fileprivate func usualTarget(number: Int) -> String {
        switch kind {
        case .ssh: "/run/buildkit/ssh_agent.\(number)"
        case .secret where variable == nil: "/run/secrets/\(secretID.split(separator: "/").last ?? "")"
        default: ""
        }
    }
}
