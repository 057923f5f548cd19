import Storage

/// Where one container's things are.
struct ContainerFolders: Hashable, Sendable {
    /// Its durable folder: record, writable layer, log, exit record. Whoever makes, starts or removes the container holds it.
    private(set) var container: String
    /// Its folder of this boot: order, programs, lock, socket.
    private(set) var run: String
    private(set) var upper: String
    private(set) var work: String
    /// The programs that were installed beside this one.
    let programs: String
    /// A folder that stays empty, for images without a layer.
    private(set) var empty: String

    init(root: StateRoot, id: String, programs: String) {
        container = root.container(id).string
        run = root.runningContainer(id).string
        upper = "\(container)/upper"
        work = "\(container)/work"
        empty = root.run.appending("empty").string
        self.programs = programs
    }

    /// Puts everything into one folder, and the writable layer where the caller has it.
    mutating func relocate(container: String, upper: String, work: String) {
        self.container = container
        run = container
        empty = "\(container)/empty"
        self.upper = upper
        self.work = work
    }

    var record: String { "\(container)/record.json" }
    var exitRecord: String { "\(container)/exit.json" }
    /// There once the container was started for the first time; it tells one that a reboot stopped from a new one.
    var startMark: String { "\(container)/started" }
    var log: String { "\(container)/log" }
    /// Where the root is mounted, in the container's own mount namespace only.
    var root: String { "\(run)/root" }
    var contents: String { "\(run)/contents" }

    var monitorProgram: String { "\(programs)/tutti-monitor" }
    var initProgram: String { "\(programs)/tutti-init" }

    /// Where the init is in a container that wants one.
    static let initTarget = "/sbin/docker-init"
}
