public import Containers
public import Images
public import Networks
public import Storage
public import SystemPackage
public import Volumes

/// This machine: performs actions with the stores below one root.
public struct LocalEngine: Engine {
    /// Where everything is.
    public let root: StateRoot
    let programs: FilePath?
    /// Variables that containers and builds get unless they set them themselves.
    let proxies: @Sendable () throws -> [String: String]
    /// How many images may be pulled, pushed or built at once; nil is as many as there are.
    public let imageLimit: Int?
    let registries = SharedAccess()
    /// The containers below the root.
    public let containers: ContainerStore
    /// The images below the root.
    public let images: ImageStore
    /// The networks below the root.
    public let networks: NetworkStore
    /// The volumes below the root.
    public let volumes: VolumeStore

    /// The engine of a root.
    ///
    /// - Parameters:
    ///   - programs: Where `tutti-monitor` and `tutti-init` are, if not beside the running program.
    ///   - imageLimit: How many images may be pulled, pushed or built at once; nil is as many as there are.
    ///   - proxies: Gives the variables that tell containers and builds of proxies; called when there is one to make.
    public init(
        root: StateRoot,
        programs: FilePath? = nil,
        imageLimit: Int? = nil,
        proxies: @escaping @Sendable () throws -> [String: String] = { [:] }
    ) {
        self.root = root
        self.programs = programs
        self.imageLimit = imageLimit
        self.proxies = proxies
        containers = ContainerStore(root: root, programs: programs)
        images = ImageStore(root: root)
        networks = NetworkStore(root: root)
        volumes = VolumeStore(root: root)
    }

    /// Does one thing; one call into the module whose affair it is.
    public func perform(
        _ action: Action,
        cancellation: Cancellation,
        progress: @escaping @Sendable (Event) -> Void
    ) throws -> Event? {
        switch action {
        case .pullImage(let pull): return try self.pull(pull, cancellation, progress)
        case .buildImage(let build): try self.build(build, cancellation, progress)
        case .pullOrBuildImage(let pull, let build): return try self.pull(pull, orBuild: build, cancellation, progress)
        case .pushImage(let push): return try self.push(push, cancellation, progress)
        case .removeImage(let reference): return try removeUnlessUsed(image: reference)
        case .createNetwork(let network): try create(network, progress)
        case .removeNetwork(let name): return try removeUnlessUsed(network: name)
        case .createVolume(let volume): try create(volume)
        case .removeVolume(let name): return try removeUnlessUsed(volume: name)
        case .createContainer(let request): try createContainer(request)
        case .startContainer(let container):
            try start(container.id) { progress(Event(.container(container.name), .warning, details: $0)) }
        case .stopContainer(let container, let timeout): try containers.find(container.id).stop(timeout: timeout)
        case .killContainer(let container, let signal): try containers.find(container.id).kill(signal: signal)
        case .pauseContainer(let container): try containers.find(container.id).pause()
        case .resumeContainer(let container): try containers.find(container.id).unpause()
        case .removeContainer(let container, let withVolumes):
            try removeIfThere(container, withAnonymousVolumes: withVolumes)
        case .renameContainer(let container, let name): try rename(container.id, to: name)
        case .awaitContainer(let wish): return try wait(for: wish, cancellation)
        case .runHook(let container, let hook): try run(hook, in: container, progress)
        case .runContainer(let request): try runToEnd(request)
        }
        return nil
    }
}
