public import Containers
public import Linux
public import Storage

/// A container's files, open. A container that does not run is not started as long as the value lives.
public struct ContainerView: Sendable {
    /// The root of the tree.
    public let root: OpenFolder
    private let lock: HeldLock?

    init(root: OpenFolder, lock: HeldLock?) {
        self.root = root
        self.lock = lock
    }
}

extension LocalEngine {
    /// Opens a container's files as its processes see them, whether it runs or not.
    ///
    /// The calling thread may enter a mount namespace of its own for good.
    public func look(into container: Container) throws -> ContainerView {
        let layers = try layerFolders(container.configuration.layers)
        if let state = try container.status.state, state.pid > 0 {
            return ContainerView(root: try container.tree(layers: layers), lock: nil)
        }
        let lock = try self.lock(container.id)
        try clear(container)
        return ContainerView(root: try container.tree(layers: layers), lock: lock)
    }

    /// What a container has changed of its image's files.
    public func changes(of container: Container) throws -> [ContainerChange] {
        try container.changes(layers: layerFolders(container.configuration.layers))
    }

    /// Writes a container's files as a tar archive: the image's with the container's changes, without volumes.
    public func export(_ container: Container, to sink: @escaping ByteSink) throws {
        let tree = try container.ownTree(layers: layerFolders(container.configuration.layers))
        try TreeArchive.pack(contentsOf: tree, to: sink)
        container.note("export")
    }
}
