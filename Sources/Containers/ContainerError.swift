public import Linux

/// What can go wrong with a container.
public enum ContainerError: Error, Hashable, Sendable {
    /// No container goes by this name or identifier.
    case notFound(String)
    /// The start of an identifier fits more than one container.
    case ambiguous(String)
    case nameTaken(name: String, holder: String)
    case invalidName(String)
    case notRunning(String)
    case alreadyRunning(String)
    case isPaused(String)
    /// It is to be paused once more.
    case alreadyPaused(String)
    case notPaused(String)
    /// It is to be called what it is called.
    case sameName(String)
    /// It runs, and so cannot be removed unless forced.
    case running(String)
    /// A start failed: the monitor's or the launch's own words, and what Docker exits with.
    case cannotStart(name: String, reason: String, code: Int32)
    /// A command could not be run in a running container.
    case cannotExecute(name: String, reason: String, code: Int32)
    /// A part of the configuration cannot be honoured.
    case unsupported(name: String, what: String)
    /// A part of the configuration makes no sense.
    case invalid(InvalidSetting)
    /// The user is not in the container's files, or is no number that a user can have.
    case unknownUser(name: String, user: String)
    /// The same for a group.
    case unknownGroup(name: String, group: String)
    /// The monitor refused a request.
    case refused(name: String, reason: String)
    /// A record on disk cannot be read.
    case damaged(path: String, reason: String)
    case system(SystemError)
}

extension ContainerError: CustomStringConvertible {
    /// What went wrong, in one line.
    public var description: String {
        switch self {
        case .notFound(let reference): "no such container: \(reference)"
        case .ambiguous(let reference): "\(reference): more than one container has an identifier that starts so"
        case .nameTaken(let name, let holder):
            "the container name \"/\(name)\" is already in use by container \"\(holder)\"; "
                + "remove or rename that container to use the name"
        case .invalidName(let name): "\"\(name)\" is not a container name: only [a-zA-Z0-9][a-zA-Z0-9_.-]+ are allowed"
        case .notRunning(let name): "container \(name) is not running"
        case .alreadyRunning(let name): "container \(name) is already running"
        case .isPaused(let name): "container \(name) is paused, unpause it first"
        case .alreadyPaused(let name): "container \(name) is already paused"
        case .notPaused(let name): "container \(name) is not paused"
        case .sameName(let name): "renaming container \(name): it has this name already"
        case .running(let name): "container \(name) is running: stop it before removal or force it"
        case .cannotStart(let name, let reason, _): "cannot start \(name): \(reason)"
        case .cannotExecute(let name, let reason, _): "cannot run in \(name): \(reason)"
        case .unsupported(let name, let what): "\(name): \(what)"
        case .invalid(let setting): setting.description
        case .unknownUser(let name, let user):
            "\(name): unable to find user \(user): no matching entries in passwd file"
        case .unknownGroup(let name, let group):
            "\(name): unable to find group \(group): no matching entries in group file"
        case .refused(let name, let reason): "\(name): \(reason)"
        case .damaged(let path, let reason): "\(path): \(reason)"
        case .system(let error): "\(error)"
        }
    }

    /// What a command exits with because of it.
    public var exitCode: Int32 {
        switch self {
        case .cannotStart(_, _, let code), .cannotExecute(_, _, let code): code
        default: 1
        }
    }
}
