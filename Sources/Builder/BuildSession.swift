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
    let layers: LayerStore
    let cache: BuildCache
    let runner: any StepRunner
    let workspace: Workspace
    /// The time that this build writes down, in nanoseconds since 1970.
    let now: Int64
    /// What `SOURCE_DATE_EPOCH` says, in nanoseconds since 1970.
    let epoch: Int64?
    private let report: @Sendable (BuildEvent) -> Void
    let contexts: ContextTrees
    private let imports: CacheImport?
    let remotes = RemoteTrees()
    /// Who signs, by the names by which instructions mount them.
    let agents: [String: AgentSource]
    private let state = Mutex(State())

    private struct Layer {
        let folder: FilePath
        let tree: AnchoredTree
    }

    private struct State {
        var results: [Int: StageState] = [:]
        var trees: [[Digest]: MergedTree] = [:]
        var layers: [Digest: Layer] = [:]
        var isStopped = false
        var hasMadeLayers = false
        var steps: [CacheDocument.Step] = []
    }

    init(
        request: BuildRequest,
        dockerfile: DockerfileText,
        stores: BuildStores,
        workspace: Workspace,
        imports: CacheImport? = nil,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.request = request
        document = dockerfile.document
        variables = try GlobalVariables(document, of: request)
        images = stores.images
        bases = BaseImages(stores.images, of: request)
        graph = try BuildGraph(document, variables, of: request, images: bases)
        layers = stores.layers
        cache = stores.cache
        runner = stores.runner
        self.workspace = workspace
        self.imports = imports
        epoch = try request.epoch
        now = epoch ?? Timestamp.now()
        agents = try Dictionary(request.agents.map { ($0.id, try AgentSource($0)) }) { $1 }
        self.report = report
        contexts = ContextTrees(request: request, dockerfile: dockerfile, cache: cache)
    }

    // MARK: Events

    private let speaking = Mutex(())

    /// Tells one event; never two at the same time.
    func tell(_ event: BuildEvent) {
        speaking.withLock { _ in report(event) }
    }

    /// Tells that the Dockerfile was read.
    func tell(ofReadingSince start: MonotonicTime) {
        let step = BuildStep("load build definition from \(document.file)", isInternal: true)
        tell(.started(step))
        tell(.done(step, MonotonicTime.now.nanoseconds - start.nanoseconds))
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
    func tree(of layers: [Digest]) throws -> MergedTree {
        let known = state.withLock { $0.trees[layers] }
        if let known { return known }
        let tree = MergedTree(try distinct(layers).map { try layer($0).tree })
        state.withLock { $0.trees[layers] = tree }
        return tree
    }

    /// The folders of layers, base first.
    func folders(of layers: [Digest]) throws -> [FilePath] {
        try distinct(layers).map { try layer($0).folder }
    }

    /// Whether a layer is in the store, whole.
    func contains(_ digest: Digest) -> Bool { (try? layer(digest)) != nil }

    /// Of a layer that appears more than once the topmost is left: it shows all that the others would.
    private func distinct(_ layers: [Digest]) -> [Digest] {
        var seen: Set<Digest> = []
        return layers.reversed().filter { seen.insert($0).inserted }.reversed()
    }

    /// A layer, which is looked for and opened once, and stays as long as the build lives.
    private func layer(_ digest: Digest) throws -> Layer {
        let known = state.withLock { $0.layers[digest] }
        if let known { return known }
        return try cache.whileKept {
            let folder = try layers.contents(of: digest)
            try workspace.pin(digest.hex)
            let layer = Layer(folder: folder, tree: try AnchoredTree(folder))
            state.withLock { $0.layers[digest] = layer }
            return layer
        }
    }

    /// Makes what a step has come to a layer of the cache.
    func keep(_ draft: LayerDraft, _ description: String, kind: CacheItem.Kind = .layer) throws -> Digest {
        state.withLock { $0.hasMadeLayers = true }
        return try cache.whileKept {
            let layer = try layers.commit(upper: draft.contents).diffID
            try workspace.pin(layer.hex)
            try cache.noteUse(of: layer, description, created: now, kind: kind)
            return layer
        }
    }

    /// Notes that a layer is used as long as the build lives, and belongs to the cache.
    func noteUse(of layer: Digest, _ description: String) throws {
        try cache.whileKept {
            try workspace.pin(layer.hex)
            try cache.noteUse(of: layer, description, created: now)
        }
    }

    /// Notes that the folder of a mount is used as long as the build lives.
    func noteUse(ofMount key: String, at target: String) throws {
        try cache.whileKept {
            try workspace.pin(key)
            try cache.noteUse(ofMount: key, "mount at \(target)")
        }
    }

    /// What a step came to that depends on this: here, or in a cache that others share.
    func known(_ key: String) -> BuildCache.Step? {
        if let step = cache.step(key), contains(step.layer) { return step }
        do {
            guard let step = try imports?.layer(key), contains(step.layer) else { return nil }
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

    /// Whether a step has come to a layer that was not there.
    var hasMadeLayers: Bool { state.withLock(\.hasMadeLayers) }

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
