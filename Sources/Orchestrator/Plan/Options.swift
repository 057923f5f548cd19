/// What `up`, `create` and `scale` may be asked.
public struct UpOptions: Hashable, Sendable {
    /// What happens to containers that exist.
    public enum Recreation: Hashable, Sendable {
        /// Those that differ from what is asked for are replaced.
        case diverged
        case always
        case never
    }

    /// When an image is built.
    public enum Building: Hashable, Sendable {
        case ifMissing, always, never
    }

    /// The services asked for; none is all.
    public var services: [String] = []
    /// What happens to containers that exist of the services asked for.
    public var recreation = Recreation.diverged
    /// The same for services that were not asked for by name but are needed.
    public var dependencyRecreation = Recreation.diverged
    /// Whether services that the named ones need are left alone.
    public var ignoresDependencies = false
    /// Whether containers of services that the files do not have any more are removed.
    public var removesOrphans = false
    /// Whether orphans are not even mentioned.
    public var ignoresOrphans = false
    /// Whether a replaced container's anonymous volumes go with it.
    public var renewsAnonymousVolumes = false
    /// Replicas, by service.
    public var scale: [String: Int] = [:]
    /// Whether containers are started; `create` and `--no-start` do not.
    public var starts = true
    /// When images are built.
    public var building = Building.ifMissing
    /// `always`, `missing`, `never`, `build`: overrules what services say.
    public var pullPolicy: String?
    /// Whether images have been seen to already, and the plan takes them as they are.
    public var imagesAreSettled = false
    /// Seconds that a container gets to stop; nil is its own.
    public var stopTimeout: Int?
    /// Whether to wait until all is running or healthy.
    public var waits = false
    /// Seconds that any wait may take.
    public var waitTimeout: Int?
    /// Volumes, by key, whose data may be lost because they have to be made anew.
    public var recreatedVolumes: Set<String> = []

    /// Everything, as it is without flags.
    public init() {}
}

/// What `stop` and `restart` may be asked.
public struct StopOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// Seconds that a container gets to stop; nil is its own.
    public var timeout: Int?
    /// Whether services that the named ones need are left alone.
    public var ignoresDependencies = false

    /// Every service, with its own time.
    public init() {}
}

/// What `start` may be asked.
public struct StartOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// Whether to wait until all is running or healthy.
    public var waits = false
    /// Seconds that any wait may take.
    public var waitTimeout: Int?

    /// Every service, without waiting.
    public init() {}
}

/// What `kill` may be asked.
public struct KillOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// A name or a number.
    public var signal = "SIGKILL"
    /// Whether orphans are killed as well.
    public var removesOrphans = false

    /// Every service, by SIGKILL.
    public init() {}
}

/// What `rm` may be asked.
public struct RemoveOptions: Hashable, Sendable {
    /// The services asked for; none is all.
    public var services: [String] = []
    /// Whether running containers are stopped and then removed too.
    public var stops = false
    /// Whether their anonymous volumes go as well.
    public var removesAnonymousVolumes = false

    /// Every service that does not run.
    public init() {}
}

/// What `down` may be asked.
public struct DownOptions: Hashable, Sendable {
    /// Which images go as well.
    public enum Images: String, Hashable, Sendable {
        /// Those without a name of the user's.
        case local
        case all
    }

    /// The services asked for, with all that depend on them; none is all.
    public var services: [String] = []
    /// Whether orphans and one-off containers are removed.
    public var removesOrphans = false
    /// Whether declared and anonymous volumes are removed.
    public var removesVolumes = false
    /// Which images are removed; nil is none.
    public var images: Images?
    /// Seconds that a container gets to stop; nil is its own.
    public var timeout: Int?

    /// Containers and networks, nothing else.
    public init() {}
}
