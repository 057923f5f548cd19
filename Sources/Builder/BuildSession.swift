import Dockerfile
import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage

/// What all stages of one build share.
final class BuildSession: Sendable {
    let request: BuildRequest
    let document: DockerfileDocument
    let variables: GlobalVariables
    let graph: BuildGraph
    let images: ImageStore
    let bases: BaseImages
    let shelf: LayerShelf
    let runner: any StepRunner
    /// When it began, in nanoseconds since 1970.
    let startedAt = Timestamp.now()
    /// What `SOURCE_DATE_EPOCH` says, in nanoseconds since 1970.
    let epoch: Int64?
    private let report: @Sendable (BuildEvent) -> Void
    let contexts: ContextTrees
    private let imports: CacheImport?
    let remotes: RemoteTrees
    /// Who signs, by the names by which instructions mount them.
    let agents: [String: AgentSource]
    private let state = Mutex(State())

    var layers: LayerStore { shelf.store }
    var cache: BuildCache { shelf.cache }
    var workspace: Workspace { shelf.workspace }
    /// The time that this build writes down, in nanoseconds since 1970.
    var now: Int64 { shelf.now }

    private struct State {
        var results: [Int: StageState] = [:]
        var isStopped = false
        var steps: [CacheDocument.Step] = []
    }

    /// - Parameter start: when the reading of the Dockerfile began.
    init(
        request: BuildRequest,
        dockerfile: DockerfileText,
        stores: BuildStores,
        remotes: RemoteTrees,
        imports: CacheImport? = nil,
        since start: MonotonicTime,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.request = request
        document = dockerfile.document
        variables = try GlobalVariables(document, of: request)
        images = stores.images
        let report = Self.oneAtATime(report)
        let reading = BuildStep("load build definition from \(document.file)", isInternal: true)
        report(.started(reading))
        report(.done(reading, MonotonicTime.now.nanoseconds - start.nanoseconds))
        let pull = BasePull(
            store: stores.images,
            platform: try request.targetPlatform,
            access: stores.access,
            tell: report
        )
        bases = BaseImages(stores.images, of: request, pull: pull)
        graph = try BuildGraph(document, variables, of: request, images: bases)
        runner = stores.runner
        self.imports = imports
        epoch = try request.epoch
        shelf = remotes.shelf
        self.remotes = remotes
        agents = remotes.agents
        self.report = report
        contexts = ContextTrees(request: request, dockerfile: dockerfile, cache: shelf.cache)
    }

    // MARK: Events

    /// Tells one event; never two at the same time.
    func tell(_ event: BuildEvent) { report(event) }

    private static func oneAtATime(
        _ report: @escaping @Sendable (BuildEvent) -> Void
    ) -> @Sendable (BuildEvent) -> Void {
        let turn = Turn()
        return { event in turn.taken.withLock { _ in report(event) } }
    }

    private final class Turn: Sendable {
        let taken = Mutex(())
    }

    // MARK: Results

    func result(of stage: Int) -> StageState? { state.withLock { $0.results[stage] } }

    func finish(_ stage: Int, with result: StageState) {
        state.withLock { $0.results[stage] = result }
    }

    /// Asks all stages to stop at their next step.
    func stop() { state.withLock { $0.isStopped = true } }

    var isStopped: Bool { state.withLock(\.isStopped) }

    // MARK: Trees

    /// The tree that layers show.
    func tree(of layers: [Digest]) throws -> MergedTree { try shelf.tree(of: layers) }

    /// What a step came to that depends on this: here, or in a cache that others share.
    func known(_ key: String) -> BuildCache.Step? {
        if let step = cache.step(key), shelf.contains(step.layer) { return step }
        do {
            guard let step = try imports?.layer(key), shelf.contains(step.layer) else { return nil }
            try cache.save(step, as: key)
            return step
        } catch {
            tell(.warning("a layer of a shared cache cannot be had: \(error)"))
            return nil
        }
    }

    /// Notes what a step of this build came to.
    func note(_ step: BuildCache.Step, for keys: [String]) {
        let steps = keys.map { CacheDocument.Step(key: $0, layer: step.layer, created: step.created) }
        state.withLock { $0.steps += steps }
    }

    /// What all steps of this build came to, in the order of their keys.
    var steps: [CacheDocument.Step] { state.withLock(\.steps).sorted { $0.key < $1.key } }

    /// The tree that an instruction names, what it ignores, and a text that stands for its contents, if they never change.
    func source(_ source: BuildGraph.Source?) throws -> CopySource {
        guard let source else { return try contexts.main() }
        switch source {
        case .scratch: return try stack([])
        case .stage(let index): return try stack(result(of: index)?.layers ?? [])
        case .image(let name): return try stack(try image(name).configuration.rootfs.diffIDs)
        case .context(let name):
            guard case .image(let image) = request.namedContexts[name] else { return try contexts.named(name) }
            return try stack(try self.image(image).configuration.rootfs.diffIDs)
        }
    }

    private func stack(_ layers: [Digest]) throws -> CopySource {
        CopySource(
            tree: try tree(of: layers),
            ignored: .none,
            identity: layers.map(\.description).joined(separator: " ")
        )
    }

    /// A layer that holds what was fetched from elsewhere.
    func fetched(_ layer: Digest, identity: String) throws -> CopySource {
        CopySource(tree: try tree(of: [layer]), ignored: .none, identity: identity)
    }

    /// An image of the store, by name.
    func image(_ name: String) throws -> Image {
        guard let image = try bases.find(name) else { throw BuilderError(.missingImage(name)) }
        return image
    }

    /// Writes down what was learned about files.
    func save() { contexts.save() }
}

/// A tree to copy from.
struct CopySource: Sendable {
    let tree: any SourceTree
    let ignored: IgnorePatterns
    /// Stands for the whole tree, where it cannot change; nil for folders of the host.
    let identity: String?
    /// The folder on the host, if it is one.
    var folder: FilePath?
}
