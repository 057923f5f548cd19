import Linux
import Storage
import Supervision
import SystemPackage

/// What a start looks up before it can write a launch program: users, devices, limits, the filter.
struct Settlement {
    let store: ContainerStore
    let configuration: ContainerConfiguration

    var name: String { configuration.name }
    var security: Security { configuration.security }

    // MARK: Users

    /// Looks the user up in the container's own files, found in its layers.
    func identity(in tree: [RootedFolder]) throws(ContainerError) -> UserIdentity {
        let table = UserTable(passwd: try text("etc/passwd", in: tree), group: try text("etc/group", in: tree))
        let process = configuration.process
        do throws(UserTable.Stranger) {
            return try table.identity(process.user, additional: process.additionalGroups)
        } catch {
            switch error {
            case .user(let user): throw .unknownUser(name: name, user: user)
            case .group(let group): throw .unknownGroup(name: name, group: group)
            }
        }
    }

    /// The topmost file of that name. A device in its place is a whiteout, and hides what is below.
    private func text(_ path: String, in tree: [RootedFolder]) throws(ContainerError) -> String {
        for folder in tree {
            guard let bytes = try systemCall({ () throws(SystemError) in try folder.read(path) }) else {
                let mode = try systemCall { () throws(SystemError) in try folder.mode(of: path) }
                guard mode == nil else { return "" }
                continue
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return ""
    }

    // MARK: Privileges

    /// - Parameter warn: Takes what this machine cannot give, in words.
    func privileges(warn: (String) -> Void = { _ in }) throws(ContainerError) -> Privileges {
        let options: SecurityOptions
        do throws(InvalidSetting) { options = try SecurityOptions(security.options) } catch { throw unsupported(error) }
        let capabilities = try capabilities()
        return Privileges(
            capabilities: capabilities,
            options: options,
            filter: try filter(options.seccomp, for: capabilities),
            profile: try profile(warn: warn),
            limits: try limits(warn: warn),
            devices: try devices().map { ($0.target, $0.node) }
        )
    }

    private func unsupported(_ setting: InvalidSetting) -> ContainerError {
        .unsupported(name: name, what: setting.description)
    }

    /// A machine that lacks capabilities itself gives all that it has, but not one that was asked for by its name.
    private func capabilities() throws(ContainerError) -> CapabilitySet {
        let own = ProcessStatus.effectiveCapabilities()
        for text in security.capabilitiesAdded {
            guard let capability = CapabilitySet(parsing: text), capability != .all, !own.contains(capability) else {
                continue
            }
            throw .unsupported(name: name, what: "capability \(text): this machine does not have it to give")
        }
        do throws(UnknownCapability) {
            return try security.capabilitySet().intersection(own)
        } catch {
            throw .unsupported(name: name, what: "invalid capability: \"\(error.name)\"")
        }
    }

    /// The compiled filter: from disk if this one was ever compiled before.
    private func filter(
        _ choice: SecurityOptions.Seccomp?,
        for capabilities: CapabilitySet
    ) throws(ContainerError) -> [UInt8]? {
        switch choice {
        case .unconfined: return nil
        case nil where security.isPrivileged: return nil
        case nil, .builtin:
            let mask = String(capabilities.mask, radix: 16)
            let file = store.root.cache.appending("seccomp-\(SeccompFilter.version)-\(mask).bpf")
            return try filter(keptAs: file) { .standard(for: capabilities) }
        case .profile(let text):
            // It belongs to the container, and the container never changes.
            let file = store.root.container(configuration.id).appending("seccomp-\(SeccompFilter.version).bpf")
            return try filter(keptAs: file) { () throws(InvalidSetting) in
                try SeccompProfile(parsing: text, for: capabilities)
            }
        }
    }

    private func filter(
        keptAs file: FilePath,
        _ profile: () throws(InvalidSetting) -> SeccompProfile
    ) throws(ContainerError) -> [UInt8] {
        if let bytes = try? WholeFile.read(file), !bytes.isEmpty, bytes.count % 8 == 0 { return bytes }
        let profile = try { () throws(ContainerError) in
            do throws(InvalidSetting) { return try profile() } catch { throw unsupported(error) }
        }()
        return try systemCall { () throws(SystemError) in
            let bytes = try SeccompFilter.compile(profile)
            try Folder.makeAll(file.removingLastComponent(), mode: 0o711)
            try WholeFile.replace(file, with: bytes, isDurable: false)
            return bytes
        }
    }

    /// A limit above our own hard one needs a capability; without it, the highest that we may give is given.
    private func limits(warn: (String) -> Void) throws(ContainerError) -> [LaunchStep] {
        let mayRaise =
            CapabilitySet(parsing: "SYS_RESOURCE").map(ProcessStatus.effectiveCapabilities().contains) ?? false
        var steps: [LaunchStep] = []
        for limit in configuration.resources.ulimits {
            guard let number = limit.number else {
                throw .unsupported(name: name, what: "invalid ulimit type: \(limit.name)")
            }
            var hard = limit.hard < 0 ? UInt64.max : UInt64(limit.hard)
            var soft = limit.soft < 0 ? UInt64.max : UInt64(limit.soft)
            let highest = ResourceLimits.current(number).hard
            if !mayRaise, hard > highest {
                warn("ulimit \(limit.name): this machine allows no more than \(highest). The limit is \(highest).")
                hard = highest
                soft = min(soft, hard)
            }
            steps.append(.limit(resource: number, soft: soft, hard: hard))
        }
        return steps
    }

    /// How willingly the kernel kills the container: less than ordinary needs a capability.
    func outOfMemoryScore(warn: (String) -> Void) -> LaunchStep {
        let path = "/proc/self/oom_score_adj"
        // The monitor protects itself from the out-of-memory killer; its container is not to inherit that.
        guard let score = configuration.resources.outOfMemoryScoreAdjustment else { return .tryWrite(path: path, "0") }
        let mayLower =
            CapabilitySet(parsing: "SYS_RESOURCE").map(ProcessStatus.effectiveCapabilities().contains) ?? false
        guard score < 0, !mayLower else { return .write(path: path, String(score)) }
        warn("oom_score_adj \(score): this machine does not allow less than 0. The score is 0.")
        return .tryWrite(path: path, "0")
    }

    // MARK: Devices

    private func devices() throws(ContainerError) -> [(target: String, node: DeviceNode, access: String)] {
        var devices: [(target: String, node: DeviceNode, access: String)] = []
        if security.isPrivileged {
            let standard = Set(StandardDevices.nodes.map(\.target) + ["/dev/ptmx", "/dev/console"])
            devices = DeviceNode.all(below: "/dev").filter { !standard.contains($0.path) }
                .map { ($0.path, $0.node, "rwm") }
        }
        for mapping in security.devices {
            if let node = DeviceNode(at: mapping.source) {
                devices.append((mapping.target, node, mapping.permissions))
                continue
            }
            let below = DeviceNode.all(below: mapping.source)
            guard !below.isEmpty else {
                throw .unsupported(name: name, what: "no device at \(mapping.source)")
            }
            devices += below.map {
                (mapping.target + $0.path.dropFirst(mapping.source.count), $0.node, mapping.permissions)
            }
        }
        return devices
    }

    /// What the control group lets through; nil is everything.
    func deviceRules() throws(ContainerError) -> [DeviceRule]? {
        guard !security.isPrivileged else { return nil }
        var rules = DeviceRule.standard
        rules += try devices().map { $0.node.rule(access: $0.access) }
        for text in security.deviceCgroupRules {
            guard let rule = DeviceRule(parsing: text) else {
                throw .unsupported(name: name, what: "\"\(text)\" is not a device cgroup rule")
            }
            rules.append(rule)
        }
        return rules
    }
}
