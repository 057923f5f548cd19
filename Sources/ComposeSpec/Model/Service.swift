public import YAML

/// One service of a project. Nil means that the file says nothing, so the image's or the engine's default applies.
///
/// Durations are nanoseconds, sizes bytes.
public struct Service: Sendable, Hashable {
    /// Its key in the files.
    public var name: String
    /// Where each attribute of the service stands, by key, such as `image` or `ports`; for messages at run time.
    public var places: [String: Mark] = [:]
    /// Where the service itself stands.
    public var place: Mark?

    // What to run

    /// The image as written; nil when only `build` names one, which is then called `<project>-<service>`.
    public var image: String?
    /// How to build the image.
    public var build: Build?
    /// When to pull or build.
    public var pullPolicy: PullPolicy?
    /// `os[/arch[/variant]]`.
    public var platform: String?
    /// Nil is the image's, empty clears it.
    public var command: [String]?
    /// Nil is the image's, empty clears it. Setting one drops the image's command.
    public var entrypoint: [String]?
    /// The variables of `env_file` and `environment`; a nil value takes a variable of the image away.
    public var environment: [String: String?] = [:]
    /// The working directory inside.
    public var workingDirectory: String?
    /// `user[:group]`.
    public var user: String?
    /// Further groups, names or numbers.
    public var additionalGroups: [String] = []
    /// Whether an init of the engine's is the first process.
    public var hasInit: Bool?
    /// Whether it gets a terminal.
    public var hasTerminal = false
    /// Whether standard input stays open.
    public var keepsStandardInputOpen = false
    /// The runtime's name.
    public var runtime: String?
    /// What another program provides instead of a container.
    public var provider: Provider?

    // What it is called

    /// A fixed name instead of `<project>-<service>-<n>`.
    public var containerName: String?
    /// The host name inside.
    public var hostname: String?
    /// The domain name inside.
    public var domainname: String?
    /// The user's labels, those of `label_file` included.
    public var labels: [String: String] = [:]
    /// OCI annotations.
    public var annotations: [String: String] = [:]

    // When it runs

    /// How many containers: `scale`, `deploy.replicas`, or 1.
    public var replicas = 1
    /// What must be there before it, by service name; implied dependencies included.
    public var dependencies: [String: Dependency] = [:]
    /// The profiles that enable it; empty is always enabled.
    public var profiles: [String] = []
    /// What to do when it ends, `deploy.restart_policy` considered.
    public var restart: RestartPolicy?
    /// The health probe; nil is the image's.
    public var healthCheck: HealthCheck?
    /// The signal that asks it to stop.
    public var stopSignal: String?
    /// The time between asking and killing, in nanoseconds.
    public var stopGracePeriod: Int?
    /// Commands run in containers of their own before the first replica starts.
    public var preStart: [Hook] = []
    /// Commands run inside after the start.
    public var postStart: [Hook] = []
    /// Commands run inside before the stop.
    public var preStop: [Hook] = []
    /// Whether an attached `up` shows its output.
    public var isAttached = true
    /// Where output goes.
    public var logging: Logging?

    // Files

    /// Volumes, binds and memory file systems.
    public var mounts: [Mount] = []
    /// `service[:ro]` or `container:name[:ro]`.
    public var volumesFrom: [String] = []
    /// `path[:options]` of memory file systems.
    public var tmpfs: [String] = []
    /// Whether the root file system is read-only.
    public var isReadOnly = false
    /// Configs to appear inside.
    public var configs: [FileReference] = []
    /// Secrets to appear inside.
    public var secrets: [FileReference] = []
    /// Options of the storage driver.
    public var storageOptions: [String: String] = [:]

    // Network

    /// Nil when `networks` says it.
    public var networkMode: NetworkMode?
    /// The networks it is on, by key; the primary one first.
    public var networks: [NetworkAttachment] = []
    /// The published ports.
    public var ports: [Port] = []
    /// Ports such as `80/tcp` that are declared and not published.
    public var exposed: [String] = []
    /// `service:alias`.
    public var links: [String] = []
    /// `container:alias`.
    public var externalLinks: [String] = []
    /// `name=address` for `/etc/hosts`; the address may be `host-gateway`.
    public var extraHosts: [String] = []
    /// Name servers.
    public var dns: [String] = []
    /// Search domains.
    public var dnsSearch: [String] = []
    /// Options of resolv.conf.
    public var dnsOptions: [String] = []
    /// The hardware address on the primary network.
    public var macAddress: String?

    // Bounds

    /// Limits, those of `deploy.resources` considered.
    public var resources = Resources()
    /// Capabilities added.
    public var capabilitiesAdded: [String] = []
    /// Capabilities taken away.
    public var capabilitiesDropped: [String] = []
    /// Whether all is allowed.
    public var isPrivileged = false
    /// Such as `no-new-privileges:true`.
    public var securityOptions: [String] = []
    /// Kernel parameters of its namespaces.
    public var sysctls: [String: String] = [:]
    /// Devices it gets.
    public var devices: [Device] = []
    /// Rules such as `c 1:3 mr`.
    public var deviceCgroupRules: [String] = []
    /// Whose process identifiers it sees.
    public var pidMode: NamespaceMode?
    /// Whose shared memory it sees.
    public var ipcMode: NamespaceMode?
    /// Whose host name it has.
    public var utsMode: NamespaceMode?
    /// Whose cgroups it sees.
    public var cgroupMode: NamespaceMode?
    /// Whose user identifiers it has.
    public var userMode: NamespaceMode?
    /// The cgroup to be below.
    public var cgroupParent: String?

    /// SHA-256, in hexadecimal, of all that a change would have to recreate the containers for.
    public var configurationHash = ""

    /// A service about which only the name is known.
    public init(name: String) {
        self.name = name
    }
}
