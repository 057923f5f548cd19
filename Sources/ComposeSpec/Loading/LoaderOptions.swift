/// What to load, and how.
public struct LoaderOptions: Sendable {
    /// `-f`: the files, in order; empty looks at `COMPOSE_FILE`, then for the usual names. `-` is standard input.
    public var files: [String] = []
    /// `--project-directory`: where relative paths start; nil is the first file's folder.
    public var projectDirectory: String?
    /// `-p`: nil leaves it to `COMPOSE_PROJECT_NAME`, the files and the folder's name.
    public var projectName: String?
    /// `--profile`: those of `COMPOSE_PROFILES` come in when it is empty.
    public var profiles: [String] = []
    /// `--env-file`: those of `COMPOSE_ENV_FILES` come in when it is empty.
    public var environmentFiles: [String] = []
    /// The process's working directory, absolute.
    public var workingDirectory: String
    /// The process's environment.
    public var environment: [String: String]
    /// The services that the command names; empty is all enabled ones.
    public var services: [String] = []
    /// Whether what the named services need is kept too.
    public var includesDependencies = true
    /// Whether variables are replaced; only `Loader.model` can do without.
    public var interpolates = true
    /// Whether relative paths are made absolute.
    public var resolvesPaths = true
    /// Whether defaults and names are filled in; a project can only be made of files that are complete without.
    public var normalizes = true
    /// Whether everything that is referred to must be there.
    public var checksConsistency = true
    /// Brings files that are not on this machine; nil refuses them.
    public var remoteFiles: (any RemoteFiles)?
    /// Whether it is remembered where values are from.
    public var explains = false
    /// Whether networks, volumes, configs and secrets that no service uses are kept.
    public var keepsUnusedResources = false
    /// Whether `env_file` and `label_file` are read.
    public var readsServiceFiles = true

    /// The options of a command without flags.
    public init(workingDirectory: String, environment: [String: String]) {
        self.workingDirectory = workingDirectory
        self.environment = environment
    }
}
