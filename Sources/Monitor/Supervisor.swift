import JSON
import Linux
import Supervision
import SystemPackage

/// Looks after one container from its first start to its end for good.
///
/// What is decided is decided by values, ``Restarting`` and ``HealthMachine``; here it is carried out, on one thread.
final class Supervisor {
    enum Phase: Hashable {
        /// The process runs.
        case running
        /// The process has ended; what it wrote is still being read.
        case draining(TerminationStatus)
        /// The process is started again when the time has come.
        case waiting
        /// It is over.
        case ending
    }

    let loop: EventLoop
    let folder: FilePath
    var order: SupervisionOrder
    let output: Output
    let program: [UInt8]
    /// Who is told what became of the start.
    var report: FileDescriptor?
    /// Whoever is attached from the start.
    var attachment: FileDescriptor?
    var lock: FileLock?
    var phase = Phase.waiting
    var restarting: Restarting
    /// Whether a person or a command wanted the end, rather than the machine.
    var isStoppedByHand = false
    /// Whether the end was asked for with a time of grace, as `stop` does.
    var isStopRequested = false
    var state = ContainerState(status: .restarting, pid: 0, startTicks: 0, startedAt: 0)
    var startedAt = MonotonicTime.now
    var process: LaunchedProcess?
    var terminal: FileDescriptor?
    var input: StandardInput?
    var clients: [ControlClient] = []
    var listener: PacketSocket?
    var restartDeadline: Deadline?
    var killDeadline: Deadline?
    var drainDeadline: Deadline?
    var outOfMemoryKills = 0
    var ports: [HeldPort: any HeldPortRelay] = [:]
    var names: NameServer?
    var uses: [SharedUse] = []
    var health: HealthProbe?

    init(
        _ order: SupervisionOrder,
        in folder: FilePath,
        lock: consuming FileLock,
        loop: EventLoop
    ) throws(SystemError) {
        self.order = order
        self.folder = folder
        self.lock = consume lock
        self.loop = loop
        restarting = Restarting(order.restart)
        program = try WholeFile.read(folder.appending(RunFile.program), limit: 1 << 24)
        output = Output(log: try order.log.makeLog(loop: loop), loop: loop)
        output.ended = { [unowned self] in outputEnded() }
    }

    /// Starts the container and stays with it until it has ended for good. The first start is reported either way.
    func run() throws(SystemError) {
        do {
            try prepare()
            try launch()
            listener = try listen()
        } catch {
            return try failStart(StartFailure(error))
        }
        tell(.started(pid: state.pid))
        loop.restPatience = Self.restPatience
        loop.resting = { [output] in output.rest() }
        try loop.run()
        leave(after: Self.idlePatience)
    }

    /// What is held for all the container's life, and what must be there before the process is.
    private func prepare() throws {
        for folder in order.resources { uses.append(try SharedResource(folder: FilePath(folder)).join()) }
        for port in order.ports { ports[port] = try HeldPorts.hold(port, loop: loop) }
        if let names = order.names, let namespace = order.networkNamespace {
            self.names = try NameServer(names, namespace: FilePath(namespace), loop: loop)
        }
        guard order.startsAttached, let attachment else { return }
        let client = try accept(PacketSocket(attachment), isOwner: true)
        client.awaitsEnd = true
        output.attach(client)
    }

    /// Starts the process, and says so in the state.
    func launch() throws {
        outOfMemoryKills = countOutOfMemoryKills()
        let launched = try startProcess()
        process = launched
        phase = .running
        for group in order.groupsJoinedLater {
            try? WholeFile.write("\(launched.pid)", to: FilePath(group).appending("cgroup.procs"))
        }
        startedAt = .now
        state.status = .running
        state.pid = launched.pid
        state.startTicks = ChildProcess.startTicks(of: launched.pid) ?? 0
        state.startedAt = WallClock.now
        state.restartCount = restarting.count
        try loop.watch(endOf: FileDescriptor(rawValue: launched.pidDescriptor)) { [unowned self] in processEnded() }
        startProbing()
        try saveState()
        if restarting.count == 0 {
            noteNetworks("connect")
            noteMounts()
        }
        note("start")
    }

    /// Takes over what may change while a container runs.
    func readOrder() throws {
        let bytes = try WholeFile.read(folder.appending(RunFile.order))
        let changed = try JSON.decode(SupervisionOrder.self, from: bytes)
        order.name = changed.name
        order.restart = changed.restart
        order.teardown = changed.teardown
        order.cgroups = changed.cgroups
        order.groupsJoinedLater = changed.groupsJoinedLater
        order.journal?.attributes = changed.journal?.attributes ?? [:]
        restarting.policy = changed.restart
        try changeNetwork(to: changed)
    }

    private func startProcess() throws -> LaunchedProcess {
        let streams = try StandardStreams(order)
        defer { streams.closeFarEnds() }
        let launched: LaunchedProcess
        do {
            launched = try Supervisor.withOrdinaryScore { () throws(LaunchError) in
                try Launch.start(program, standard: streams.farEnds)
            }
        } catch {
            streams.closeNearEnds()
            throw error
        }
        if let number = launched.terminal {
            streams.closeNearEnds()
            let master = FileDescriptor(rawValue: number)
            terminal = master
            input = try StandardInput(master, isTerminal: true, loop: loop)
            try output.open(master, as: .output)
        } else {
            input = try streams.input.map { try StandardInput($0, isTerminal: false, loop: loop) }
            try output.open(streams.output, as: .output)
            try output.open(streams.error, as: .error)
        }
        input?.drained = { [unowned self] in for client in clients { client.isHeldBack = false } }
        return launched
    }

    /// Runs the body so that what it starts is no more protected from a want of memory than others are.
    static func withOrdinaryScore<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let isProtected = OwnProcess.setOutOfMemoryScore(ordinaryScore)
        defer { if isProtected { _ = OwnProcess.setOutOfMemoryScore(protectedScore) } }
        return try body()
    }

    /// Longer than the pauses of a container that writes now and then: what was given back has to be got again.
    private static let restPatience = Duration.seconds(1)

    static let protectedScore = -999
    static let ordinaryScore = OwnProcess.outOfMemoryScore ?? 0

    func saveState() throws {
        let bytes = try JSON.encode(state)
        try WholeFile.replace(folder.appending(RunFile.state), with: bytes, isDurable: false)
    }

    /// Says what became of the start, once.
    func tell(_ outcome: StartReport) {
        guard let report else { return }
        self.report = nil
        if let bytes = try? JSON.encode(outcome) { _ = try? report.writeAvailable(bytes) }
        try? report.close()
    }
}

/// The pipes between the monitor and the process.
private struct StandardStreams {
    /// The write end of standard input, if it stays open.
    let input: FileDescriptor?
    let output: FileDescriptor
    let error: FileDescriptor
    private let far: [FileDescriptor]

    init(_ order: SupervisionOrder) throws(SystemError) {
        let output = try FileDescriptor.closeOnExecPipe()
        let error = try FileDescriptor.closeOnExecPipe()
        self.output = output.reading
        self.error = error.reading
        // The more fits, the less often the process and its monitor wait for each other. Less room is no failure.
        for pipe in [output, error] { try? pipe.reading.setPipeCapacity(Self.pipeCapacity) }
        guard order.keepsStandardInputOpen, !order.hasTerminal else {
            input = nil
            far = [try .null(), output.writing, error.writing]
            return
        }
        let input = try FileDescriptor.closeOnExecPipe()
        self.input = input.writing
        far = [input.reading, output.writing, error.writing]
    }

    /// What the kernel gives without further privileges (`/proc/sys/fs/pipe-max-size`).
    private static let pipeCapacity = 1 << 20

    /// What the process gets.
    var farEnds: (input: Int32, output: Int32, error: Int32) { (far[0].rawValue, far[1].rawValue, far[2].rawValue) }

    func closeFarEnds() { for descriptor in far { try? descriptor.close() } }

    func closeNearEnds() { for descriptor in [input, output, error] { try? descriptor?.close() } }
}
