import Containers
import Linux
import OCI
import Storage
import Supervision

/// What lists tell about a container.
struct ContainerSummary {
    let container: Container
    let status: ContainerStatus
    private let now: Int64

    init(_ container: Container, now: Int64 = WallClock.now) throws {
        self.container = container
        self.now = now
        status = try container.status
    }

    var configuration: ContainerConfiguration { container.configuration }
    var id: String { container.id }
    var name: String { container.name }

    /// `running`, `exited` and so on.
    var state: String { status.word }

    /// 0 for one that has not ended.
    var exitCode: Int32 {
        if case .exited(let record) = status { return record.exitCode }
        return 0
    }

    /// `healthy`, `unhealthy`, `starting`; nothing without a probe or a process.
    var health: String { status.state?.health?.status.rawValue ?? "" }

    /// Such as `Up 3 minutes (healthy)`.
    var statusText: String {
        switch status {
        case .created: return "Created"
        case .running(let state): return "Up \(Age.text(now - state.startedAt))\(Self.mark(state.health))"
        case .paused(let state): return "Up \(Age.text(now - state.startedAt)) (Paused)"
        case .restarting(let state):
            return "Restarting (\(state.exitCode)) \(Age.since(state.finishedAt, now: now))"
        case .exited(let record):
            guard record.finishedAt > 0 else { return "Exited (\(record.exitCode))" }
            return "Exited (\(record.exitCode)) \(Age.since(record.finishedAt, now: now))"
        case .lost: return "Dead"
        }
    }

    private static func mark(_ health: HealthState?) -> String {
        switch health?.status {
        case .starting: " (health: starting)"
        case .healthy: " (healthy)"
        case .unhealthy: " (unhealthy)"
        case nil: ""
        }
    }

    /// Such as `5 minutes ago`.
    var age: String { Age.since(configuration.createdAt, now: now) }

    /// The command as one text, its arguments in quotes where there are spaces in them.
    var command: String {
        let words = configuration.process.arguments
        let arguments = words.dropFirst().map { $0.contains(" ") ? "'\($0)'" : $0 }
        return (words.prefix(1) + arguments).joined(separator: " ")
    }

    /// The ports it listens on through the host, while it has a process.
    var heldPorts: [HeldPort] { status.isActive ? container.order?.ports ?? [] : [] }

    /// Such as `0.0.0.0:8080->80/tcp, 9000/tcp`.
    var ports: String { status.isActive ? PortText.text(portList) : "" }

    private var portList: [PortText.Port] {
        let held = heldPorts.map {
            PortText.Port(
                transport: $0.transport.rawValue,
                containerPort: $0.targetPort,
                host: $0.hostPort > 0 ? ($0.hostAddress, $0.hostPort) : nil
            )
        }
        let published = Set(held.map { "\($0.containerPort)/\($0.transport)" })
        return held + configuration.exposedPorts.filter { !published.contains("\($0.containerPort)/\($0.transport)") }
    }

    /// Names of the networks it is on.
    var networks: [String] {
        switch configuration.network {
        case .none: ["none"]
        case .host: ["host"]
        case .container: []
        case .networks(let attachments): attachments.endpoints.map(\.network)
        }
    }

    /// What it has mounted: names of volumes, paths of the host.
    var mounts: [String] {
        configuration.mounts.compactMap { mount in
            switch mount.kind {
            case .volume(let name, _, _, _): name
            case .bind: mount.source
            case .image(let reference, _, _, _): reference
            case .tmpfs, .contents, .copy: nil
            }
        }
    }

    /// How many of its mounts are volumes.
    var volumeCount: Int {
        configuration.mounts.count { mount in
            if case .volume = mount.kind { true } else { false }
        }
    }
}

extension ContainerConfiguration {
    /// Ports that the image or the user declares.
    var exposedPorts: [PortText.Port] {
        guard case .networks(let attachments) = network else { return [] }
        return attachments.exposed.flatMap { text in
            let parts = text.split(separator: "/")
            let bounds = (parts.first ?? "").split(separator: "-").compactMap { UInt16($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last else { return [PortText.Port]() }
            let transport = parts.count > 1 ? String(parts[1]) : "tcp"
            return (first...last).map { PortText.Port(transport: transport, containerPort: $0, host: nil) }
        }
    }
}

extension ContainerSummary {
    /// What the container has written, in bytes.
    var writtenBytes: Int64 { DiskUse.bytes(below: container.upperFolder) }

    /// What the layers of its image have, in bytes.
    func imageBytes(_ layers: LayerStore) -> Int64 {
        configuration.layers.reduce(0) { sum, layer in
            let record = try? layers.record(Digest(parsing: layer))
            return sum + (record?.size ?? 0)
        }
    }
}
