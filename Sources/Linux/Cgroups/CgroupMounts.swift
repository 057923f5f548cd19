extension Cgroup {
    /// The mounts that show a container its own groups below `/sys/fs/cgroup`, read-only.
    ///
    /// The process is in its own cgroup namespace by then, so that each hierarchy's root is its own group.
    public func mountSteps(in layout: CgroupLayout, isReadOnly: Bool = true) -> [LaunchStep] {
        var flags: MountFlags = [.noSetUserID, .noDevices, .noExecute]
        if isReadOnly { flags.insert(.readOnly) }
        let top = "/sys/fs/cgroup"
        guard case .hierarchies = layout else {
            return [.mount(type: "cgroup2", target: top, options: "", flags: flags, replaces: false)]
        }
        var controllers: [String: [String]] = [:]
        for (controller, folder) in folders { controllers[folder, default: []].append(controller) }
        let hierarchies = controllers.values.map { $0.sorted().joined(separator: ",") }.sorted()
        let base = LaunchStep.mount(
            type: "tmpfs",
            target: top,
            options: "mode=755,size=64k",
            flags: [.noSetUserID, .noDevices, .noExecute],
            replaces: false
        )
        return [base]
            + hierarchies.map {
                .mount(type: "cgroup", target: "\(top)/\($0)", options: $0, flags: flags, replaces: false)
            } + (isReadOnly ? [.protect(target: top)] : [])
    }
}
