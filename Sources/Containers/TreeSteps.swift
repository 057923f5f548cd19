import Linux

/// The steps that build a container's tree: its root, the kernel's file systems, devices, and what was asked for.
struct TreeSteps {
    let start: StartProgram

    private var configuration: ContainerConfiguration { start.configuration }
    private var isPrivileged: Bool { configuration.security.isPrivileged }

    var steps: [LaunchStep] {
        keptTrees + [.propagate(propagation), root] + kernelFileSystems + sharedMemory + devices + files + mounts
            + protections + [.makeFolder(target: configuration.process.workingDirectory)]
    }

    /// Mounts made on the host are seen inside only where somebody asked for it.
    private var propagation: MountPropagation {
        configuration.mounts.contains { $0.propagation.isSlave } ? .recursiveSlave : .recursivePrivate
    }

    /// What the container is to share with the host both ways is taken while it is the host's still.
    private var keptTrees: [LaunchStep] {
        sharedMounts.enumerated().map { slot, mount in
            .keepTree(source: mount.source, hasSubmounts: mount.reach != .top, slot: slot)
        }
    }

    private var sharedMounts: [Mount] { configuration.mounts.filter(\.propagation.isShared) }

    private var root: LaunchStep {
        .mountOverlay(
            at: start.folders.root,
            lower: start.layers.isEmpty ? [start.folders.empty] : distinctLayers,
            upper: start.folders.upper,
            work: start.folders.work,
            isVolatile: start.isVolatile
        )
    }

    /// The topmost first. Of a layer that appears more than once the topmost is left: an overlay refuses the same folder
    /// twice, and the topmost shows all that the others would.
    private var distinctLayers: [String] {
        var seen: Set<String> = []
        return start.layers.reversed().filter { seen.insert($0).inserted }
    }

    // MARK: The kernel's

    private var kernelFileSystems: [LaunchStep] {
        let quiet: MountFlags = [.noSetUserID, .noDevices, .noExecute]
        let steps: [LaunchStep] = [
            .mount(type: "proc", target: "/proc", options: "", flags: quiet, replaces: true),
            .mount(
                type: "tmpfs",
                target: "/dev",
                options: "mode=755,size=65536k",
                flags: [.noSetUserID, .strictAccessTime],
                replaces: true
            ),
            .mount(
                type: "devpts",
                target: "/dev/pts",
                options: "newinstance,ptmxmode=0666,mode=0620,gid=5",
                flags: [.noSetUserID, .noExecute],
                replaces: true
            ),
            .mount(type: "mqueue", target: "/dev/mqueue", options: "", flags: quiet, replaces: true),
            .mount(
                type: "sysfs",
                target: "/sys",
                options: "",
                flags: isPrivileged ? quiet : quiet.union(.readOnly),
                replaces: true
            ),
        ]
        return steps + start.cgroup.mountSteps(in: start.layout, isReadOnly: !mayWriteCgroups)
    }

    private var mayWriteCgroups: Bool { isPrivileged || start.privileges.options.mayWriteCgroups }

    /// `/dev/shm`, which goes with the namespace of shared memory.
    private var sharedMemory: [LaunchStep] {
        let target = "/dev/shm"
        guard !configuration.mounts.contains(where: { $0.target == target }) else { return [] }
        if let namespace = start.shared.memory {
            return [.bindForeign(namespace: namespace, source: target, target: target)]
        }
        switch configuration.namespaces.ipc {
        case .some(.none): return []
        case .host: return [bind(target, target: target)]
        default:
            let options = "mode=1777,size=\(configuration.resources.shmSize)"
            let quiet: MountFlags = [.noSetUserID, .noDevices, .noExecute]
            return [.mount(type: "tmpfs", target: target, options: options, flags: quiet, replaces: true)]
        }
    }

    private var devices: [LaunchStep] {
        let nodes = StandardDevices.nodes + start.privileges.devices
        return nodes.map { .makeDevice(target: $0.target, $0.node) }
            + StandardDevices.links.map { .link(target: $0.target, to: $0.source) }
    }

    private var protections: [LaunchStep] {
        guard !isPrivileged, !start.privileges.options.showsSystemPaths else { return [] }
        return (ProtectedPaths.masked + ProtectedPaths.thermalThrottles).map { .mask(target: $0) }
            + ProtectedPaths.readOnly.map { .protect(target: $0) }
    }

    // MARK: Ours

    /// The files that every container has from its host.
    private var files: [LaunchStep] {
        var steps = ["hostname", "hosts", "resolv.conf"].map { name in
            bind("\(start.folders.container)/\(name)", target: "/etc/\(name)")
        }
        if !start.isBuilding { steps.append(.link(target: "/etc/mtab", to: "/proc/mounts")) }
        if configuration.hasInit {
            steps.append(bind(start.folders.initProgram, target: ContainerFolders.initTarget, attributes: .readOnly))
        }
        return steps
    }

    private var mounts: [LaunchStep] {
        configuration.mounts.sorted { Self.depth($0.target) < Self.depth($1.target) }.map(step)
    }

    private static func depth(_ path: String) -> Int {
        path.utf8.count { $0 == UInt8(ascii: "/") }
    }

    private func step(_ mount: Mount) -> LaunchStep {
        let attributes: MountAttributes = mount.isReadOnly ? .readOnly : []
        switch mount.kind {
        case .volume(_, _, let subpath, _):
            return bind(mount.source, below: subpath, target: mount.target, attributes: attributes)
        case .bind:
            let slot = sharedMounts.firstIndex(of: mount)
            return .bind(
                slot.map { .kept(slot: $0) } ?? .path(mount.source, below: nil),
                target: mount.target,
                attributes: attributes,
                propagation: mount.propagation,
                reach: mount.reach
            )
        case .contents, .copy:
            return bind(start.contents[mount.target] ?? "", target: mount.target, attributes: .readOnly)
        case .image(_, _, _, let subpath):
            return bind(mount.source, below: subpath, target: mount.target, attributes: .readOnly)
        case .tmpfs(let options):
            let memory = MemoryMount(options: options, isReadOnly: mount.isReadOnly)
            return .mount(
                type: "tmpfs",
                target: mount.target,
                options: memory.options,
                flags: memory.flags,
                replaces: false
            )
        }
    }

    private func bind(
        _ source: String,
        below: String? = nil,
        target: String,
        attributes: MountAttributes = []
    ) -> LaunchStep {
        .bind(
            .path(source, below: below),
            target: target,
            attributes: attributes,
            propagation: .recursivePrivate,
            reach: .attributes
        )
    }
}

extension Mount {
    /// How mounts below it spread.
    fileprivate var propagation: MountPropagation {
        guard case .bind(_, let word?, _) = kind else { return .recursivePrivate }
        return MountPropagation(parsing: word) ?? .recursivePrivate
    }

    /// What of the things below it comes along.
    var reach: BindReach {
        guard case .bind(_, _, let recursion) = kind else { return .attributes }
        switch recursion {
        case .enabled, .readOnly: return .attributes
        case .disabled: return .top
        case .writable: return .submounts
        }
    }
}
