import Linux
import Storage
import Supervision
import SystemPackage

/// What a start looks up before it can write a launch program: users, devices, limits, the filter.
struct Settlement {
    let store: ContainerStore
    let configuration: ContainerConfiguration

    private var name: String { configuration.name }
    private var security: Security { configuration.security }

    // MARK: Users

    /// Looks the user up in the container's own files, found in its layers.
    func identity(in tree: [RootedFolder]) throws(ContainerError) -> UserIdentity {
        let table = UserTable(passwd: try text("etc/passwd", in: tree), group: try text("etc/group", in: tree))
        let process = configuration.process
        guard let identity = table.identity(process.user, additional: process.additionalGroups) else {
            throw .unknownUser(name: name, user: process.user)
        }
        return identity
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

    func privileges() throws(ContainerError) -> Privileges {
        let capabilities: CapabilitySet
        do throws(UnknownCapability) {
            capabilities = try security.capabilitySet()
        } catch {
            throw .unsupported(name: name, what: "unknown capability \"\(error.name)\"")
        }
        return Privileges(
            capabilities: capabilities.intersection(ProcessStatus.effectiveCapabilities()),
            deniesNewPrivileges: security.deniesNewPrivileges,
            filter: try filter(for: capabilities),
            limits: try limits(),
            devices: try devices().map { ($0.target, $0.node) }
        )
    }

    /// The compiled filter: from disk if this one was ever compiled before.
    private func filter(for capabilities: CapabilitySet) throws(ContainerError) -> [UInt8]? {
        guard !security.isPrivileged, security.seccompChoice != "unconfined" else { return nil }
        guard security.seccompChoice == nil else {
            throw .unsupported(name: name, what: "a seccomp profile of its own is not supported")
        }
        let mask = String(capabilities.mask, radix: 16)
        let file = store.root.cache.appending("seccomp-\(SeccompFilter.version)-\(mask).bpf")
        if let bytes = try? WholeFile.read(file), !bytes.isEmpty, bytes.count % 8 == 0 { return bytes }
        return try systemCall { () throws(SystemError) in
            let bytes = try SeccompFilter.compile(for: capabilities)
            try Folder.makeAll(store.root.cache, mode: 0o711)
            try WholeFile.replace(file, with: bytes, isDurable: false)
            return bytes
        }
    }

    /// A limit above our own hard one needs a capability; without it, the highest that we may give is given.
    private func limits() throws(ContainerError) -> [LaunchStep] {
        let mayRaise = CapabilitySet(parsing: "SYS_RESOURCE").map(ProcessStatus.effectiveCapabilities().contains)
        var steps: [LaunchStep] = []
        for limit in configuration.resources.ulimits {
            guard let number = ResourceLimitNames.numbers[limit.name] else {
                throw .unsupported(name: name, what: "invalid ulimit type: \(limit.name)")
            }
            var hard = limit.hard < 0 ? UInt64.max : UInt64(limit.hard)
            var soft = limit.soft < 0 ? UInt64.max : UInt64(limit.soft)
            if mayRaise != true {
                hard = min(hard, ResourceLimits.current(number).hard)
                soft = min(soft, hard)
            }
            steps.append(.limit(resource: number, soft: soft, hard: hard))
        }
        return steps
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
    private func deviceRules() throws(ContainerError) -> [DeviceRule]? {
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

    // MARK: Control group

    func cgroup(in layout: CgroupLayout) throws(ContainerError) -> Cgroup {
        let rules = try deviceRules()
        let own = "tutti-\(configuration.id.prefix(12))"
        let parent = configuration.namespaces.cgroupParent.map { $0.drop { $0 == "/" } } ?? ""
        return try systemCall { () throws(SystemError) in
            try Cgroup.create(
                named: parent.isEmpty ? own : "\(parent)/\(own)",
                in: layout,
                limits: configuration.resources.cgroupLimits,
                devices: rules
            )
        }
    }
}

extension Resources {
    /// The limits in the kernel's units.
    var cgroupLimits: CgroupLimits {
        var limits = CgroupLimits()
        limits.memory = memory
        limits.memoryReservation = memoryReservation
        limits.memorySwap = memorySwap
        limits.memorySwappiness = memorySwappiness
        limits.isOutOfMemoryKillDisabled = isOutOfMemoryKillDisabled
        limits.cpuShares = cpuShares
        limits.cpuPeriod = nanoCPUs == nil ? cpuPeriod : 100_000
        limits.cpuQuota = nanoCPUs.map { $0 / 10_000 } ?? cpuQuota
        limits.cpusetCPUs = cpusetCPUs
        limits.cpusetMemories = cpusetMemories
        limits.pids = pids
        limits.blockWeight = blockWeight
        return limits
    }
}
