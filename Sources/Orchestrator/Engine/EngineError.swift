/// What can go wrong between the modules.
public enum EngineError: Error, Hashable, Sendable {
    case noBindSource(String)
    case imageNotFound(String)
    case imageInUse(image: String, container: String, isRunning: Bool)
    case networkSharesNothing(container: String)
    /// The namespace that a container is to have is still that of the one it replaces.
    case networkHeld(container: String)
    /// A container whose network is not its own, or that has none, cannot join or leave networks.
    case cannotConnect(container: String)
    /// On the default bridge a link is an address, which only a container that runs has.
    case cannotLink(container: String, to: String, as: String)
    case isConnected(container: String, network: String)
    case isNotConnected(container: String, network: String)
    case preStartFailed(container: String, code: Int32, output: String)
    case hookFailed(moment: String, container: String, code: Int32)
    case unsupportedBuild(String)
    case seccompProfile(path: String, reason: String)
}

extension EngineError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .noBindSource(let path): "invalid mount config for type \"bind\": bind source path does not exist: \(path)"
        case .imageNotFound(let reference): "no such image: \(reference)"
        case .imageInUse(let image, let container, let isRunning):
            "conflict: unable to remove image \(image) (\(isRunning ? "cannot" : "must") be forced) - container "
                + "\(container) is using it"
        case .networkSharesNothing(let container):
            "container \(container) is not running, so its network cannot be shared"
        case .networkHeld(let container):
            "container \(container) is running in the network namespace that this one is to have"
        case .cannotConnect:
            "container sharing network namespace with another container or host cannot be connected to any other network"
        case .cannotLink(let container, let other, let alias):
            "Cannot link to a non running container: /\(container) AS /\(other)/\(alias)"
        case .isConnected(let container, let network):
            "endpoint with name \(container) already exists in network \(network)"
        case .isNotConnected(let container, let network):
            "container \(container) is not connected to network \(network)"
        case .preStartFailed(let container, let code, let output):
            "pre_start hook container \(container) exited with status code \(code)\(output.isEmpty ? "" : ":\n\(output)")"
        case .hookFailed(let moment, let container, let code):
            "\(moment) hook of container \(container) exited with status code \(code)"
        case .unsupportedBuild(let what): what
        case .seccompProfile(let path, let reason): "opening seccomp profile (\(path)) failed: \(reason)"
        }
    }
}
