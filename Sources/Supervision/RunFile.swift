/// The files in a running container's run folder.
public enum RunFile {
    /// The ``SupervisionOrder``, as JSON.
    public static let order = "order.json"
    /// The launch program of the container's process, in the form that `CLinux` reads.
    public static let program = "program"
    /// The launch program of the health probe.
    public static let healthProgram = "health"
    /// Held by the monitor with an exclusive `flock` for as long as it lives.
    public static let lock = "monitor.lock"
    /// The control socket (`AF_UNIX`, `SOCK_SEQPACKET`); ``ControlMessage`` says what is spoken on it.
    public static let socket = "control.sock"
    /// The ``ContainerState``, replaced whole at each change.
    public static let state = "state.json"
}

/// The descriptors that a monitor is born with.
public enum Descriptor {
    /// Where the monitor reports: one JSON ``StartReport``, then it closes the descriptor.
    public static let report: Int32 = 3
    /// One end of a connected control socket whose other end is attached before the process starts;
    /// open only when ``SupervisionOrder/startsAttached`` says so.
    public static let attachment: Int32 = 4
}

/// The descriptors that `tutti-monitor launch` is born with, besides the standard ones, which are the process's own.
public enum LaunchDescriptor {
    /// Where the launch program is read from, to its end.
    public static let program: Int32 = 3
    /// Where one JSON ``StartReport`` goes; closed after it.
    public static let report: Int32 = 4
    /// A pidfd of the process whose namespaces the program enters; open only when it enters any.
    public static let entered: Int32 = 5
    /// Where an ``EndNote`` is read from, to its end; open only when there is one.
    public static let note: Int32 = 6
}

/// How a launcher is tied to whoever has started it; the word that says so to it.
public enum LaunchTie: String, Sendable {
    /// It is killed with it.
    case bound
    /// It goes on without it, and without its terminal.
    case apart
}

/// What a launcher writes down when its process has ended, together with how.
public struct EndNote: Codable, Hashable, Sendable {
    /// Where, and what is said of the container.
    public var journal: JournalOrder
    /// The container that the process ran in.
    public var containerID: String

    /// A value of these parts.
    public init(journal: JournalOrder, containerID: String) {
        self.journal = journal
        self.containerID = containerID
    }
}

/// What became of the first start.
public enum StartReport: Codable, Hashable, Sendable {
    /// The container's first process, as the host numbers it.
    case started(pid: Int32)
    /// What failed, and the code that Docker would exit with: 125, 126, 127 or 128.
    case failed(message: String, code: Int32)
}
