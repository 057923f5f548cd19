import Containers
import JSON

/// What `inspect` prints of a container's bounds, in Docker's shape.
struct HostConfigurationInspection {
    private let configuration: ContainerConfiguration

    init(_ configuration: ContainerConfiguration) { self.configuration = configuration }

    private var resources: Resources { configuration.resources }
    private var security: Security { configuration.security }

    /// The whole.
    var value: JSONValue { .object(life + namespaces + rights + memory + processors + blocks) }

    private var life: [JSONValue.Member] {
        [
            .init("Binds", .strings(configuration.mounts.compactMap(\.bindText))),
            .init(
                "LogConfig",
                ["Type": .string(configuration.log.driver), "Config": .strings(configuration.log.options)]
            ),
            .init("NetworkMode", .string(networkMode)),
            .init("PortBindings", portBindings),
            .init("Links", links),
            .init("RestartPolicy", configuration.restart.inspection),
            .init("AutoRemove", .bool(configuration.removesItself)),
            .init("Init", .bool(configuration.hasInit)),
            .init("Runtime", "runc"),
            .init("Annotations", .strings(configuration.annotations)),
        ]
    }

    private var links: JSONValue {
        guard case .networks(let attachments) = configuration.network, let links = attachments.links else {
            return .null
        }
        return .strings(links.map { "/\($0.container):/\(configuration.name)/\($0.alias)" })
    }

    private var namespaces: [JSONValue.Member] {
        let namespaces = configuration.namespaces
        return [
            .init("IpcMode", .string(namespaces.ipc?.description ?? "private")),
            .init("PidMode", .string(namespaces.pid?.description ?? "")),
            .init("UTSMode", .string(namespaces.uts?.description ?? "")),
            .init("CgroupnsMode", namespaces.seesHostCgroups == true ? "host" : "private"),
            .init("UsernsMode", ""),
            .init("CgroupParent", .string(namespaces.cgroupParent ?? "")),
        ]
    }

    private var rights: [JSONValue.Member] {
        [
            .init("CapAdd", .strings(security.capabilitiesAdded)),
            .init("CapDrop", .strings(security.capabilitiesDropped)),
            .init("GroupAdd", .strings(configuration.process.additionalGroups)),
            .init("Privileged", .bool(security.isPrivileged)),
            .init("ReadonlyRootfs", .bool(security.isRootReadOnly)),
            .init("SecurityOpt", .strings(security.options)),
            .init("Sysctls", .strings(security.sysctls)),
            .init("DeviceCgroupRules", .strings(security.deviceCgroupRules)),
            .init(
                "Devices",
                .array(
                    security.devices.map { device in
                        [
                            "PathOnHost": .string(device.source), "PathInContainer": .string(device.target),
                            "CgroupPermissions": .string(device.permissions),
                        ]
                    }
                )
            ),
        ]
    }

    private var memory: [JSONValue.Member] {
        [
            .init("ShmSize", .integer(Int64(resources.shmSize))),
            .init("Memory", number(resources.memory)),
            .init("MemoryReservation", number(resources.memoryReservation)),
            .init("MemorySwap", number(resources.memorySwap)),
            .init("MemorySwappiness", resources.memorySwappiness.map { .integer(Int64($0)) } ?? .null),
            .init("OomKillDisable", .bool(resources.isOutOfMemoryKillDisabled)),
            .init("OomScoreAdj", number(resources.outOfMemoryScoreAdjustment)),
            .init("PidsLimit", resources.pids.map { .integer(Int64($0)) } ?? .null),
            .init(
                "Ulimits",
                .array(
                    resources.ulimits.map { limit in
                        ["Name": .string(limit.name), "Hard": .integer(limit.hard), "Soft": .integer(limit.soft)]
                    }
                )
            ),
        ]
    }

    private var processors: [JSONValue.Member] {
        [
            .init("NanoCpus", number(resources.nanoCPUs)),
            .init("CpuShares", number(resources.cpuShares)),
            .init("CpuPeriod", number(resources.cpuPeriod)),
            .init("CpuQuota", number(resources.cpuQuota)),
            .init("CpuRealtimePeriod", number(resources.cpuRealtimePeriod)),
            .init("CpuRealtimeRuntime", number(resources.cpuRealtimeRuntime)),
            .init("CpusetCpus", .string(resources.cpusetCPUs ?? "")),
            .init("CpusetMems", .string(resources.cpusetMemories ?? "")),
        ]
    }

    private var blocks: [JSONValue.Member] {
        let keys: [(String, BlockDeviceLimit.Kind)] = [
            ("BlkioWeightDevice", .weight), ("BlkioDeviceReadBps", .readBytes), ("BlkioDeviceWriteBps", .writeBytes),
            ("BlkioDeviceReadIOps", .readOperations), ("BlkioDeviceWriteIOps", .writeOperations),
        ]
        return [.init("BlkioWeight", number(resources.blockWeight))]
            + keys.map { key, kind in
                let devices = resources.blockDevices.filter { $0.kind == kind }
                let measure = kind == .weight ? "Weight" : "Rate"
                return .init(
                    key,
                    .array(
                        devices.map { device in
                            .object([
                                .init("Path", .string(device.path)),
                                .init(measure, .integer(Int64(device.value))),
                            ])
                        }
                    )
                )
            }
    }

    private func number(_ value: Int?) -> JSONValue { .integer(Int64(value ?? 0)) }

    private var networkMode: String {
        switch configuration.network {
        case .none: "none"
        case .host: "host"
        case .container(let id): "container:\(id)"
        case .networks(let attachments): attachments.endpoints.first?.network ?? "none"
        }
    }

    private var portBindings: JSONValue {
        guard case .networks(let attachments) = configuration.network else { return [:] }
        var bindings: [String: [JSONValue]] = [:]
        for port in attachments.ports {
            let host = port.hostPorts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            bindings["\(port.containerPort)/\(port.transport.rawValue)", default: []].append([
                "HostIp": .string(port.hostAddress ?? ""), "HostPort": .string(host ?? ""),
            ])
        }
        return .object(bindings.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value)) })
    }
}
