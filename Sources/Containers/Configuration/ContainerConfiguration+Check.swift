import Linux

extension ContainerConfiguration {
    /// Refuses what makes no sense, what contradicts itself, and what no machine of ours can do.
    ///
    /// Nothing that was asked for is left out silently: what can be had only on some machines is found out at the start.
    public func check() throws(InvalidSetting) {
        try resources.check()
        try security.check()
        guard Signal.number(stopSignal) != nil else { throw InvalidSetting("invalid signal: \(stopSignal)") }
        for name in security.sysctls.keys.sorted() { try check(sysctl: name) }
        if let parent = namespaces.cgroupParent { try Self.check(cgroupParent: parent) }
        for mount in mounts { try mount.check() }
    }

    /// A sysctl that belongs to no namespace is the host's, and one of a namespace that is the host's is so as well.
    private func check(sysctl name: String) throws(InvalidSetting) {
        guard let setting = KernelSettingName(name) else { throw InvalidSetting("invalid sysctl: \"\(name)\"") }
        switch setting.namespace {
        case nil: throw InvalidSetting("sysctl \"\(name)\" is not in a separate kernel namespace")
        case .network where network == .host:
            throw InvalidSetting("sysctl \"\(name)\" not allowed in host network namespace")
        case .ipc where namespaces.ipc == .host:
            throw InvalidSetting("sysctl \"\(name)\" not allowed in host ipc namespace")
        case .hostname where namespaces.uts == .host:
            throw InvalidSetting("sysctl \"\(name)\" not allowed in host uts namespace")
        default: return
        }
    }

    private static func check(cgroupParent path: String) throws(InvalidSetting) {
        let parts = path.split(separator: "/")
        guard !parts.contains(where: { $0 == "." || $0 == ".." }), !path.utf8.contains(0), !path.utf8.contains(10)
        else {
            throw InvalidSetting("invalid cgroup parent: \"\(path)\"")
        }
    }
}

extension Security {
    fileprivate func check() throws(InvalidSetting) {
        for name in capabilitiesAdded + capabilitiesDropped where CapabilitySet(parsing: name) == nil {
            throw InvalidSetting("invalid capability: \"\(name)\"")
        }
        for text in deviceCgroupRules where DeviceRule(parsing: text) == nil {
            throw InvalidSetting("invalid device cgroup format '\(text)'")
        }
        for device in devices {
            guard device.source.hasPrefix("/") else {
                throw InvalidSetting("device \"\(device.source)\": CDI devices are not supported")
            }
            let permissions = device.permissions
            guard !permissions.isEmpty, permissions.allSatisfy({ "rwm".contains($0) }) else {
                throw InvalidSetting("invalid permissions \"\(permissions)\" of device \(device.source)")
            }
            let parts = device.target.split(separator: "/")
            guard device.target.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
                throw InvalidSetting("invalid target of device \(device.source): \"\(device.target)\"")
            }
        }
        if case .profile(let text) = try SecurityOptions(options).seccomp {
            _ = try SeccompProfile(parsing: text, for: .standard)
        }
    }
}

extension Mount {
    fileprivate func check() throws(InvalidSetting) {
        guard case .bind(_, let propagation, let recursion) = kind else { return }
        if let propagation, MountPropagation(parsing: propagation) == nil {
            throw InvalidSetting("invalid propagation config: \(propagation)")
        }
        guard recursion == .writable || recursion == .readOnly else { return }
        guard isReadOnly else {
            throw InvalidSetting("mount of \(target): bind-recursive=\(recursion.rawValue) requires a read-only mount")
        }
        guard recursion == .writable || propagation == "rprivate" else {
            throw InvalidSetting(
                "mount of \(target): option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified"
                    + " in conjunction"
            )
        }
    }
}

/// A kernel setting by its place below `/proc/sys`, and the namespace that it belongs to.
struct KernelSettingName: Hashable {
    enum Namespace: Hashable { case network, ipc, hostname }

    /// Such as `net/ipv4/ip_forward`.
    let path: String

    /// Reads `net.ipv4.ip_forward` or `net/ipv4/ip_forward`; nil for what is no name. Where dots part, slashes stand for dots
    /// in a part, and the other way round.
    init?(_ text: String) {
        let first = text.first { $0 == "." || $0 == "/" }
        let swapped = text.map { character -> Character in
            switch character {
            case "." where first == ".": "/"
            case "/" where first == ".": "."
            default: character
            }
        }
        path = String(swapped)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { return nil }
        guard !path.utf8.contains(0) else { return nil }
    }

    /// Nil for one that is the whole machine's.
    var namespace: Namespace? {
        if path.hasPrefix("net/") { return .network }
        if path.hasPrefix("fs/mqueue/") || Self.ipc.contains(path) { return .ipc }
        return path == "kernel/domainname" ? .hostname : nil
    }

    private static let ipc: Set = [
        "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax",
        "kernel/shmmni", "kernel/shm_rmid_forced",
    ]
}
