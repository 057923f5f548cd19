import Containers
import Dockerfile
public import Images
import Linux
import OCI
public import Storage
import Synchronization
public import SystemPackage

/// Turns a Dockerfile and a folder into an image.
///
/// Stages that do not wait for each other are built at the same time. Every step that changes files leaves one layer, which
/// is found again by what it depends on; a build with nothing to do writes nothing.
public struct Builder: Sendable {
    let root: StateRoot
    let images: ImageStore
    private let layers: LayerStore
    private let runner: any StepRunner
    /// How registries are reached; nil is as the environment says.
    public var access: RegistryAccess?
    /// Where the kernel shows what starts programs of other processors; nil is to ask it.
    var handlers: FilePath?

    /// A builder for the images of a root.
    ///
    /// - Parameter programs: Where the programs are that a container needs, if not beside the running one.
    public init(root: StateRoot, images: ImageStore, programs: FilePath? = nil) {
        self.init(root: root, images: images, runner: SandboxRunner(root: root, programs: programs))
    }

    init(root: StateRoot, images: ImageStore, runner: any StepRunner) {
        self.root = root
        self.images = images
        layers = images.layers
        self.runner = runner
    }

    /// Builds what the request asks for, and gives it out as it says.
    ///
    /// - Parameter report: Told what happens, one event at a time, from whatever thread it happens on.
    /// - Returns: What it came to.
    /// - Throws: ``BuilderError`` and `DockerfileError`; errors of the stores as they are.
    @discardableResult
    public func build(
        _ request: BuildRequest,
        report: @escaping @Sendable (BuildEvent) -> Void = { _ in }
    ) throws -> BuildResult {
        let start = MonotonicTime.now
        try request.checkOutputs()
        let workspace = try Workspace.make(in: root, undo: runner.clear)
        try layers.sweep()
        defer { workspace.remove() }
        let cache = try BuildCache(root)
        let policy = try CacheSettings.policy(total: FileSystemSpace(at: root.data).total)
        let stores = BuildStores(images: images, runner: runner, access: access, handlers: handlers)
        let shelf = LayerShelf(layers, cache, workspace, now: try request.epoch ?? Timestamp.now())
        let remotes = try RemoteTrees(shelf, of: request)
        let arrived = try ContextArrival(remotes: remotes, images: images, tell: report).arrive(request)
        defer { withExtendedLifetime(arrived) {} }
        let request = arrived.request
        let imports = try imports(for: request, report)
        let shared = try SharedBuild(
            request: request,
            dockerfile: try DockerfileText(request),
            stores: stores,
            remotes: remotes,
            imports: imports,
            since: start,
            report: report
        )
        defer { shared.contexts.save() }
        try shared.fetchBases(request)
        let sessions = try request.targets.map { try BuildSession(shared, request, for: $0) }
        warn(request, shared)
        for session in sessions { try check(session) }
        defer { try? runner.finish() }
        try shared.run(sessions)
        let results = try sessions.map(PlatformResult.init)
        let export = ResultExport(request: request, results: results, images: images, access: access, tell: shared.tell)
        let outcome = try export.run()
        try exportCaches(of: shared, request, layers: Set(results.flatMap(\.state.layers)))
        if let policy, shelf.hasMadeLayers { bound(policy, shared) }
        return outcome
    }

    private func imports(for request: BuildRequest, _ tell: (BuildEvent) -> Void) throws -> CacheImport? {
        guard !request.cacheSources.isEmpty, !request.ignoresCache else { return nil }
        return try CacheImport(request.cacheSources, images: images, access: access, tell: tell)
    }

    /// Gives out what the steps came to.
    ///
    /// - Parameter layers: those of the results.
    private func exportCaches(of shared: SharedBuild, _ request: BuildRequest, layers: Set<Digest>) throws {
        for target in request.cacheTargets where target.place != .image {
            let isWanted = { (step: CacheDocument.Step) in
                let isHere = layers.contains(step.layer) || target.mode == .max && shared.shelf.contains(step.layer)
                return isHere && !step.isUnchanged
            }
            let (steps, others) = (shared.steps.filter(isWanted), shared.steps.filter { !isWanted($0) })
            let title = "exporting cache to \(target.place)"
            try BuildStep(title).perform(telling: shared.tell) {
                do {
                    try CacheExport(target: target, images: images, access: access).write(steps, absent: others)
                } catch {
                    guard target.ignoresErrors else { throw error }
                    shared.tell(.warning("\(title): \(error)"))
                }
            }
        }
    }

    /// Brings what a request names elsewhere, and calls the body with a request for which all of it is here.
    public func arriving<Result>(_ request: BuildRequest, _ body: (BuildRequest) throws -> Result) throws -> Result {
        guard request.namesOthers else { return try body(request) }
        let workspace = try Workspace.make(in: root, undo: runner.clear)
        defer { workspace.remove() }
        let shelf = LayerShelf(layers, try BuildCache(root), workspace, now: Timestamp.now())
        let remotes = try RemoteTrees(shelf, of: request)
        let arrived = try ContextArrival(remotes: remotes, images: images) { _ in }.arrive(request)
        defer { withExtendedLifetime(arrived) {} }
        return try body(arrived.request)
    }

    /// Removes from the cache what the machine's policy does not let stay. The image is made: a failure does not take that back.
    private func bound(_ policy: CachePolicy, _ shared: SharedBuild) {
        do {
            try CacheStore(root: root, images: images).collect(policy)
        } catch {
            shared.tell(.warning("the build cache could not be cleared up: \(error)"))
        }
    }

    /// Makes the checks of the stages that are built, and ends a build whose file wants no findings.
    private func check(_ session: BuildSession) throws {
        let checks = try session.checks()
        for finding in checks.findings {
            session.tell(.found(CheckNotice(finding: finding, document: checks.document)))
        }
        guard checks.areErrors, !checks.findings.isEmpty else { return }
        throw BuilderError(.checksFailed(Set(checks.findings.map(\.rule.rawValue)).sorted()))
    }

    private func warn(_ request: BuildRequest, _ shared: SharedBuild) {
        for warning in request.warnings { shared.tell(.warning(warning)) }
        let wish = request.arguments["BUILDKIT_SYNTAX"] ?? shared.document.directives.syntax
        if let syntax = wish, !Self.isOwnSyntax(syntax) {
            shared.tell(.warning("syntax \(syntax): frontends are not run, the built-in parser reads the file"))
        }
        let declared = shared.document.declaredArguments.union(GlobalVariables.implicit)
        let unused = request.arguments.keys.filter { name in
            !declared.contains(name) && !name.hasPrefix("BUILDKIT_") && name != "SOURCE_DATE_EPOCH"
        }
        guard !unused.isEmpty else { return }
        shared.tell(.warning("One or more build-args [\(unused.sorted().joined(separator: " "))] were not consumed"))
    }

    private static func isOwnSyntax(_ syntax: String) -> Bool {
        ["docker/dockerfile", "docker.io/docker/dockerfile"].contains { syntax == $0 || syntax.hasPrefix("\($0):") }
    }
}

/// What a build works on.
struct BuildStores: Sendable {
    let images: ImageStore
    let runner: any StepRunner
    let access: RegistryAccess?
    /// Where the kernel shows what starts programs of other processors; nil is to ask it.
    let handlers: FilePath?
}

extension DockerfileDocument {
    /// Every name that some `ARG` declares.
    fileprivate var declaredArguments: Set<String> {
        let all = globalArguments + stages.flatMap(\.instructions)
        return Set(
            all.flatMap { located in
                if case .arg(let declarations) = located.instruction { declarations.map(\.name) } else { [String]() }
            }
        )
    }
}
