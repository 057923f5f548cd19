import Linux
public import Storage
public import SystemPackage

/// Runs one command to its end in a tree of its own, with nobody watching over it: a builder's `RUN`.
///
/// It has what a container has — namespaces, limits, filter — but no record, no monitor and no log.
public struct Sandbox: Sendable {
    private let store: ContainerStore

    /// A value of these parts.
    public init(root: StateRoot, programs: FilePath? = nil) {
        store = ContainerStore(root: root, programs: programs)
    }

    /// Runs the configuration's command and waits for it.
    ///
    /// - Parameters:
    ///   - layers: The folders that the tree is made of, base first.
    ///   - upper: Where changes go.
    ///   - work: An empty folder on the same file system as `upper`.
    ///   - network: What was prepared; undoing it is the caller's affair.
    ///   - output: Where both output and errors go.
    /// - Returns: The exit status, or 128 plus a signal's number.
    /// - Throws: ``ContainerError/cannotExecute(name:reason:code:)`` where the command could not be started.
    public func run(
        _ configuration: ContainerConfiguration,
        layers: [FilePath],
        upper: FilePath,
        work: FilePath,
        network: NetworkPreparation,
        output: FileDescriptor
    ) throws(ContainerError) -> Int32 {
        let place = SandboxFolder(path: folder(of: configuration.id))
        let settlement = Settlement(store: store, configuration: configuration)
        let layout = try systemCall { () throws(SystemError) in try CgroupLayout.current() }
        let cgroup = try settlement.cgroup(in: layout)
        defer { for path in cgroup.paths { try? CgroupFolder(FilePath(path)).remove() } }
        try place.make(configuration, network)
        defer { place.remove() }
        let tree = ([upper] + layers.reversed()).map { RootedFolder($0) }
        var folders = store.folders(configuration.id)
        folders.relocate(container: place.path.string, upper: upper.string, work: work.string)
        let start = StartProgram(
            configuration: configuration,
            folders: folders,
            layers: layers.map(\.string),
            network: network,
            cgroup: cgroup,
            layout: layout,
            identity: try settlement.identity(in: tree),
            privileges: try settlement.privileges(),
            outOfMemoryScore: settlement.outOfMemoryScore { _ in },
            shared: SharedNamespaces(),
            contents: [:],
            isVolatile: true,
            isBuilding: true
        )
        let null = try systemCall { () throws(SystemError) in try NullDevice.open() }
        defer { try? null.close() }
        let command = try CommandLauncher(programs: folders, name: configuration.name, tie: .bound).launch(
            start.program,
            streams: [null, output, output],
            entering: nil
        )
        let code = try command.wait()
        try removeStubs(upper: RootedFolder(upper), layers: layers.map { RootedFolder($0) })
        return code
    }

    /// The few files of one run.
    func folder(of id: String) -> FilePath { store.root.run.appending("sandboxes").appending(id) }

    /// Takes away the empty files and folders that stood under our own mounts, unless the image has them.
    private func removeStubs(upper: RootedFolder, layers: [RootedFolder]) throws(ContainerError) {
        try systemCall { () throws(SystemError) in
            for target in Self.stubs {
                var isInImage = false
                for layer in layers where try layer.mode(of: target) != nil { isInImage = true }
                if !isInImage { try upper.removeIfEmpty(target) }
            }
        }
    }

    /// What our mounts need a place for, the deepest first.
    private static let stubs = ["etc/hostname", "etc/hosts", "etc/resolv.conf", "etc", "dev", "proc", "sys"]
}

/// The few files of a sandbox: its mount point and what is shown as `/etc/hosts` and the like.
private struct SandboxFolder {
    let path: FilePath

    func make(_ configuration: ContainerConfiguration, _ network: NetworkPreparation) throws(ContainerError) {
        let files = [
            "hostname": configuration.hostname + "\n", "hosts": network.hosts,
            "resolv.conf": network.resolverConfiguration,
        ]
        try systemCall { () throws(SystemError) in
            try Folder.makeAll(path.appending("root"), mode: 0o711)
            try Folder.make(path.appending("empty"), mode: 0o755)
            for (name, text) in files {
                try WholeFile.replace(path.appending(name), with: Array(text.utf8), isDurable: false, mode: 0o644)
            }
        }
    }

    func remove() {
        try? Removal.tree(path)
    }
}
