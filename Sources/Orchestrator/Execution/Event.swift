public import Builder

/// Something that happened to something while a plan ran.
public struct Event: Hashable, Sendable {
    /// What it happened to.
    public enum Resource: Hashable, Sendable {
        case container(String)
        case network(String)
        case volume(String)
        case image(String)
        /// A hook's output belongs to its container.
        case hook(container: String)
    }

    /// How far it has got.
    public enum Phase: String, Hashable, Sendable {
        case creating = "Creating", created = "Created"
        case recreate = "Recreate", recreated = "Recreated"
        case starting = "Starting", started = "Started"
        case running = "Running"
        case waiting = "Waiting", healthy = "Healthy", exited = "Exited"
        case restarting = "Restarting", restarted = "Restarted"
        case stopping = "Stopping", stopped = "Stopped"
        case killing = "Killing", killed = "Killed"
        case pausing = "Pausing", paused = "Paused"
        case resuming = "Unpausing", resumed = "Unpaused"
        case removing = "Removing", removed = "Removed"
        case renaming = "Renaming", renamed = "Renamed"
        case building = "Building", built = "Built"
        case pulling = "Pulling", pulled = "Pulled"
        case pushing = "Pushing", pushed = "Pushed"
        case skipped = "Skipped"
        case inUse = "Resource is still in use"
        case notFound = "No resource found to remove"
        case warning = "Warning"
        case error = "Error"
        /// A line of output or a part of the work, in ``Event/details``.
        case progress = ""
    }

    /// What a phase means to whoever shows it.
    public enum Status: String, Hashable, Sendable {
        case working = "Working", done = "Done", warning = "Warning", error = "Error"
    }

    /// What it happened to.
    public var resource: Resource
    /// How far that has got.
    public var phase: Phase
    /// More about it: an error, a line of a build, how much of a layer has come.
    public var details: String?
    /// What a build says, where it is a part of one.
    public var build: BuildReport?

    /// Something that happened.
    public init(_ resource: Resource, _ phase: Phase, details: String? = nil) {
        self.resource = resource
        self.phase = phase
        self.details = details
    }

    /// Something that happened in a build.
    public init(_ resource: Resource, build: BuildReport) {
        self.init(resource, .progress)
        self.build = build
    }
}

/// What one of several builds says.
public struct BuildReport: Hashable, Sendable {
    /// Which of them, such as the service; nil where there is only one.
    public var target: String?
    /// What it says.
    public var event: BuildEvent

    /// What a build says.
    public init(_ event: BuildEvent, target: String? = nil) {
        self.target = target
        self.event = event
    }
}

extension Event {
    /// The resource as Docker Compose names it, such as `Container shop-web-1`.
    public var id: String {
        switch resource {
        case .container(let name), .hook(let name): "Container \(name)"
        case .network(let name): "Network \(name)"
        case .volume(let name): "Volume \(name)"
        case .image(let name): "Image \(name)"
        }
    }

    /// What the phase means to whoever shows it.
    public var status: Status {
        switch phase {
        case .creating, .recreate, .starting, .waiting, .restarting, .stopping, .killing, .pausing, .resuming,
            .removing,
            .renaming, .building, .pulling, .pushing, .progress:
            .working
        case .created, .recreated, .started, .running, .healthy, .exited, .restarted, .stopped, .killed, .paused,
            .resumed, .removed, .renamed, .built, .pulled, .pushed, .skipped:
            .done
        case .inUse, .notFound, .warning: .warning
        case .error: .error
        }
    }
}

extension Event: CustomStringConvertible {
    /// The event as plain progress shows it, such as `Container shop-web-1 Started`.
    public var description: String {
        [id, phase.rawValue, details ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
