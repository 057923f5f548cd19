import Dockerfile
import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage

/// What the sessions of one build share: one for each platform that is built for.
final class SharedBuild: Sendable {
    let document: DockerfileDocument
    let images: ImageStore
    let bases: BaseImages
    let runner: any StepRunner
    let shelf: LayerShelf
    let remotes: RemoteTrees
    let contexts: ContextTrees
    /// Where the kernel shows what starts foreign programs; nil is to ask it.
    let handlers: FilePath?
    /// When it began, in nanoseconds since 1970.
    let startedAt = Timestamp.now()
    /// What `SOURCE_DATE_EPOCH` says, in nanoseconds since 1970.
    let epoch: Int64?
    private let imports: CacheImport?
    private let teller: EventTeller
    private let state = Mutex(State())

    /// How far a build relies on layers that a shared cache names and does not have.
    enum Phase: Sendable {
        /// Not at all.
        case usual
        /// It is only asked whether all steps are known: nothing is carried out, and nothing told.
        case asking
        /// All steps are known, and none needs what is not here.
        case foreseen
    }

    private struct State {
        var phase = Phase.usual
        var isStopped = false
        /// What steps come to that are carried out or found: equal ones once, whatever platforms they are for.
        let makings = OncePerKey<String, BuildCache.Step>()
        var steps: [CacheDocument.Step] = []
    }

    var cache: BuildCache { shelf.cache }

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
        document = dockerfile.document
        images = stores.images
        let teller = EventTeller(report)
        self.teller = teller
        let pull = BasePull(
            store: stores.images,
            access: stores.access,
            namesPlatforms: try request.isForSeveral,
            tell: teller.tell
        )
        bases = BaseImages(stores.images, of: request, pull: pull)
        runner = stores.runner
        handlers = stores.handlers
        shelf = remotes.shelf
        self.remotes = remotes
        self.imports = imports
        epoch = try request.epoch
        contexts = ContextTrees(request: request, dockerfile: dockerfile, cache: remotes.shelf.cache)
        let reading = BuildStep("load build definition from \(document.file)", isInternal: true)
        tell(.started(reading))
        tell(.done(reading, MonotonicTime.now.nanoseconds - start.nanoseconds))
    }

    /// Tells one event; never two at the same time, and what sessions have in common once.
    func tell(_ event: BuildEvent) {
        if phase != .asking { teller.tell(event) }
    }

    var phase: Phase { state.withLock(\.phase) }

    /// Carries out the stages that the targets of sessions need.
    ///
    /// A cache that has the layers of an image alone names those of the other stages' steps, which is enough to find what
    /// the image's steps came to. Where anything is not known so, all is carried out that is needed for it.
    func run(_ sessions: [BuildSession]) throws {
        if imports?.namesAbsentLayers == true {
            begin(.asking, sessions)
            let isForeseen = (try? StageScheduler(sessions).run()) != nil && sessions.allSatisfy(\.isWhole)
            begin(isForeseen ? .foreseen : .usual, sessions)
        }
        try StageScheduler(sessions).run()
    }

    private func begin(_ phase: Phase, _ sessions: [BuildSession]) {
        for session in sessions { session.forgetResults() }
        state.withLock { $0 = State(phase: phase) }
    }

    /// Asks all stages to stop at their next step.
    func stop() { state.withLock { $0.isStopped = true } }

    var isStopped: Bool { state.withLock(\.isStopped) }

    /// Fetches what the stages of all platforms start and copy from, side by side. What cannot be had is found missing
    /// where it is needed.
    func fetchBases(_ request: BuildRequest) throws {
        var seen: Set<BaseImages.Wanted> = []
        let wanted = try request.targets.flatMap { target in
            let variables = try GlobalVariables(document, of: request, for: target)
            let graph = try BuildGraph(document, variables, of: request, for: target, images: nil)
            return graph.images(of: request, for: target)
        }
        .filter { seen.insert($0).inserted && bases.isMissing($0) }
        guard wanted.count > 1 else { return }
        _ = try Parallel.map(wanted, width: 4) { [bases] in _ = try? bases.find($0.name, for: $0.platform) }
    }

    // MARK: Steps

    /// What a step comes to that depends on this, found or made by the first that needs it.
    func once(_ key: String, _ make: () throws -> BuildCache.Step) throws -> BuildCache.Step {
        try state.withLock(\.makings).value(key) {
            guard !isStopped else { throw StageStopped() }
            do {
                return try make()
            } catch {
                // Whoever waits for it must not try once more.
                stop()
                throw error
            }
        }.value
    }

    /// What a step came to that depends on this: here, or in a cache that others share.
    func known(_ key: String) -> BuildCache.Step? {
        if let step = cache.step(key), shelf.contains(step.layer) { return step }
        do {
            guard let step = try imports?.layer(key), shelf.contains(step.layer) else {
                return phase == .usual ? nil : imports?.absent(key)
            }
            try cache.save(step, as: key)
            return step
        } catch {
            tell(.warning("a layer of a shared cache cannot be had: \(error)"))
            return nil
        }
    }

    /// Notes what a step of this build came to.
    ///
    /// - Parameter isUnchanged: whether that is the layer below, which is not the step's own.
    func note(_ step: BuildCache.Step, for keys: [String], isUnchanged: Bool = false) {
        let steps = keys.map {
            CacheDocument.Step(key: $0, layer: step.layer, created: step.created, isUnchanged: isUnchanged)
        }
        state.withLock { $0.steps += steps }
    }

    /// What all steps of this build came to, in the order of their keys.
    var steps: [CacheDocument.Step] { state.withLock(\.steps).sorted { $0.key < $1.key } }

    /// Starts foreign programs, as the kernel says at the time.
    func emulators() throws -> BinaryHandlers { try BinaryHandlers(handlers) }
}
