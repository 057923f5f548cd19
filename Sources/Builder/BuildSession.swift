import Dockerfile
import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage

/// What all stages share that are built for one platform.
final class BuildSession: Sendable {
    let shared: SharedBuild
    let request: BuildRequest
    /// What is built for.
    let target: Platform
    let variables: GlobalVariables
    let graph: BuildGraph
    private let results = Mutex<[Int: StageState]>([:])

    var document: DockerfileDocument { shared.document }
    var images: ImageStore { shared.images }
    var shelf: LayerShelf { shared.shelf }
    var runner: any StepRunner { shared.runner }
    var contexts: ContextTrees { shared.contexts }
    var remotes: RemoteTrees { shared.remotes }
    /// Who signs, by the names by which instructions mount them.
    var agents: [String: AgentSource] { shared.remotes.agents }
    var epoch: Int64? { shared.epoch }
    var layers: LayerStore { shelf.store }
    var cache: BuildCache { shelf.cache }
    var workspace: Workspace { shelf.workspace }
    /// The time that this build writes down, in nanoseconds since 1970.
    var now: Int64 { shelf.now }

    /// - Parameter target: one of the platforms that the request is for.
    init(_ shared: SharedBuild, _ request: BuildRequest, for target: Platform) throws {
        self.shared = shared
        self.request = request
        self.target = target
        variables = try GlobalVariables(shared.document, of: request, for: target)
        graph = try BuildGraph(shared.document, variables, of: request, for: target, images: shared.bases)
    }

    /// Tells one event; never two at the same time.
    func tell(_ event: BuildEvent) { shared.tell(event) }

    // MARK: Results

    func result(of stage: Int) -> StageState? { results.withLock { $0[stage] } }

    func finish(_ stage: Int, with result: StageState) { results.withLock { $0[stage] = result } }

    /// Takes all stages for not yet carried out.
    func forgetResults() { results.withLock { $0 = [:] } }

    /// Whether all layers are here that the target came to.
    var isWhole: Bool { result(of: graph.target)?.layers.allSatisfy(shelf.contains) ?? false }

    // MARK: Trees

    /// The tree that layers show.
    func tree(of layers: [Digest]) throws -> MergedTree { try shelf.tree(of: layers) }

    /// The tree that an instruction names, what it ignores, and a text that stands for its contents, if they never change.
    func source(_ source: BuildGraph.Source?) throws -> CopySource {
        guard let source else { return try contexts.main() }
        if let image = try image(source, for: target) { return stack(image.configuration.rootfs.diffIDs) }
        switch source {
        case .stage(let index): return stack(result(of: index)?.layers ?? [])
        case .context(let name): return try contexts.named(name)
        case .scratch, .image: return stack([])
        }
    }

    private func stack(_ layers: [Digest]) -> CopySource {
        CopySource(
            tree: try self.tree(of: layers),
            ignored: .none,
            identity: layers.map(\.description).joined(separator: " ")
        )
    }

    /// A layer that holds what was fetched from elsewhere.
    func fetched(_ layer: Digest, identity: String) throws -> CopySource {
        CopySource(tree: try self.tree(of: [layer]), ignored: .none, identity: identity)
    }

    /// The image that a source is for a platform; nil for what is no image.
    func image(_ source: BuildGraph.Source, for platform: Platform) throws -> Image? {
        let names = request.imageNames(of: source)
        guard !names.isEmpty else { return nil }
        guard let image = try shared.bases.find(names, for: platform) else {
            throw BuilderError(.missingImage(names[0]))
        }
        return image
    }
}

/// A tree to copy from.
struct CopySource: Sendable {
    private let open: @Sendable () throws -> any SourceTree
    let ignored: IgnorePatterns
    /// Stands for the whole tree, where it cannot change; nil for folders of the host.
    let identity: String?
    /// The folder on the host, if it is one.
    let folder: FilePath?

    /// - Parameter tree: gives the tree when it is read; that of a stage may not be here.
    init(
        tree: @autoclosure @escaping @Sendable () throws -> any SourceTree,
        ignored: IgnorePatterns,
        identity: String?,
        folder: FilePath? = nil
    ) {
        open = tree
        self.ignored = ignored
        self.identity = identity
        self.folder = folder
    }

    var tree: any SourceTree {
        get throws { try open() }
    }
}
