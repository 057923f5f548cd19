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
    }

    /// The trees that are shown, where none of them ever changes; nil where only their contents tell.
    var identities: [String]? {
        let shown = items.filter { $0.source != nil }
        let identities = shown.compactMap(\.identity)
        return identities.count == shown.count ? identities : nil
    }

    /// What the trees that are shown hold.
    func contents() throws -> [String] { try items.compactMap { try $0.contents() } }
}

// MARK: Keys

extension RunMounts.Item {
    /// How it is mounted. What caches have gathered, secrets and agents are no part of it, nor is who shares a cache.
    var description: String {
        let names = mount.kind == .cache ? [] : [mount.kind == .secret ? mount.secretID : mount.id ?? ""]
        let owner = [mount.mode, mount.uid, mount.gid].map { $0.map(String.init) ?? "" }
        let others = [mount.size.map(String.init) ?? "", mount.isReadOnly.map(String.init) ?? "", mount.variable ?? ""]
        let parts = [mount.kind.rawValue, target, String(mount.isRequired)] + names + owner + others
        return parts.description
    }

    /// The path and what stands for the tree, where that cannot change.
    fileprivate var identity: String? { source?.identity.map { "\(path) \($0)" } }

    /// Stands for what it shows; nil where it shows no tree.
    func origin() throws -> String? { try identity ?? contents() }

    /// Stands for every file that it shows; nil where it shows no tree.
    fileprivate func contents() throws -> String? {
        guard let source else { return nil }
        var key = CacheKey("mount")
        let request = CopyPlan.Request(sources: [path], destination: .root, isFolder: false, keepsTop: true)
        let tree = try source.tree
        let plan = try CopyPlan(request, from: tree, ignored: source.ignored, destinationIsFolder: false)
        for file in plan.items { try key.add(file, of: tree) }
        return key.text
    }

    private var path: String { mount.source ?? "/" }
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
