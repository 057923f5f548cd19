import Linux

/// The steps that build a container's tree: its root, the kernel's file systems, devices, and what was asked for.
struct TreeSteps {
    let start: StartProgram

    private var configuration: ContainerConfiguration { start.configuration }
    private var isPrivileged: Bool { configuration.security.isPrivileged }

    var steps: [LaunchStep] {
        [.propagate(propagation), root] + kernelFileSystems + devices + files + mounts + protections
            + [.makeFolder(target: configuration.process.workingDirectory)]
    }

    /// Mounts made on the host are seen inside only where somebody asked for it.
    private var propagation: MountPropagation {
        let asked = configuration.mounts.contains { mount in
            guard case .bind(_, let word?, _) = mount.kind else { return false }
            return MountPropagation(parsing: word) != .private
        }
        return asked ? .slave : .private
    }

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
        let shm = "mode=1777,size=\(configuration.resources.shmSize)"
        var steps: [LaunchStep] = [
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
        if !configuration.mounts.contains(where: { $0.target == "/dev/shm" }) {
            steps.append(.mount(type: "tmpfs", target: "/dev/shm", options: shm, flags: quiet, replaces: true))
        }
        return steps + start.cgroup.mountSteps(in: start.layout, isReadOnly: !isPrivileged)
    }

    private var devices: [LaunchStep] {
        let nodes = StandardDevices.nodes + start.privileges.devices
        return nodes.map { .makeDevice(target: $0.target, $0.node) }
            + StandardDevices.links.map { .link(target: $0.target, to: $0.source) }
    }

    private var protections: [LaunchStep] {
        guard !isPrivileged, !configuration.security.options.contains("systempaths=unconfined") else { return [] }
        return ProtectedPaths.masked.map { .mask(target: $0) } + ProtectedPaths.readOnly.map { .protect(target: $0) }
    }

    // MARK: Ours

    /// The files that every container has from its host.
    private var files: [LaunchStep] {
        var steps = ["hostname", "hosts", "resolv.conf"].map { name in
            bind("\(start.folders.container)/\(name)", target: "/etc/\(name)")
        }
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
        case .bind(_, let propagation, let isRecursive):
            return .bind(
                source: mount.source,
                below: nil,
                target: mount.target,
                attributes: attributes,
                propagation: propagation.flatMap(MountPropagation.init(parsing:)) ?? .private,
                isRecursive: isRecursive
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
            source: source,
            below: below,
            target: target,
            attributes: attributes,
            propagation: .private,
            isRecursive: true
        )
    }
}

/// A `tmpfs` mount's options: those that are mount flags, and those that are the file system's own.
struct MemoryMount: Hashable {
    var flags: MountFlags = [.noSetUserID, .noDevices, .noExecute]
    var options: String

    private static let changes: [String: (flag: MountFlags, isSet: Bool)] = [
        "exec": (.noExecute, false), "noexec": (.noExecute, true), "suid": (.noSetUserID, false),
        "nosuid": (.noSetUserID, true), "dev": (.noDevices, false), "nodev": (.noDevices, true),
        "ro": (.readOnly, true), "rw": (.readOnly, false),
    ]

    init(options list: [String], isReadOnly: Bool) {
        var own: [String] = []
        if isReadOnly { flags.insert(.readOnly) }
        for option in list.flatMap({ $0.split(separator: ",").map(String.init) }) {
            guard let change = Self.changes[option] else {
                own.append(option)
                continue
            }
            if change.isSet { flags.insert(change.flag) } else { flags.remove(change.flag) }
        }
        if !own.contains(where: { $0.hasPrefix("mode=") }) { own.append("mode=1777") }
        self.options = own.joined(separator: ",")
    }
}

/// What is hidden or made read-only in every container that is not privileged.
enum ProtectedPaths {
    static let masked = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]
    static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}

/// The device nodes and links that every container has.
enum StandardDevices {
    private static let characterDevice: UInt32 = 0o020666

    static let nodes: [(target: String, node: DeviceNode)] = [
        ("/dev/null", DeviceNode(mode: characterDevice, number: 0x103)),
        ("/dev/zero", DeviceNode(mode: characterDevice, number: 0x105)),
        ("/dev/full", DeviceNode(mode: characterDevice, number: 0x107)),
        ("/dev/random", DeviceNode(mode: characterDevice, number: 0x108)),
        ("/dev/urandom", DeviceNode(mode: characterDevice, number: 0x109)),
        ("/dev/tty", DeviceNode(mode: characterDevice, number: 0x500)),
    ]

    static let links: [(target: String, source: String)] = [
        ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"), ("/dev/core", "/proc/kcore"), ("/dev/ptmx", "pts/ptmx"),
    ]
}
