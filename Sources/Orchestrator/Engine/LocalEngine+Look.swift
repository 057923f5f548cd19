public import Containers
public import Linux
public import Storage
import Supervision
import Synchronization

/// A container's files, open for as long as the value lives. A container that does not run is not started meanwhile.
public final class ContainerView: Sendable {
    private let tree: ContainerTree
    private let uses: Mutex<[SharedUse]>
    private let lock: HeldLock?

    init(_ tree: ContainerTree, uses: [SharedUse] = [], lock: HeldLock? = nil) {
        self.tree = tree
        self.uses = Mutex(uses)
        self.lock = lock
    }

    deinit { uses.withLock { LocalEngine.end(&$0) } }

    /// The root of the tree.
    public var root: OpenFolder { tree.root }
}

extension LocalEngine {
    /// Opens a container's files as its processes see them, whether it runs or not.
    public func look(into container: Container) throws -> ContainerView {
        let layers = try layerFolders(container.configuration.layers)
        if let state = try container.status.state, state.pid > 0 {
            return ContainerView(try container.tree(layers: layers))
        }
        let lock = try self.lock(container.id)
        try clear(container)
        var uses = try uses(of: container)
        do {
            return ContainerView(try container.tree(layers: layers), uses: uses, lock: lock)
        } catch {
            Self.end(&uses)
            throw error
        }
    }

    /// What a container has changed of its image's files.
    public func changes(of container: Container) throws -> [ContainerChange] {
        try container.changes(layers: layerFolders(container.configuration.layers))
    }

    /// Writes a container's files as a tar archive: the image's with the container's changes, without volumes.
    public func export(_ container: Container, to sink: @escaping ByteSink) throws {
        let tree = try container.ownTree(layers: layerFolders(container.configuration.layers))
        defer { withExtendedLifetime(tree) {} }
        try TreeArchive.pack(contentsOf: tree.root, to: sink)
        container.note("export")
    }
}
