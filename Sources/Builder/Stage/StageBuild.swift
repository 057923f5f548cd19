import Dockerfile
import Linux
import OCI
import Storage
import SystemPackage

/// Carries one stage out, instruction by instruction.
struct StageBuild {
    let session: BuildSession
    let node: BuildGraph.Node
    var state: StageState
    /// What the base has its children do before anything else.
    private let triggers: [LocatedInstruction]
    /// The number of the first instruction's step, less one: a base image is a step.
    private let baseSteps: Int
    private let steps: StepCounter

    /// Finds what the stage starts from. The stages that it needs must be complete.
    init(_ session: BuildSession, _ node: BuildGraph.Node) throws {
        self.session = session
        self.node = node
        let base: (image: ImageConfiguration, parent: StageState?)
        do {
            base = try Self.base(session, node)
        } catch let error as BuilderError where error.place == nil {
            throw BuilderError(error.problem, at: session.place(of: node.stage.from.range, nil))
        }
        state = StageState(
            from: base.image,
            global: session.variables,
            continuing: base.parent,
            escape: session.document.directives.escape,
            now: session.now
        )
        triggers = try session.document.triggers(base.image.config.onBuild, at: node.stage.from.range)
        let label = session.document.stages.count == 1 ? nil : node.stage.label
        let isImage = if case .image = node.base { true } else { false }
        baseSteps = isImage || Self.folder(session, node) != nil ? 1 : 0
        let instructions = triggers + node.stage.instructions
        steps = StepCounter(stage: label, count: baseSteps + instructions.count { $0.instruction.isStep })
    }

    private static func base(
        _ session: BuildSession,
        _ node: BuildGraph.Node
    ) throws -> (image: ImageConfiguration, parent: StageState?) {
        let platform = try node.platform.map { try Platform(parsing: $0) }
        switch node.base {
        case .scratch: return (ImageConfiguration(platform: platform ?? .host), nil)
        case .image(let name): return (try session.image(name).configuration, nil)
        case .stage(let index):
            guard let parent = session.result(of: index) else { return (ImageConfiguration(), nil) }
            return (parent.image, parent)
        case .context(let name):
            guard case .image(let image) = session.request.namedContexts[name] else {
                return (ImageConfiguration(platform: platform ?? .host), nil)
            }
            return (try session.image(image).configuration, nil)
        }
    }

    /// Runs the stage to its end.
    mutating func run() throws -> StageState {
        try showBase()
        try takeFolder()
        var number = baseSteps
        for (index, located) in (triggers + node.stage.instructions).enumerated() {
            guard !session.isStopped else { throw StageStopped() }
            if located.instruction.isStep { number += 1 }
            let isTrigger = index < triggers.count
            try carryOut(located, steps.step(number, isTrigger ? "ONBUILD \(located.text)" : located.text))
        }
        return state
    }

    /// A stage that begins with a folder has its files in a first layer.
    private mutating func takeFolder() throws {
        guard let name = Self.folder(session, node) else { return }
        let step = steps.step(1, node.stage.from.text)
        try shown(step, at: node.stage.from.range) { build throws in
            try build.copyAll(from: build.session.source(build.node.base), history: "FROM \(name)")
        }
    }

    /// The context that the stage begins with, if that is a folder.
    private static func folder(_ session: BuildSession, _ node: BuildGraph.Node) -> String? {
        guard case .context(let name) = node.base else { return nil }
        if case .image = session.request.namedContexts[name] { return nil }
        return name
    }

    private func showBase() throws {
        guard case .image = node.base else { return }
        let step = steps.step(1, node.stage.from.text)
        session.tell(.started(step))
        session.tell(.cached(step))
    }

    private mutating func carryOut(_ located: LocatedInstruction, _ step: BuildStep) throws {
        guard located.instruction.isStep else {
            try placed(located.range, nil) { build throws in _ = try build.state.apply(located.instruction) }
            return
        }
        try shown(step, at: located.range) { build throws in try build.change(located, step) }
    }

    /// Carries out something that may leave a layer, and shows it; the body says whether the result was there already.
    private mutating func shown(
        _ step: BuildStep,
        at range: SourceRange,
        _ body: (inout StageBuild) throws -> Bool
    ) throws {
        session.tell(.started(step))
        let start = MonotonicTime.now
        do {
            let isCached = try placed(range, step, body)
            let duration = MonotonicTime.now.nanoseconds - start.nanoseconds
            session.tell(isCached ? .cached(step) : .done(step, duration))
        } catch {
            session.tell(.failed(step, (error as? BuilderError).map { "\($0.problem)" } ?? "\(error)"))
            throw error
        }
    }

    /// Carries out an instruction that may leave a layer.
    ///
    /// - Returns: whether its result was there already.
    private mutating func change(_ located: LocatedInstruction, _ step: BuildStep) throws -> Bool {
        switch located.instruction {
        case .run(let run): return try self.run(run, step: step)
        case .copy(let copy): return try self.copy(CopyInstruction(copy), step: step)
        case .add(let add): return try self.copy(CopyInstruction(add), step: step)
        case .workdir(let path): return try changeDirectory(path)
        default: return true
        }
    }

    /// Gives an error the instruction's place.
    private mutating func placed<Result>(
        _ range: SourceRange,
        _ step: BuildStep?,
        _ body: (inout StageBuild) throws -> Result
    ) throws -> Result {
        do {
            return try body(&self)
        } catch let problem as DockerfileProblem {
            throw DockerfileError(file: session.document.file, position: range.start, problem: problem)
        } catch let error as BuilderError where error.place == nil {
            throw BuilderError(error.problem, at: session.place(of: range, step))
        } catch let error where !(error is BuilderError || error is DockerfileError || error is StageStopped) {
            throw BuilderError(.other("\(error)"), at: session.place(of: range, step))
        }
    }

}

extension BuildSession {
    /// Where an instruction stands, for an error.
    fileprivate func place(of range: SourceRange, _ step: BuildStep?) -> BuilderError.Place {
        BuilderError.Place(
            file: document.file,
            range: range,
            excerpt: document.excerpt(of: range),
            step: step?.description
        )
    }
}

/// A stage that ends because another one failed.
struct StageStopped: Error {}

/// Numbers the steps of a stage.
struct StepCounter {
    let stage: String?
    let count: Int

    func step(_ number: Int, _ text: String) -> BuildStep {
        BuildStep(stage: stage, number: number, count: count, text: text)
    }
}

extension Instruction {
    /// Whether progress counts it: whether it may change files.
    var isStep: Bool {
        switch self {
        case .run, .copy, .add, .workdir: true
        default: false
        }
    }
}

// MARK: Layers

extension StageBuild {
    /// Finds a step's layer in the cache, or makes it.
    ///
    /// - Parameters:
    ///   - keys: What the result depends on. A hit on any is good; all are remembered.
    ///   - make: Fills the layer's folder.
    /// - Returns: whether the layer was there already.
    mutating func layer(
        _ history: String,
        keys: [() throws -> CacheKey],
        make: (inout StageBuild, LayerDraft) throws -> Void
    ) throws -> Bool {
        var tried: [String] = []
        for key in keys {
            let key = try key().text
            tried.append(key)
            guard let known = cached(key) else { continue }
            for earlier in tried.dropLast() { try session.cache.save(known, as: earlier) }
            try session.cache.noteUse(of: known.layer, history, created: known.created)
            session.note(known, for: tried)
            state.note(history, layer: known.layer, created: known.created)
            return true
        }
        let draft = try session.layers.makeDraft()
        try make(&self, draft)
        let layer = try session.shelf.keep(draft, history)
        let result = BuildCache.Step(layer: layer, created: session.now)
        for key in tried { try session.cache.save(result, as: key) }
        session.note(result, for: tried)
        state.note(history, layer: layer, created: result.created)
        return false
    }

    private func cached(_ key: String) -> BuildCache.Step? {
        session.request.ignoresCache(of: node.stage) ? nil : session.known(key)
    }

    /// A key that begins with the layers so far.
    func key(_ kind: String, isDetached: Bool = false) -> CacheKey {
        var key = CacheKey(kind)
        key.add("layers", isDetached ? [] : state.layers.map(\.description))
        return key
    }

    /// The accounts of the stage's tree.
    func accounts(in tree: MergedTree) throws -> AccountTable {
        AccountTable(
            passwd: try tree.contents(of: TreePath(clamping: "etc/passwd")) ?? [],
            group: try tree.contents(of: TreePath(clamping: "etc/group")) ?? []
        )
    }

    // MARK: WORKDIR

    /// `WORKDIR`: the folder is made if it is missing, and belongs to the current user.
    private mutating func changeDirectory(_ text: String) throws -> Bool {
        let path = state.absolute(try state.variables.expander.expand(text))
        state.image.config.workingDir = path
        let tree = try session.tree(of: state.layers)
        let target = try TreePath(clamping: path)
        guard try tree.entry(at: tree.resolve(target)) == nil else {
            state.note("WORKDIR \(path)")
            return true
        }
        let owner = try accounts(in: tree).user(state.image.config.user ?? "")
        return try layer(
            "WORKDIR \(path)",
            keys: [
                { [key = key("workdir")] in
                    var key = key
                    key.add("path", path)
                    key.add("owner", "\(owner.uid):\(owner.gid)")
                    return key
                }
            ]
        ) { _, draft in
            var writer = try LayerWriter(draft.contents, over: tree, owner: owner, mode: nil)
            _ = try writer.makeFolder(target)
        }
    }
}
