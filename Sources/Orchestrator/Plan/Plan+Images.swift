public import ComposeSpec
import OCI

/// What `build` may be asked.
public struct BuildOptions: Hashable, Sendable {
    /// The services asked for; none is all that have a build section.
    public var services: [String] = []
    /// Arguments over those of the files; nil takes the value from the environment of the project.
    public var arguments: [String: String?] = [:]
    /// Whether every step is carried out anew.
    public var ignoresCache = false
    /// Whether base images are pulled again.
    public var pulls = false
    /// Agents besides those of the files: `id[=path]`, with absolute paths.
    public var agents: [String] = []
    /// How many bytes of memory each command of a build may use.
    public var memory: Int64?
    /// Whether services that the named ones need are built too.
    public var includesDependencies = false
    /// Whether no more than the outcome is reported.
    public var isQuiet = false
    /// What is attested of how images are made, in place of what the files say.
    public var provenance: String?
    /// What is attested of what they are made of, in place of what the files say.
    public var sbom: String?
    /// Whether images go to their registries, if their services say what they are called.
    public var pushes = false

    /// Everything, as the files say.
    public init() {}
}

/// What `pull` may be asked.
public struct PullOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// Whether the images of services that the named ones need are pulled too.
    public var includesDependencies = false
    /// Whether the rest goes on after a failure.
    public var ignoresFailures = false
    /// Whether images that can be built are left out.
    public var ignoresBuildable = false
    /// Whether only what is missing is pulled.
    public var onlyMissing = false

    /// The images of every service.
    public init() {}
}

/// What `push` may be asked.
public struct PushOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// Whether the images of services that the named ones need go too.
    public var includesDependencies = false
    /// Whether the rest goes on after a failure.
    public var ignoresFailures = false

    /// The images of every service.
    public init() {}
}

extension Plan {
    /// `build`: builds the images of services with a build section, those that serve others as contexts first.
    public init(build project: Project, options: BuildOptions = BuildOptions()) throws(PlanError) {
        self.init()
        let view = ProjectView(project: project, observed: Observation())
        var selected = try view.selection(options.services)
        if options.includesDependencies { selected = view.graph.closure(of: selected.sorted()) }
        var steps: [String: Int] = [:]
        for name in view.graph.order(selected) {
            try addBuild(of: name, project: project, options: options, steps: &steps)
        }
    }

    private mutating func addBuild(
        of name: String,
        project: Project,
        options: BuildOptions,
        steps: inout [String: Int]
    ) throws(PlanError) {
        guard let service = project.anyService(name),
            var build = try ImageBuild(of: service, in: project, isForRunning: false)
        else { return }
        guard steps[build.image] == nil else { return }
        build.definition.arguments.merge(options.arguments) { _, given in given }
        build.definition.ignoresCache = build.definition.ignoresCache || options.ignoresCache
        build.definition.pulls = build.definition.pulls || options.pulls
        build.agents += options.agents
        build.definition.provenance = options.provenance ?? build.definition.provenance
        build.definition.sbom = options.sbom ?? build.definition.sbom
        build.memory = options.memory
        build.isQuiet = options.isQuiet
        build.isPushed = options.pushes && service.image != nil
        try project.refuseContextCycle(of: service)
        for context in build.serviceImages.keys.sorted() {
            try addBuild(of: context, project: project, options: options, steps: &steps)
        }
        let before = build.serviceImages.values.compactMap { steps[$0] }
        steps[build.image] = add(.buildImage(build), after: before, because: "build")
    }

    private static func isLatest(_ image: String) -> Bool {
        guard let reference = try? ImageReference(parsing: image) else { return false }
        return reference.tag == "latest" && reference.digest == nil
    }

    /// `push`: brings the images of services that are built here to their registries, each once.
    public init(push project: Project, options: PushOptions = PushOptions()) throws(PlanError) {
        self.init()
        let view = ProjectView(project: project, observed: Observation())
        var selected = try view.selection(options.services)
        if options.includesDependencies { selected = view.graph.closure(of: selected.sorted()) }
        var seen: Set<String> = []
        for service in view.graph.order(selected).compactMap(project.service) {
            guard let build = service.build, let image = service.image else {
                settled.append(Event(.image(project.imageName(of: service)), .skipped))
                continue
            }
            for reference in [image] + build.tags where seen.insert(reference).inserted {
                let push = ImagePush(reference: reference, isOptional: options.ignoresFailures)
                add(.pushImage(push), because: "push")
            }
        }
    }

    /// `pull`: fetches the images of services, each once.
    public init(pull project: Project, observed: Observation, options: PullOptions = PullOptions()) throws(PlanError) {
        self.init()
        let view = ProjectView(project: project, observed: observed)
        var selected = try view.selection(options.services)
        if options.includesDependencies { selected = view.graph.closure(of: selected.sorted()) }
        var seen: Set<String> = []
        for service in view.graph.order(selected).compactMap(project.service) {
            guard let image = service.image, service.provider == nil, seen.insert(image).inserted else { continue }
            let isHere = observed.images[image] != nil
            // What is called the latest may have become another.
            let mayStay = options.onlyMissing || service.pullPolicy == .missing && !Self.isLatest(image)
            let isSkipped =
                mayStay && isHere || options.ignoresBuildable && service.build != nil
                || service.pullPolicy == .never || service.pullPolicy == .build && service.build != nil
            guard !isSkipped else {
                settled.append(Event(.image(image), .skipped))
                continue
            }
            let pull = ImagePull(
                reference: image,
                platform: project.platform(of: service),
                isOptional: options.ignoresFailures || service.build != nil
            )
            add(.pullImage(pull), because: "pull")
        }
    }
}
