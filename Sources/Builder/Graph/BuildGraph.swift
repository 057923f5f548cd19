import Dockerfile
import OCI

/// Which stages a build needs, what each is made from, and what has to come first.
struct BuildGraph: Sendable {
    /// Where a tree comes from.
    enum Source: Hashable, Sendable {
        case scratch
        /// The stage with this index.
        case stage(Int)
        case image(String)
        /// A named context of the request.
        case context(String)
    }

    /// A stage, resolved.
    struct Node: Sendable {
        let stage: Stage
        let base: Source
        /// As FROM asks.
        let platform: Platform?
        /// What every `--from` of the stage means.
        let sources: [String: Source]

        /// The stages that must be complete before this one starts.
        var predecessors: Set<Int> {
            Set(
                ([base] + sources.values).compactMap {
                    if case .stage(let index) = $0 { index } else { nil }
                }
            )
        }
    }

    /// The stages that the target needs, and no other, by index.
    let nodes: [Int: Node]
    let target: Int

    /// - Parameter triggers: what an image for a platform has its children do; nil is the platform that is built for.
    init(
        _ document: DockerfileDocument,
        target: String?,
        variables: GlobalVariables,
        contexts: Set<String>,
        emptyContexts: Set<String> = [],
        triggers: @escaping (String, Platform?) -> [String] = { _, _ in [] }
    ) throws {
        let resolver = Resolver(
            document: document,
            expander: variables.expander,
            contexts: contexts,
            emptyContexts: emptyContexts,
            imageTriggers: triggers
        )
        let last = try resolver.target(target)
        var nodes: [Int: Node] = [:]
        var waiting = [last]
        while let index = waiting.popLast() {
            guard nodes[index] == nil else { continue }
            let node = try resolver.node(document.stages[index])
            nodes[index] = node
            waiting += node.predecessors.sorted()
        }
        self.nodes = nodes
        self.target = last
        try refuseCycles(document)
    }

    /// The graph of a build.
    ///
    /// - Parameter images: those that are here, whose triggers may name further stages; nil where that is no matter.
    init(
        _ document: DockerfileDocument,
        _ variables: GlobalVariables,
        of request: BuildRequest,
        for target: Platform,
        images: BaseImages?
    ) throws {
        try self.init(
            document,
            target: request.target,
            variables: variables,
            contexts: Set(request.namedContexts.keys),
            emptyContexts: Set(request.namedContexts.filter { $0.value == .image("scratch") }.keys)
        ) { name, platform in
            (try? images?.base(name, for: platform ?? target))?.configuration.config.onBuild ?? []
        }
    }

    /// What stages start from and copy from, each for its platform.
    func sources(for target: Platform) -> [(source: Source, platform: Platform)] {
        nodes.values.flatMap { node in
            [(node.base, node.platform ?? target)] + node.sources.values.map { ($0, target) }
        }
    }

    /// The images that those may be.
    func images(of request: BuildRequest, for target: Platform) -> [BaseImages.Wanted] {
        let wanted = sources(for: target).flatMap { source, platform in
            request.imageNames(of: source).map { BaseImages.Wanted(name: $0, platform: platform) }
        }
        return Set(wanted).sorted { ($0.name, $0.platform.description) < ($1.name, $1.platform.description) }
    }

    /// Takes away what has no predecessor left until nothing is left; what remains goes in circles.
    private func refuseCycles(_ document: DockerfileDocument) throws {
        var open = nodes.mapValues(\.predecessors)
        while let ready = open.first(where: { $0.value.isEmpty })?.key {
            open[ready] = nil
            for index in open.keys { open[index]?.remove(ready) }
        }
        guard var place = open.keys.min() else { return }
        var path = [place]
        while let next = open[place]?.min(), !path.contains(next) {
            path.append(next)
            place = next
        }
        let first = open[place]?.min().flatMap(path.firstIndex) ?? 0
        let circle = path[first...] + [path[first]]
        throw BuilderError(.cycle(circle.map { document.stages[$0].label }))
    }
}

extension Stage {
    /// What it has its children do.
    fileprivate var triggers: [String] {
        instructions.compactMap { located in
            if case .onbuild(let text) = located.instruction { text } else { nil }
        }
    }

    /// The stage's name, or `stage-1`.
    var label: String { from.name ?? "stage-\(index)" }
}

/// Finds out what names stand for.
private struct Resolver {
    let document: DockerfileDocument
    let expander: WordExpander
    let contexts: Set<String>
    /// Those that stand for nothing.
    let emptyContexts: Set<String>
    let imageTriggers: (String, Platform?) -> [String]

    func target(_ name: String?) throws -> Int {
        guard let name else { return document.stages.count - 1 }
        if let index = stage(named: name, before: document.stages.count) { return index }
        if let index = Int(name), document.stages.indices.contains(index) { return index }
        throw BuilderError(.missingTarget(name))
    }

    func node(_ stage: Stage) throws -> BuildGraph.Node {
        if let context = stage.from.name.flatMap(context) {
            var stage = stage
            stage.instructions = []
            return BuildGraph.Node(stage: stage, base: context, platform: nil, sources: [:])
        }
        let image = try expand(stage.from.image, of: stage)
        guard !image.isEmpty else {
            throw DockerfileError(
                file: document.file,
                position: stage.from.range.start,
                problem: .badValue(stage.from.image, expected: "an image's name once its variables are replaced")
            )
        }
        let base = base(image, for: stage)
        let platform = try platform(of: stage)
        var sources: [String: BuildGraph.Source] = [:]
        for located in try triggers(of: base, for: stage, platform) + stage.instructions {
            for name in Self.sources(of: located.instruction) {
                sources[name] = try source(name, for: stage, at: located)
            }
        }
        return BuildGraph.Node(stage: stage, base: base, platform: platform, sources: sources)
    }

    /// The platform that FROM asks for; nil where it asks for none, or for nothing once its variables are replaced.
    private func platform(of stage: Stage) throws -> Platform? {
        guard let asked = stage.from.platform else { return nil }
        let text = try expand(asked, of: stage)
        do throws(OCIError) {
            return try text.isEmpty ? nil : Platform(parsing: text)
        } catch {
            throw DockerfileError(
                file: document.file,
                position: stage.from.range.start,
                problem: .badFlagValue("platform", value: text, expected: "os/architecture[/variant]")
            )
        }
    }

    private func triggers(
        of base: BuildGraph.Source,
        for stage: Stage,
        _ platform: Platform?
    ) throws -> [LocatedInstruction] {
        let texts =
            switch base {
            case .image(let name), .context(let name): imageTriggers(name, platform)
            case .stage(let index): document.stages[index].triggers
            case .scratch: [String]()
            }
        return try document.triggers(texts, at: stage.from.range)
    }

    private func expand(_ text: String, of stage: Stage) throws -> String {
        do throws(DockerfileProblem) {
            return try expander.expand(text)
        } catch {
            throw DockerfileError(file: document.file, position: stage.from.range.start, problem: error)
        }
    }

    private func base(_ image: String, for stage: Stage) -> BuildGraph.Source {
        if let context = context(image) { return context }
        if let index = self.stage(named: image, before: stage.index) { return .stage(index) }
        return image == "scratch" ? .scratch : .image(image)
    }

    /// What a `--from` means: a named context, a stage by name or index, or an image.
    private func source(
        _ name: String,
        for stage: Stage,
        at located: LocatedInstruction
    ) throws -> BuildGraph.Source {
        if let context = context(name) { return context }
        guard !name.contains("$") else {
            throw DockerfileError(
                file: document.file,
                position: located.range.start,
                problem: .badFlagValue("from", value: name, expected: "a name without variables: FROM $… AS a stage")
            )
        }
        if let index = self.stage(named: name, before: stage.index) { return .stage(index) }
        if let index = self.stage(named: name, before: document.stages.count) { return .stage(index) }
        guard let index = Int(name) else { return .image(name) }
        guard index >= 0, index < stage.index else {
            throw DockerfileError(
                file: document.file,
                position: located.range.start,
                problem: .badFlagValue("from", value: name, expected: "the index of an earlier stage")
            )
        }
        return .stage(index)
    }

    /// What the request puts in the place of a stage or an image of that name.
    private func context(_ name: String) -> BuildGraph.Source? {
        let names = [name, String(name.lowercased())].compactMap { try? BuildRequest.contextName($0) }
        guard let name = names.first(where: contexts.contains) else { return nil }
        return emptyContexts.contains(name) ? .scratch : .context(name)
    }

    /// The latest stage of that name before an index.
    private func stage(named name: String, before limit: Int) -> Int? {
        let name = String(name.lowercased())
        return document.stages[..<limit].last { $0.from.name == name }?.index
    }

    /// The names in `--from` and `--mount=from=`.
    private static func sources(of instruction: Instruction) -> [String] {
        switch instruction {
        case .copy(let copy): copy.from.map { [$0] } ?? []
        case .add(let add): add.files.from.map { [$0] } ?? []
        case .run(let run): run.mounts.compactMap(\.from)
        default: []
        }
    }
}
