public import Containers
import Linux
import Networks
public import Volumes

extension LocalEngine {
    /// Removes a container.
    ///
    /// - Parameters:
    ///   - isForced: whether one that runs is killed first.
    ///   - withAnonymousVolumes: whether the volumes that nobody named and nobody else uses go as well.
    public func remove(_ reference: String, isForced: Bool = false, withAnonymousVolumes: Bool = false) throws {
        let container = try containers.find(reference)
        if isForced { _ = try container.killAndWait() }
        let lock = try self.lock(container.id)
        defer { lock.release() }
        try clear(container)
        try clearGroups(of: container)
        // What undoes one that removes itself has removed it.
        if Folder.hasEntry(root.container(container.id)) { try container.remove() }
        try networks.removeIfIdle("bridge")
        guard withAnonymousVolumes else { return }
        for mount in container.configuration.mounts {
            guard case .volume(let name, true, _, _) = mount.kind else { continue }
            guard try users(ofVolume: name).isEmpty else { continue }
            _ = try removeUnlessUsed(volume: name)
        }
    }

    /// Removes a plan's container, unless it has removed itself meanwhile.
    func removeIfThere(_ container: ContainerIdentity, withAnonymousVolumes: Bool) throws {
        do {
            try remove(container.id, withAnonymousVolumes: withAnonymousVolumes)
        } catch {
            guard Folder.hasEntry(root.container(container.id).appending("record.json")) else { return }
            throw error
        }
    }

    /// The containers that refer to a volume, whatever they do.
    public func users(ofVolume name: String) throws -> [Container] {
        try containers.all().filter { container in
            container.configuration.mounts.contains { mount in
                guard case .volume(name, _, _, _) = mount.kind else { return false }
                return true
            }
        }
    }

    /// Removes a volume that no container refers to.
    public func removeVolume(_ name: String) throws {
        try volumes.remove(name, users: users(ofVolume: name).map(\.id))
    }

    /// The volumes that no container refers to.
    public func danglingVolumes() throws -> [Volume] {
        let used = try usedVolumes()
        return try volumes.all().filter { !used.contains($0.name) }
    }

    /// Removes the volumes that nobody uses: those that nobody named, or all. Gives what was removed.
    public func pruneVolumes(all: Bool = false, where isWanted: (Volume) -> Bool = { _ in true }) throws -> [Volume] {
        let doomed = try danglingVolumes().filter {
            VolumeFilter.isPrunable($0, isUsed: false, all: all) && isWanted($0)
        }
        for volume in doomed { try removeVolume(volume.name) }
        return doomed
    }

    /// The names of the volumes that containers refer to.
    public func usedVolumes() throws -> Set<String> { Set(try volumeUses().keys) }

    /// How many containers use each of the volumes that are in use.
    public func volumeUses() throws -> [String: Int] {
        var uses: [String: Int] = [:]
        for container in try containers.all() {
            let names = container.configuration.mounts.compactMap { mount in
                if case .volume(let name, _, _, _) = mount.kind { name } else { String?.none }
            }
            for name in Set(names) { uses[name, default: 0] += 1 }
        }
        return uses
    }

    /// Removes a volume; one that is in use stays, with a warning.
    func removeUnlessUsed(volume name: String) throws -> Event? {
        do {
            try removeVolume(name)
        } catch VolumeError.inUse {
            return Event(.volume(name), .inUse)
        } catch VolumeError.notFound {
            return Event(.volume(name), .notFound)
        }
        return nil
    }

    /// Makes a project's volume.
    func create(_ request: VolumeRequest) throws {
        _ = try volumes.create(
            request.name,
            driver: request.driver,
            options: request.options,
            labels: request.labels
        )
    }
}
