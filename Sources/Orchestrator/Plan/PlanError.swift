/// Why a plan cannot be made.
public enum PlanError: Error, Hashable, Sendable {
    case noSuchService(String)
    case noContainer(service: String)
    case externalNetworkNotFound(String)
    case externalVolumeNotFound(String)
    case networkNotOwned(name: String, key: String)
    case disabledDependency(service: String, dependency: String, profiles: [String])
    case missingDependency(service: String, dependency: String)
    case fixedNameScaled(service: String, name: String)
    case imageMissing(image: String, service: String)
    case nothingToBuild(service: String)
    case otherPlatform(service: String, String)
    case invalidProjectName(String)
    case unsupported(service: String, key: String, why: String, place: String? = nil)
    case unusable(network: String, place: String?, why: String)
}

extension PlanError: CustomStringConvertible {
    /// The error in one line, in Docker Compose's words where it has any.
    public var description: String {
        switch self {
        case .noSuchService(let name): "no such service: \(name)"
        case .noContainer(let service): "service \"\(service)\" has no container to start"
        case .externalNetworkNotFound(let name): "network \(name) declared as external, but could not be found"
        case .externalVolumeNotFound(let name): "external volume \"\(name)\" not found"
        case .networkNotOwned(let name, let key):
            "a network with name \(name) exists but was not created by compose for network \"\(key)\""
        case .disabledDependency(let service, let dependency, let profiles):
            "service \(dependency) is required by \(service) but is disabled. Can be enabled by profiles "
                + "[\(profiles.joined(separator: " "))]"
        case .missingDependency(let service, let dependency): "\(service) is missing dependency \(dependency)"
        case .fixedNameScaled(let service, let name):
            "service \(service): container_name \(name) is one name for more than one container"
        case .imageMissing(let image, let service): "service \(service): image \(image) not found and may not be pulled"
        case .nothingToBuild(let service): "service \(service) has no build section"
        case .otherPlatform(let service, let platform):
            "service \"\(service)\" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: \(platform)"
        case .invalidProjectName(let name):
            "invalid project name \"\(name)\": must consist only of lowercase alphanumeric characters, hyphens, and "
                + "underscores as well as start with a letter or number"
        case .unusable(let network, let place, let why):
            (place.map { "\($0): " } ?? "") + "networks.\(network): \(why)"
        case .unsupported(let service, let key, let why, let place):
            (place.map { "\($0): " } ?? "") + "services.\(service).\(key): \(why)"
        }
    }
}
