/// Why no container can be made as it was asked for.
public enum RequestError: Error, Hashable, Sendable {
    case noCommand(image: String)
    case duplicateMount(String)
    case invalidTarget(String)
    case invalidVariable(String)
    case controlCharacter(key: String, value: String)
    case restartOfOneThatRemovesItself
    case aliasOnDefaultBridge
    case addressOnDefaultBridge
    case hostnameOfTheHost
}

extension RequestError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .noCommand: "no command specified"
        case .duplicateMount(let target): "duplicate mount point: \(target)"
        case .invalidTarget(let target): "invalid mount target: \(target)"
        case .invalidVariable(let text): "invalid environment variable: \(text)"
        case .controlCharacter(let key, let value): "invalid \(key): \(value.debugDescription)"
        case .restartOfOneThatRemovesItself: "conflicting options: --restart and --rm"
        case .hostnameOfTheHost: "conflicting options: hostname and the UTS mode"
        case .aliasOnDefaultBridge:
            "network-scoped alias is supported only for containers in user defined networks"
        case .addressOnDefaultBridge: "user specified IP address is supported on user defined networks only"
        }
    }
}
