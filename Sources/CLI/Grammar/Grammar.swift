/// The three ways of speaking that one executable understands.
enum Grammar: Hashable, Sendable {
    /// Compose first, and single objects in groups.
    case tutti
    /// Exactly that of Docker Compose.
    case compose
    /// That of Docker.
    case docker

    init(programName: String) {
        switch programName {
        case "docker": self = .docker
        case "docker-compose": self = .compose
        default: self = .tutti
        }
    }

    /// The program's name in messages.
    var name: String {
        switch self {
        case .tutti: "tutti"
        case .compose: "docker compose"
        case .docker: "docker"
        }
    }
}
