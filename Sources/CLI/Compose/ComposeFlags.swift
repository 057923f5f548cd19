import ComposeSpec

/// The flags before a command of Compose, with what the environment says where they are not given.
struct ComposeFlags: Sendable {
    /// Compose files; none is discovery. `-` is standard input.
    var files: [String] = []
    var projectName: String?
    var projectDirectory: String?
    var environmentFiles: [String] = []
    var profiles: [String] = []
    /// Whether the plan is printed and nothing is done.
    var isDryRun = false
    /// Whether networks and volumes that no service uses are kept.
    var keepsAllResources = false
    /// How many images may come or go at once; nil is all.
    var imageLimit: Int?
    /// Whether names are joined by underscores, if the flag says.
    var isCompatible: Bool?
    var progress = ProgressStyle.automatic
    var ansi = Ansi.auto
    /// Whether the user is asked before files from elsewhere are used.
    var asksAboutRemoteFiles = false
    /// Whether what pulls and builds say is left out.
    var hidesImageOutput = false

    init() {}
}

extension ComposeFlags {
    static let file = Flag.list("-f, --file", "Compose file to read; further ones override it")
    static let projectNameFlag = Flag<String?>.text("-p, --project-name", "Name of the project")
    static let directory = Flag<String?>.text("--project-directory", "Folder that relative paths start from")
    static let workdir = Flag<String?>.text("--workdir", "The same as --project-directory").hidden
    static let environmentFile = Flag.list("--env-file", "File with values for variables in Compose files")
    static let profile = Flag.list("--profile", "Profile to enable; * is all")
    static let parallelFlag = Flag.number("--parallel", "How many images may come or go at once; -1 is all")
    static let progressFlag = Flag<String?>.text("--progress", "How progress is shown: auto, tty, plain, json, quiet")
    static let ansiFlag = Flag<String?>.text("--ansi", "When to use colors: never, always, auto")
    static let noAnsi = Flag.toggle("--no-ansi", "The same as --ansi never").hidden
    static let compatibility = Flag.toggle("--compatibility", "Join the parts of names by underscores")
    static let dryRun = Flag.toggle("--dry-run", "Print the steps with their causes, and take none of them")
    static let allResources = Flag.toggle("--all-resources", "Keep networks and volumes that no service uses")
    static let verbose = Flag.toggle("--verbose", "Say more").hidden
    static let version = Flag.toggle("-v, --version", "Print the version").hidden
    static let root = Flag<String?>.text("--root", "Folder that holds everything, in place of the machine's own")

    /// What comes before the command, and may come after it.
    static let all: [any FlagDeclaration] = [
        file, projectNameFlag, directory, workdir, environmentFile, profile, parallelFlag, progressFlag, ansiFlag,
        noAnsi,
        compatibility, dryRun, allResources, verbose, version, root, Help.flag,
    ]

    /// - Throws: ``UsageError`` for values that are none.
    init(_ arguments: Arguments, environment: [String: String]) throws {
        files = arguments[Self.file]
        projectName = arguments[Self.projectNameFlag]
        projectDirectory = arguments[Self.directory] ?? arguments[Self.workdir]
        environmentFiles = arguments[Self.environmentFile]
        if environmentFiles.isEmpty { environmentFiles = Self.list(environment["COMPOSE_ENV_FILES"]) }
        profiles = arguments[Self.profile].flatMap { Self.list($0) }
        if profiles.isEmpty { profiles = Self.list(environment["COMPOSE_PROFILES"]) }
        isCompatible = arguments.has(Self.compatibility) ? arguments[Self.compatibility] : nil
        imageLimit = try Self.imageLimit(arguments[Self.parallelFlag], environment["COMPOSE_PARALLEL_LIMIT"])
        isDryRun = arguments[Self.dryRun]
        keepsAllResources = arguments[Self.allResources]
        ansi = try Ansi(
            arguments[Self.noAnsi] ? "never" : arguments[Self.ansiFlag] ?? environment["COMPOSE_ANSI"],
            noColor: environment["NO_COLOR"]
        )
        progress = try ProgressStyle(
            named: arguments[Self.progressFlag] ?? environment["COMPOSE_PROGRESS"] ?? "auto",
            ansi: ansi
        )
    }

    /// - Throws: ``UsageError`` for a variable that is no number.
    private static func imageLimit(_ flag: Int?, _ variable: String?) throws(UsageError) -> Int? {
        var limit = flag
        if limit == nil, let text = variable, !text.isEmpty {
            guard let number = Int(text) else {
                throw .conflict("COMPOSE_PARALLEL_LIMIT must be an integer (found: \(text.quoted))")
            }
            limit = number
        }
        return limit.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map(String.init)
    }

    /// Whether a variable of the environment says yes.
    static func isTrue(_ text: String?) -> Bool {
        ["1", "t", "true", "y", "yes"].contains((text ?? "").lowercased())
    }
}

extension ComposeFlags {
    /// A project whose names are joined as the flag or the variable says, which a file of variables may give too.
    func naming(_ project: Project) -> Project {
        var project = project
        let isCompatible = isCompatible ?? Self.isTrue(project.environment["COMPOSE_COMPATIBILITY"])
        project.nameSeparator = isCompatible ? "_" : "-"
        return project
    }

    /// The display of progress that the flags ask for.
    ///
    /// - Parameters:
    ///   - title: what is done, such as `up`.
    ///   - isDebugging: Whether what checks find is explained.
    func renderer(title: String, isDebugging: Bool) -> any ProgressRenderer {
        let renderer = progress.renderer(title: title, isDebugging: isDebugging)
        return hidesImageOutput ? ImageSilence(renderer: renderer) : renderer
    }
}

/// When colors and cursor movements are used.
enum Ansi: String, Sendable {
    case never, always, auto

    init(_ text: String?, noColor: String?) throws(UsageError) {
        let word = text ?? ""
        guard !word.isEmpty else {
            self = (noColor ?? "").isEmpty ? .auto : .never
            return
        }
        guard let ansi = Ansi(rawValue: word) else {
            throw .conflict("unknown value \(word.quoted) for --ansi: use never, always or auto")
        }
        self = ansi
    }
}
