import JSON
public import Linux
import Storage
public import Supervision
public import SystemPackage

extension Container {
    /// Starts the container: writes its order, and has a monitor carry it out.
    ///
    /// Returns once the command runs. Whatever fails, what was made is undone, the network that was prepared included.
    /// - Parameters:
    ///   - layers: The image's layers as folders, base first.
    ///   - network: What the start finds ready. It belongs to the container from now on.
    ///   - resources: What else it finds ready and uses together with others, besides what the network says.
    ///   - isAttached: Whether output is wanted from the first byte on, and input given.
    ///   - terminalSize: Rows and columns of the terminal that the container will have, if it has one.
    ///   - warn: Takes what this machine cannot give, in words: the container runs without it.
    /// - Returns: The connection to the container's streams, if it was asked for.
    @discardableResult
    public func start(
        layers: [FilePath],
        network: NetworkPreparation,
        resources: [SharedResource] = [],
        isAttached: Bool = false,
        terminalSize: WindowSize = WindowSize(rows: 0, columns: 0),
        warn: @escaping (String) -> Void = { _ in }
    ) throws(ContainerError) -> Attachment? {
        do {
            guard try !status.isActive else { throw ContainerError.alreadyRunning(name) }
            try recover()
        } catch {
            _ = Teardown.perform(network.teardown)
            throw error as? ContainerError ?? .cannotStart(name: name, reason: "\(error)", code: 125)
        }
        var start = StartPreparation(
            container: self,
            layers: layers,
            network: network,
            resources: resources,
            warn: warn
        )
        do throws(ContainerError) {
            try start.prepare(isAttached: isAttached, terminalSize: terminalSize)
            return try launchMonitor(isAttached: isAttached)
        } catch {
            start.undo()
            throw error
        }
    }

    private func launchMonitor(isAttached: Bool) throws(ContainerError) -> Attachment? {
        let report = try systemCall { () throws(SystemError) in try FileDescriptor.closeOnExecPipe() }
        defer { try? report.reading.close() }
        let ends = isAttached ? try systemCall { () throws(SystemError) in try PacketSocket.pair() } : nil
        defer { ends?.1.close() }
        let monitor = try systemCall { () throws(SystemError) in
            defer { try? report.writing.close() }
            return try spawnMonitor(report: report.writing, attachment: ends?.1.descriptor)
        }
        defer { try? FileDescriptor(rawValue: monitor.pidDescriptor).close() }
        do throws(ContainerError) {
            try awaitReport(report.reading)
        } catch {
            _ = try? monitor.wait()
            ends?.0.close()
            throw error
        }
        return ends.map { Attachment(socket: $0.0, name: name) }
    }

    private func spawnMonitor(
        report: FileDescriptor,
        attachment: FileDescriptor?
    ) throws(SystemError) -> ChildProcess {
        let null = try NullDevice.open()
        defer { try? null.close() }
        return try ChildProcess.spawn(
            FilePath(folders.monitorProgram),
            arguments: ["tutti-monitor", "supervise", folders.run],
            inherited: [null.rawValue, null.rawValue, null.rawValue, report.rawValue, attachment?.rawValue ?? -1]
        )
    }

    /// The monitor's one report, which ends when it closes its side.
    private func awaitReport(_ descriptor: FileDescriptor) throws(ContainerError) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try systemCall({ () throws(SystemError) in try descriptor.readAvailable(into: &buffer) }),
            count > 0
        { bytes += buffer[..<count] }
        guard let report = try? JSON.decode(StartReport.self, from: bytes) else {
            throw .cannotStart(name: name, reason: "the monitor ended without a word", code: 125)
        }
        guard case .failed(let message, let code) = report else { return }
        throw .cannotStart(name: name, reason: message, code: code)
    }
}

/// What a start makes before there is a monitor, and how it is undone.
struct StartPreparation {
    let container: Container
    let layers: [FilePath]
    let network: NetworkPreparation
    let resources: [SharedResource]
    /// Takes what this machine cannot give, in words.
    let warn: (String) -> Void
    private var cgroup: Cgroup?

    init(
        container: Container,
        layers: [FilePath],
        network: NetworkPreparation,
        resources: [SharedResource],
        warn: @escaping (String) -> Void
    ) {
        self.container = container
        self.layers = layers
        self.network = network
        self.resources = resources
        self.warn = warn
    }

    var configuration: ContainerConfiguration { container.configuration }
    private var folders: ContainerFolders { container.folders }
    private var ownFiles: OwnFiles { OwnFiles(mounts: configuration.mounts, folder: FilePath(folders.contents)) }

    /// Undoes what ``prepare(isAttached:terminalSize:)`` has made, and the network with it.
    func undo() {
        _ = Teardown.perform(network.teardown + ownFiles.teardown)
        cgroup?.removeEmpty()
        try? Removal.tree(FilePath(folders.run))
    }

    mutating func prepare(isAttached: Bool, terminalSize: WindowSize) throws(ContainerError) {
        try makeFolders()
        try writeHostFiles()
        let settlement = Settlement(store: container.store, configuration: configuration)
        let layout = try systemCall { () throws(SystemError) in try CgroupLayout.current() }
        try settlement.checkPropagation()
        let cgroup = try settlement.cgroup(in: layout, warn: warn)
        self.cgroup = cgroup
        let tree = ([FilePath(folders.upper)] + layers.reversed()).map { RootedFolder($0) }
        let identity = try settlement.identity(in: tree)
        let privileges = try settlement.privileges(warn: warn)
        let start = StartProgram(
            configuration: configuration,
            folders: folders,
            layers: layers.map(\.string),
            network: network,
            cgroup: cgroup,
            layout: layout,
            identity: identity,
            privileges: privileges,
            outOfMemoryScore: settlement.outOfMemoryScore(warn: warn),
            shared: try sharedNamespaces(),
            contents: try systemCall { () throws(SystemError) in try ownFiles.write() },
            isVolatile: configuration.removesItself,
            terminalSize: (terminalSize.rows, terminalSize.columns)
        )
        try write(start.program.encoded, as: RunFile.program)
        if let program = healthProgram(cgroup: cgroup, start) {
            try write(program.encoded, as: RunFile.healthProgram)
        }
        try writeOrder(cgroup: cgroup, isAttached: isAttached)
    }

    // MARK: Files

    private func makeFolders() throws(ContainerError) {
        try systemCall { () throws(SystemError) in
            try Folder.makeAll(container.store.root.runningContainers, mode: 0o711)
            try Folder.make(FilePath(folders.run))
            try Folder.make(FilePath(folders.root))
            if layers.isEmpty { try Folder.make(FilePath(folders.empty), mode: 0o755) }
            // A volatile layer leaves a mark that forbids its use after a crash; it was meant for one run.
            try Folder.make(FilePath(folders.work))
            try Removal.contents(OpenFolder(opening: FilePath(folders.work)))
            // A second name of a file that is there costs no file.
            try WholeFile.link(FilePath(folders.record), to: FilePath(folders.startMark))
            try Removal.file(FilePath(folders.exitRecord))
        }
    }

    private func writeHostFiles() throws(ContainerError) {
        let files = [
            "hostname": configuration.hostname + "\n", "hosts": network.hosts,
            "resolv.conf": network.resolverConfiguration,
        ]
        for (name, text) in files {
            let path = FilePath("\(folders.container)/\(name)")
            try systemCall { () throws(SystemError) in
                try WholeFile.replace(path, with: Array(text.utf8), isDurable: false, mode: 0o644)
            }
        }
    }

    private func write(_ bytes: [UInt8], as name: String) throws(ContainerError) {
        let path = FilePath(folders.run).appending(name)
        try systemCall { () throws(SystemError) in try WholeFile.replace(path, with: bytes, isDurable: false) }
    }

    // MARK: The order

    private func writeOrder(cgroup: Cgroup, isAttached: Bool) throws(ContainerError) {
        var order = SupervisionOrder(
            containerID: configuration.id,
            name: configuration.name,
            hasTerminal: configuration.process.hasTerminal,
            keepsStandardInputOpen: configuration.process.keepsStandardInputOpen,
            log: try configuration.logOrder(path: folders.log),
            restart: configuration.restart,
            health: configuration.healthOrder,
            stop: StopOrder(
                signal: Signal.number(configuration.stopSignal) ?? 15,
                grace: configuration.stopTimeout
            ),
            networkNamespace: network.namespace,
            names: network.names,
            ports: network.ports,
            cgroups: cgroup.paths,
            exitRecord: folders.exitRecord,
            teardown: network.teardown + resources.map { .leave($0.folder.string) } + ownFiles.teardown
                + ownTeardown + cgroup.paths.map { .removeCgroup($0) }
                + network.idleRemovals.map { .removeIdleNetwork($0) },
            startsAttached: isAttached,
            journal: configuration.journalOrder(in: container.store.root.events, networks: network.networks)
        )
        order.resources = resources.map(\.folder.string)
        guard let bytes = try? JSON.encode(order) else {
            throw .damaged(path: folders.run, reason: "the order cannot be written as JSON")
        }
        try write(bytes, as: RunFile.order)
    }

    /// A container that removes itself takes its anonymous volumes along, but for those that others have taken from it.
    ///
    /// It goes first: of several that end at once, the last finds that nobody has the volume any more.
    private var ownTeardown: [TeardownStep] {
        guard configuration.removesItself else { return [] }
        let root = container.store.root
        let own = FilePath(folders.container)
        let volumes: [FilePath] = configuration.mounts.compactMap { mount in
            guard case .volume(let name, true, _, _) = mount.kind else { return nil }
            return root.volumes.appending(name)
        }
        var steps: [TeardownStep] = [.conceal(own.string, as: StateRoot.concealed(own).string)]
        for volume in volumes {
            let (path, name) = (volume.string, StateRoot.concealed(volume).string)
            steps.append(.concealVolume(path, as: name, containers: root.containers.string))
        }
        steps.append(.removeFile(root.containerNames.appending(configuration.name).string))
        for doomed in volumes + [own] { steps.append(.removeTree(StateRoot.concealed(doomed).string)) }
        return steps
    }
}
