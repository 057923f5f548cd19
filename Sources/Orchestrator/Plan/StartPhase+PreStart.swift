import ComposeSpec
import Containers
import Linux
import Storage

extension StartPhase {
    /// Plans the containers that run before a service starts, one after the other, where none of its replicas runs yet. They have
    /// the volumes of its first replica, and are gone when they have done what they had to do.
    ///
    /// - Returns: the steps after which the service can be started.
    mutating func addPreStart(of service: String, after conditions: Set<Int>) throws(PlanError) -> Set<Int> {
        guard let project = view.project, let definition = project.service(service), !definition.preStart.isEmpty,
            let replicas = replicas[service], let first = replicas.first, replicas.allSatisfy(\.isStarted)
        else { return conditions }
        var steps = replicas.reduce(conditions) { $0.union($1.ready) }
        for stale in view.hookContainers(of: service) where !stale.isActive {
            let removal = Action.removeContainer(stale.identity, withAnonymousVolumes: true)
            steps = [plan.add(removal, after: steps, because: "left by a hook that failed")]
        }
        for hook in definition.preStart {
            let request = try ContainerRequest(preStart: hook, of: definition, in: project, beside: first, view: view)
            steps = [plan.add(.runContainer(request), after: steps, because: "pre_start")]
        }
        return steps
    }
}

extension ContainerRequest {
    /// The container of a hook that runs before a service starts.
    fileprivate init(
        preStart hook: Service.Hook,
        of service: Service,
        in project: Project,
        beside replica: Replica,
        view: ProjectView
    ) throws(PlanError) {
        let id = RandomName.hexadecimal()
        let name = project.joined(service.name, "pre_start", String(id.prefix(12)))
        try self.init(
            service,
            of: project,
            identity: ContainerIdentity(id: id, name: name),
            role: .oneOff(slug: id, usesAliases: false, publishesPorts: false),
            containerOf: { view.replicas(of: $0).first?.id }
        )
        labels[ControlLabel.hook] = "pre_start"
        restart = .no
        health = nil
        mounts = []
        volumesFrom = [VolumesFrom(container: replica.identity.id)]
        let isOwnImage = hook.image == nil || hook.image == image
        if let other = hook.image { image = other }
        if !isOwnImage {
            entrypoint = nil
            user = nil
            workingDirectory = nil
        }
        command = hook.command.isEmpty ? nil : hook.command
        environment += hook.environment.sorted { $0.key < $1.key }.map { EnvironmentEntry($0.key, $0.value) }
        user = hook.user ?? user
        workingDirectory = hook.workingDirectory ?? workingDirectory
        if hook.isPrivileged { security.isPrivileged = true }
    }
}

extension ObservedContainer {
    /// Whether a hook made it.
    var isHook: Bool { labels[ControlLabel.hook] != nil }
}
