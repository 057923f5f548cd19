import ComposeSpec
import Orchestrator

/// What the flags of `up` and `create` say of containers and images.
struct UpWishes: Sendable {
    private let arguments: Arguments
    private let base: UpOptions

    /// - Throws: ``UsageError`` where flags exclude each other.
    init(_ arguments: Arguments) throws(UsageError) {
        self.arguments = arguments
        try CommonFlag.isBuildConflict(arguments)
        let recreates = [CommonFlag.forceRecreate, Self.alwaysRecreateDependencies, Self.renewVolumes]
        if arguments[CommonFlag.noRecreate], let other = recreates.first(where: { arguments[$0] }) {
            throw .conflict("--\(other.long) and --no-recreate are incompatible")
        }
        var options = UpOptions()
        options.services = arguments.positionals
        if arguments[CommonFlag.forceRecreate] { options.recreation = .always }
        if arguments[CommonFlag.noRecreate] { options.recreation = .never }
        options.dependencyRecreation = options.recreation == .never ? .never : .diverged
        if arguments[Self.alwaysRecreateDependencies] { options.dependencyRecreation = .always }
        options.renewsAnonymousVolumes = arguments[Self.renewVolumes]
        options.ignoresDependencies = arguments[CommonFlag.noDependencies]
        options.scale = try CommonFlag.scale(arguments[CommonFlag.scale])
        if arguments[CommonFlag.build] { options.building = .always }
        if arguments[CommonFlag.noBuild] { options.building = .never }
        options.pullPolicy = try CommonFlag.pullPolicy(arguments)
        options.stopTimeout = arguments[CommonFlag.timeout]
        base = options
    }

    static let alwaysRecreateDependencies = Flag.toggle(
        "--always-recreate-deps",
        "Replace containers of services too that are needed"
    )
    static let renewVolumes = Flag.toggle("-V, --renew-anon-volumes", "Make volumes anew that nobody named")

    /// The services that are named.
    var services: [String] { base.services }

    /// The options, with what the environment says.
    func options(for project: Project, in session: Session) throws(UsageError) -> UpOptions {
        var options = base
        options.removesOrphans = session.isOn(
            CommonFlag.removeOrphans,
            in: arguments,
            else: "COMPOSE_REMOVE_ORPHANS",
            of: project
        )
        options.ignoresOrphans = ComposeFlags.isTrue(project.environment["COMPOSE_IGNORE_ORPHANS"])
        if options.removesOrphans, options.ignoresOrphans {
            throw .conflict("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans")
        }
        return options
    }
}

extension Session {
    /// Brings a project up and returns: `up -d`, `create`, `scale`.
    func bringUp(_ title: String, _ project: Project, _ options: UpOptions) throws -> Int32 {
        guard !compose.isDryRun else {
            try show(Plan(up: project, observed: engine.observe(project), options: options))
            return 0
        }
        try work(title) { try await $0.up(project, options: options) }
        return 0
    }
}
