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
        let base: StageBase
        do {
            base = try StageBase(of: node, in: session)
        } catch let error as BuilderError where error.place == nil {
            throw BuilderError(error.problem, at: session.place(of: node.stage.from.range, nil))
        }
        state = StageState(
            from: base.image,
            for: base.platform,
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
        steps = StepCounter(
            stage: label,
            target: try session.request.isForSeveral ? session.target : nil,
            count: baseSteps + instructions.count { $0.instruction.isStep }
        )
    }

    /// Runs the stage to its end.
    mutating func run() throws -> StageState {
        try showBase()
        try takeFolder()
        var number = baseSteps
        for (index, located) in (triggers + node.stage.instructions).enumerated() {
            guard !session.shared.isStopped else { throw StageStopped() }
            if located.instruction.isStep { number += 1 }
            let isTrigger = index < triggers.count
            let text = isTrigger ? "ONBUILD \(located.text)" : located.text
            try carryOut(located, steps.step(number, text, of: state))
        }
        return state
    }

    /// A stage that begins with a folder has its files in a first layer.
    private mutating func takeFolder() throws {
        guard let name = Self.folder(session, node) else { return }
        let step = steps.step(1, node.stage.from.text, of: state)
        try shown(step, at: node.stage.from.range) { build throws in
            try build.copyAll(from: build.session.source(build.node.base), history: "FROM \(name)")
        }
    }

    /// The context that the stage begins with, if that is a folder.
    private static func folder(_ session: BuildSession, _ node: BuildGraph.Node) -> String? {
        guard case .context(let name) = node.base, session.request.imageNames(of: node.base).isEmpty else { return nil }
        return name
    }

    private func showBase() throws {
        guard case .image = node.base else { return }
        let step = steps.step(1, node.stage.from.text, of: state)
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
        } catch let error where !(error is StageStopped) {
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
        var isCached = true
        let first = try keys[0]().text
        let slot = "\(first) \(session.request.ignoresCache(of: node.stage))"
        let step = try session.shared.once(slot) {
            let texts = [{ first }] + keys.dropFirst().map { key in { try key().text } }
            var tried: [String] = []
            if let known = try find(texts, history, &tried) { return known }
            isCached = false
            guard session.shared.phase != .asking else { throw StageStopped() }
            let draft = try session.layers.makeDraft()
            try make(&self, draft)
            let made = BuildCache.Step(layer: try session.shelf.keep(draft, history), created: session.now)
            for key in tried { try session.cache.save(made, as: key) }
            session.shared.note(made, for: tried)
            return made
        }
        state.note(history, layer: step.layer, created: step.created)
        return isCached
    }

    /// What the first of several keys that something is known for leads to.
    ///
    /// - Parameter tried: gets the keys that were looked up.
    private func find(
        _ keys: [() throws -> String],
        _ history: String,
        _ tried: inout [String]
    ) throws -> BuildCache.Step? {
        for key in keys {
            let key = try key()
            tried.append(key)
            guard let known = cached(key) else { continue }
            if session.shelf.contains(known.layer) {
                for earlier in tried.dropLast() { try session.cache.save(known, as: earlier) }
                try session.cache.noteUse(of: known.layer, history, created: known.created)
            }
            session.shared.note(known, for: tried)
            return known
        }
        return nil
    }

    private func cached(_ key: String) -> BuildCache.Step? {
        session.request.ignoresCache(of: node.stage) ? nil : session.shared.known(key)
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
        let path = try state.changeDirectory(text)
        let user = state.image.config.user ?? ""
        var key = key("workdir")
        key.add("path", path)
        key.add("user", user)
        // A step that has changed nothing is noted as the layer below.
        let known = cached(key.text)
        guard known == nil || known?.layer == state.layers.last else { return try make(path, for: user, key) }
        if let known {
            session.shared.note(known, for: [key.text], isUnchanged: true)
            state.note("WORKDIR \(path)")
            return true
        }
        let tree = try session.tree(of: state.layers)
        guard let entry = try tree.entry(at: tree.resolve(TreePath(clamping: path))) else {
            return try make(path, for: user, key)
        }
        guard entry.kind == .folder else { throw BuilderError(.notAFolder(path)) }
        if let last = state.layers.last {
            let result = BuildCache.Step(layer: last, created: session.now)
            try session.cache.save(result, as: key.text)
            session.shared.note(result, for: [key.text], isUnchanged: true)
        }
        state.note("WORKDIR \(path)")
        return true
    }

    private mutating func make(_ path: String, for user: String, _ key: CacheKey) throws -> Bool {
        try layer("WORKDIR \(path)", keys: [{ key }]) { build, draft in
            let tree = try build.session.tree(of: build.state.layers)
            let owner = try build.accounts(in: tree).user(user)
            var writer = try LayerWriter(draft.contents, over: tree, owner: owner, mode: nil)
            _ = try writer.makeFolder(TreePath(clamping: path))
        }
    }
}
