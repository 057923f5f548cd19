public import ComposeSpec
import Containers
import Images
import Linux
import Networks
import Supervision
import Volumes

extension LocalEngine {
    /// Takes a reading of everything that matters to a project.
    ///
    /// What monitors of the project's containers have left behind when they died is undone on the way.
    public func observe(_ project: Project) throws -> Observation {
        var images = Set(project.services.map(project.imageName))
        images.formUnion(project.services.flatMap(\.furtherImages))
        images.formUnion(project.contextServices.map(project.imageName))
        let platforms = project.services.map { (project.imageName(of: $0), project.platform(of: $0)) }
            .compactMap { name, platform in platform.map { (name, $0) } }
        return try observe(project.name, images: images, platforms: Dictionary(platforms) { first, _ in first })
    }

    /// Takes a reading of what there is of a project by its name alone.
    ///
    /// - Parameter platforms: what images are to run on, by their names; one for another platform is not the image.
    public func observe(
        _ name: String,
        images: Set<String> = [],
        platforms: [String: String] = [:]
    ) throws -> Observation {
        var observation = Observation(project: name)
        try sweepStores()
        for container in try containers.all() {
            guard container.configuration.labels[ControlLabel.project] == name else { continue }
            let status = try settledStatus(of: container)
            observation.containers.append(ObservedContainer(container.configuration, status))
        }
        for network in try networks.list() {
            observation.networks[network.name] = ObservedNetwork(name: network.name, labels: network.labels)
        }
        for volume in try volumes.all() {
            observation.volumes[volume.name] = ObservedVolume(name: volume.name, labels: volume.record.labels)
        }
        let now = WallClock.now
        for name in images {
            guard let image = try find(name, for: platforms[name]) else { continue }
            observation.images[name] = image.id.description
            observation.imageAges[name] = now - image.taggedAt
        }
        return observation
    }

    /// Undoes what killed commands and monitors that died have left behind, whosoever it was.
    public func sweep() throws {
        try sweepStores()
        for container in try containers.all() { _ = try settledStatus(of: container) }
        try networks.removeIfIdle("bridge")
    }

    private func sweepStores() throws {
        try containers.sweep()
        try volumes.sweep()
        try networks.sweep()
        try SharedResource.sweep(root.imageTrees)
    }

    /// The status, once what a dead monitor has left is undone.
    private func settledStatus(of container: Container) throws -> ContainerStatus {
        let status = try container.status
        guard status == .lost else { return status }
        // Whoever holds the lock is starting it, and has not come to the monitor yet.
        guard let lock = try takeLock(container.id) else { return .created }
        defer { lock.release() }
        try clear(container)
        try clearGroups(of: container)
        return try container.status
    }
}

extension ObservedContainer {
    /// What the record and the status of a container say.
    init(_ configuration: ContainerConfiguration, _ status: ContainerStatus) {
        self.init(
            ContainerIdentity(id: configuration.id, name: configuration.name),
            status: Status(status),
            health: status.health?.status,
            imageID: configuration.imageID,
            networks: configuration.networkNames,
            volumes: configuration.mounts.compactMap { mount in
                guard case .volume(let name, let isAnonymous, _, _) = mount.kind else { return nil }
                return VolumeUse(target: mount.target, volume: name, isAnonymous: isAnonymous)
            },
            labels: configuration.labels,
            createdAt: configuration.createdAt
        )
        networkNamespace = configuration.namespaceID
        for mount in configuration.mounts {
            if case .image(let reference, let id, _, _) = mount.kind { mountedImages[reference] = id }
        }
    }
}

extension ObservedContainer.Status {
    fileprivate init(_ status: ContainerStatus) {
        switch status {
        case .created: self = .created
        case .running: self = .running
        case .paused: self = .paused
        case .restarting: self = .restarting
        case .exited(let record): self = .exited(code: record.exitCode)
        case .lost: self = .lost
        }
    }
}

extension ContainerConfiguration {
    /// The names of the networks it asks to be on.
    fileprivate var networkNames: [String] {
        guard case .networks(let attachments) = network else { return [] }
        return attachments.endpoints.map(\.network)
    }
}
