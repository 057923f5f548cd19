import Containers
import Linux
import Synchronization
import SystemPackage

extension LocalEngine {
    /// Waits until no other command starts, removes or clears the container.
    func lock(_ id: String) throws -> HeldLock {
        guard let lock = try FileLock.await(folder: root.container(id)) else { throw Cancelled() }
        return HeldLock(lock)
    }

    /// The same, or nil if another command does so at present.
    func takeLock(_ id: String) throws -> HeldLock? {
        guard let lock = try FileLock.take(folder: root.container(id)) else { return nil }
        return HeldLock(lock)
    }

    /// Undoes what a start that was cut short or a monitor that died has left of a container that does not run.
    func clear(_ container: Container) throws {
        guard try !container.status.isActive else { return }
        try container.recover()
        guard !container.configuration.isGuest, Folder.hasEntry(root.attachment(container.configuration.namespaceID))
        else { return }
        try networks.release(container: container.id, namespace: container.configuration.namespaceID)
    }

    /// Removes the control groups of a container that does not run, which a start that was cut short may have left before
    /// it had written down that they are there.
    func clearGroups(of container: Container) throws {
        guard try !container.status.isActive else { return }
        let layout = try CgroupLayout.current()
        let name = layout.groupName(container.id, parent: container.configuration.namespaces.cgroupParent)
        for folder in layout.folders(named: name) {
            guard Folder.hasEntry(folder) else { continue }
            try CgroupFolder(folder).remove()
        }
    }
}

/// A lock that can be handed from thread to thread.
final class HeldLock: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: consuming FileLock) {
        self.lock = Mutex(consume lock)
    }

    /// Lets go.
    func release() {
        lock.withLock { $0 = nil }
    }
}
