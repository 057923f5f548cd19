public import Supervision

/// What a container does, read off facts: a held lock, an exit record, what this boot has left.
public enum ContainerStatus: Hashable, Sendable {
    /// Never started.
    case created
    /// Its monitor lives, and says so.
    case running(ContainerState)
    case paused(ContainerState)
    /// Between two runs by its restart policy.
    case restarting(ContainerState)
    case exited(ExitRecord)
    /// Its monitor died without a word: what it left is to be undone.
    case lost

    /// The word that `ps` uses.
    public var word: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .paused: "paused"
        case .restarting: "restarting"
        case .exited: "exited"
        case .lost: "dead"
        }
    }

    /// Whether a process of it exists or is about to.
    public var isActive: Bool { state != nil }

    /// The monitor's word, while there is a monitor.
    public var state: ContainerState? {
        switch self {
        case .running(let state), .paused(let state), .restarting(let state): state
        case .created, .exited, .lost: nil
        }
    }

    /// What the health probes found, now or at the end.
    public var health: HealthState? {
        if case .exited(let record) = self { return record.health }
        return state?.health
    }
}
