public import Linux
public import SystemPackage

/// A tree of files, open for as long as the value lives.
public struct ContainerTree: Sendable {
    /// The root; paths are looked up below it.
    public let root: OpenFolder
    /// What holds it, if it was mounted to be looked at.
    private let mount: TreeMount?

    init(_ root: OpenFolder) {
        self.root = root
        mount = nil
    }

    init(_ mount: TreeMount) {
        root = mount.root
        self.mount = mount
    }
}

/// The container's files, looked at from outside.
extension Container {
    /// The files as the container's processes see them, volumes included.
    ///
    /// The tree of a container that does not run is mounted. The caller holds the container's lock meanwhile, so that nobody
    /// starts it.
    /// - Parameter layers: the image's layers as folders, base first.
    public func tree(layers: [FilePath]) throws(ContainerError) -> ContainerTree {
        if let state = try status.state, state.pid > 0 {
            let root = try systemCall { () throws(SystemError) in
                try OpenFolder(opening: FilePath("/proc/\(state.pid)/root"))
            }
            // The number may be somebody else's by now; what was open before that is known is the container's.
            guard ChildProcess.startTicks(of: state.pid) == state.startTicks else { throw .notRunning(name) }
            return ContainerTree(root)
        }
        try systemCall { () throws(SystemError) in try Folder.make(FilePath(folders.work)) }
        let overlay = LaunchStep.mountOverlay(
            at: folders.upper,
            lower: try lower(layers),
            upper: folders.upper,
            work: folders.work,
            isVolatile: false
        )
        return try look([overlay] + mountSteps)
    }

    /// The files of the image and what the container has changed of them, without volumes and without what the kernel shows.
    public func ownTree(layers: [FilePath]) throws(ContainerError) -> ContainerTree {
        try stack([FilePath(folders.upper)] + layers.reversed())
    }

    /// The files of the image.
    func imageTree(layers: [FilePath]) throws(ContainerError) -> ContainerTree {
        try stack(layers.isEmpty ? [FilePath(folders.empty)] : layers.reversed())
    }

    /// - Parameter layers: the topmost first.
    private func stack(_ layers: [FilePath]) throws(ContainerError) -> ContainerTree {
        let distinct = Self.distinct(layers.map(\.string))
        guard distinct.count > 1 else {
            return try systemCall { () throws(SystemError) in
                try Folder.makeAll(FilePath(distinct[0]), mode: 0o755)
                return ContainerTree(try OpenFolder(opening: FilePath(distinct[0])))
            }
        }
        return try look([.mountOverlay(at: folders.upper, lower: distinct, upper: "", work: "", isVolatile: false)])
    }

    private func lower(_ layers: [FilePath]) throws(ContainerError) -> [String] {
        guard layers.isEmpty else { return Self.distinct(layers.reversed().map(\.string)) }
        try systemCall { () throws(SystemError) in try Folder.makeAll(FilePath(folders.empty), mode: 0o755) }
        return [folders.empty]
    }

    /// An overlay refuses the same folder twice; the topmost shows all that the others would.
    private static func distinct(_ layers: [String]) -> [String] {
        var seen: Set<String> = []
        return layers.filter { seen.insert($0).inserted }
    }

    private func look(_ steps: [LaunchStep]) throws(ContainerError) -> ContainerTree {
        do throws(LaunchError) {
            return ContainerTree(try TreeMount([.propagate(.recursivePrivate)] + steps))
        } catch {
            throw .cannotStart(name: name, reason: "\(error)", code: 1)
        }
    }

    /// Binds what the container has of the host.
    private var mountSteps: [LaunchStep] {
        configuration.mounts.compactMap { mount in
            let below: String?
            switch mount.kind {
            case .volume(_, _, let subpath, _), .image(_, _, _, let subpath): below = subpath
            case .bind: below = nil
            case .tmpfs, .contents, .copy: return nil
            }
            return .bind(
                .path(mount.source, below: below),
                target: mount.target,
                attributes: mount.isReadOnly ? .readOnly : [],
                propagation: .recursivePrivate,
                reach: mount.reach
            )
        }
    }
}
