import ComposeSpec
import Networks

extension UpPlanner {
    /// Adds what makes the networks as the files say. Nothing is made before all images are there.
    mutating func addNetworks() throws(PlanError) {
        plan.warnings += services.compactMap(\.discardsPorts)
        let keys = Set(services.flatMap { $0.networks.map(\.network) }).sorted()
        for network in keys.compactMap(project.network) {
            let found = observed.networks[network.name]
            if network.isExternal {
                guard found != nil else { throw .externalNetworkNotFound(network.name) }
                continue
            }
            let request = ProjectNetwork(network, labels: labels(of: network))
            do { try NetworkRequest(request).check() } catch {
                throw .unusable(network: network.key, place: network.place.map { "\($0)" }, why: "\(error)")
            }
            guard let found else {
                resourceSteps[network.name] = plan.add(
                    .createNetwork(request),
                    after: imageSteps.values,
                    because: "not found"
                )
                continue
            }
            guard let hash = found.labels[ControlLabel.configHash], isOurs(found.labels) else {
                plan.warnings.append(Self.foreign("network", network.name, project.name))
                continue
            }
            guard hash != network.configurationHash else { continue }
            addReplacement(of: request)
        }
    }

    /// A network that changed is made anew, while the containers on it are stopped.
    private mutating func addReplacement(of network: ProjectNetwork) {
        let cause = "configuration changed"
        let users = observed.containers.filter { $0.isActive && $0.networks.contains(network.name) }
        let stopped = users.sorted { $0.name < $1.name }.map { stop($0, because: "network \(network.name) changed") }
        let removed = plan.add(.removeNetwork(name: network.name), after: stopped, because: cause)
        resourceSteps[network.name] = plan.add(.createNetwork(network), after: [removed], because: cause)
    }

    /// Adds what makes the volumes as the files say. The data of one that changed is not touched unless that was allowed.
    mutating func addVolumes() throws(PlanError) {
        for volume in usedVolumes {
            let found = observed.volumes[volume.name]
            if volume.isExternal {
                guard found != nil else { throw .externalVolumeNotFound(volume.name) }
                continue
            }
            let request = VolumeRequest(
                name: volume.name,
                driver: volume.driver ?? "local",
                options: volume.driverOptions,
                labels: labels(of: volume)
            )
            guard let found else {
                resourceSteps[volume.name] = plan.add(
                    .createVolume(request),
                    after: imageSteps.values,
                    because: "not found"
                )
                continue
            }
            guard let hash = found.labels[ControlLabel.configHash], isOurs(found.labels) else {
                plan.warnings.append(Self.foreign("volume", volume.name, project.name))
                continue
            }
            guard hash != volume.configurationHash else { continue }
            guard options.recreatedVolumes.contains(volume.key) else {
                plan.warnings.append(
                    "Volume \"\(volume.name)\" exists but doesn't match configuration in compose file. "
                        + "It is used as it is"
                )
                continue
            }
            addReplacement(of: request)
        }
    }

    private var usedVolumes: [Project.Volume] {
        let keys = services.flatMap(\.mounts).compactMap { mount -> String? in
            guard case .volume(let key?, _, _, _) = mount.kind else { return nil }
            return key
        }
        return Set(keys).sorted().compactMap(project.volume)
    }

    /// A volume that changed is made anew, and so are the containers that use it: the old ones go first.
    private mutating func addReplacement(of volume: VolumeRequest) {
        let cause = "configuration changed"
        let users = observed.containers.filter { $0.volumes.contains { $0.volume == volume.name } }
        for user in users.sorted(by: { $0.name < $1.name }) where removals[user.id] == nil {
            removals[user.id] = plan.addRemoval(
                user,
                timeout: options.stopTimeout,
                because: "volume \(volume.name) changed"
            )
        }
        let gone = users.compactMap { removals[$0.id] }
        let removed = plan.add(.removeVolume(name: volume.name), after: gone, because: cause)
        resourceSteps[volume.name] = plan.add(.createVolume(volume), after: [removed], because: cause)
    }

    /// Stops a container that will be started again later on; once, however many reasons there are.
    mutating func stop(_ container: ObservedContainer, because cause: String) -> Int {
        if let step = stops[container.id] { return step }
        let step = plan.addStop(container, timeout: options.stopTimeout, because: cause)
        stops[container.id] = step
        return step
    }

    private func isOurs(_ labels: [String: String]) -> Bool { labels[ControlLabel.project] == project.name }

    private static func foreign(_ kind: String, _ name: String, _ project: String) -> String {
        "a \(kind) with name \(name) exists but was not created for project \"\(project)\". "
            + "Set `external: true` to use an existing \(kind)"
    }

    private func labels(of network: Project.Network) -> [String: String] {
        labels(network.labels, key: ControlLabel.network, network.key, hash: network.configurationHash)
    }

    private func labels(of volume: Project.Volume) -> [String: String] {
        labels(volume.labels, key: ControlLabel.volume, volume.key, hash: volume.configurationHash)
    }

    private func labels(_ own: [String: String], key: String, _ name: String, hash: String) -> [String: String] {
        own.merging([
            key: name,
            ControlLabel.project: project.name,
            ControlLabel.version: ControlLabel.ownVersion,
            ControlLabel.configHash: hash,
        ]) { _, ours in ours }
    }
}
