public import SystemPackage

/// What a set of Compose files asks for: one validated value, with every short form spelled out,
/// every variable and path resolved, and every name settled.
public struct Project: Sendable, Hashable {
    /// The project's name: lower case letters, digits, `-` and `_`.
    public var name: String
    /// What joins the parts of the names of its containers and images: `-`, or `_` as in Compose's first version.
    public var nameSeparator = "-"
    /// The folder that relative paths started from, absolute.
    public var workingDirectory: FilePath
    /// The files the project was read from, absolute, in order; `-` is standard input.
    public var composeFiles: [String] = []
    /// The files among them, and among those that they name, that came from elsewhere, as they are written.
    public var remoteFiles: [String] = []
    /// The files that `--env-file` named, absolute; empty when only `.env` was considered.
    public var environmentFiles: [String] = []
    /// The environment that variables were looked up in: the process's own over that of the environment files.
    public var environment: [String: String] = [:]
    /// The services to run, by name.
    public var services: [Service] = []
    /// Services that no active profile enables, by name.
    public var disabledServices: [Service] = []
    /// Networks by key, `default` included when some service uses it.
    public var networks: [Network] = []
    /// Named volumes by key.
    public var volumes: [Volume] = []
    /// Configs by key.
    public var configs: [FileSource] = []
    /// Secrets by key.
    public var secrets: [FileSource] = []
    /// Secrets that no enabled service uses, by key.
    public var disabledSecrets: [FileSource] = []
    /// Language models by key.
    public var models: [Model] = []
    /// The profiles that were active.
    public var profiles: [String] = []

    /// An empty project.
    public init(name: String, workingDirectory: FilePath) {
        self.name = name
        self.workingDirectory = workingDirectory
    }

    /// The enabled service of this name.
    public func service(_ name: String) -> Service? { services.first { $0.name == name } }

    /// The service of this name, whether it is enabled or not: a build may take its image as a context.
    public func anyService(_ name: String) -> Service? {
        service(name) ?? disabledServices.first { $0.name == name }
    }

    /// The network with this key in the files.
    public func network(_ key: String) -> Network? { networks.first { $0.key == key } }

    /// The volume with this key in the files.
    public func volume(_ key: String) -> Volume? { volumes.first { $0.key == key } }

    /// The config with this key in the files.
    public func config(_ key: String) -> FileSource? { configs.first { $0.key == key } }

    /// The secret with this key in the files.
    public func secret(_ key: String) -> FileSource? { secrets.first { $0.key == key } }

    /// The secret of this key, whether an enabled service uses it or not: the build of a context may.
    public func anySecret(_ key: String) -> FileSource? {
        secret(key) ?? disabledSecrets.first { $0.key == key }
    }
}
