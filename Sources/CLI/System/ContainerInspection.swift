import Containers
import JSON
import Linux
import NameResolution
import Networks
import Orchestrator
import Supervision

/// What `inspect` prints of a container, in Docker's shape.
struct ContainerInspection {
    let summary: ContainerSummary
    let engine: LocalEngine

    init(_ summary: ContainerSummary, _ engine: LocalEngine) {
        self.summary = summary
        self.engine = engine
    }

    var configuration: ContainerConfiguration { summary.configuration }
    private var process: ProcessConfiguration { configuration.process }

    /// The whole.
    ///
    /// - Parameter withSizes: Whether it is found out how much the container and its image take, in bytes.
    func value(withSizes: Bool) throws -> JSONValue {
        guard withSizes, case .object(let members) = try value else { return try value }
        let written = summary.writtenBytes
        let image = summary.imageBytes(engine.images.layers)
        let sizes: [JSONValue.Member] = [
            .init("SizeRw", .integer(written)), .init("SizeRootFs", .integer(written + image)),
        ]
        return .object(members + sizes)
    }

    private var value: JSONValue {
        get throws {
            let arguments = process.arguments
            return [
                "Id": .string(summary.id),
                "Created": .string(TimeText.rfc3339(configuration.createdAt)),
                "Path": .string(arguments.first ?? ""),
                "Args": .strings(Array(arguments.dropFirst())),
                "State": state,
                "Image": .string(configuration.imageID),
                "LogPath": .string(summary.container.logPath.string),
                "Name": .string("/\(summary.name)"),
                "RestartCount": .integer(Int64(restartCount)),
                "Driver": "overlay2",
                "Platform": "linux",
                "MountLabel": "",
                "ProcessLabel": "",
                "AppArmorProfile": .string(configuration.security.appArmorProfile),
                "HostConfig": HostConfigurationInspection(try presentConfiguration).value,
                "Mounts": .array(configuration.mounts.compactMap(\.inspection)),
                "Config": config,
                "NetworkSettings": try networkSettings,
            ]
        }
    }

    /// The configuration, in which whoever has taken the place of the container whose network this one shares stands for it.
    private var presentConfiguration: ContainerConfiguration {
        get throws {
            guard case .container(let id) = configuration.network,
                let owner = try engine.owner(of: configuration.namespaceID, first: id)
            else { return configuration }
            var present = configuration
            present.network = .container(id: owner.id)
            return present
        }
    }

    private var restartCount: Int {
        if case .exited(let record) = summary.status { return record.restartCount }
        return summary.status.state?.restartCount ?? 0
    }

    private var state: JSONValue {
        var members: [JSONValue.Member] = [
            .init("Status", .string(summary.state)),
            .init("Running", .bool(summary.status.isActive)),
            .init("Paused", .bool(summary.state == "paused")),
            .init("Restarting", .bool(summary.state == "restarting")),
        ]
        let state = summary.status.state
        var record: ExitRecord?
        if case .exited(let exit) = summary.status { record = exit }
        members += [
            .init("OOMKilled", .bool(record?.outOfMemory ?? false)),
            .init("Dead", .bool(summary.status == .lost)),
            .init("Pid", .integer(Int64(state?.pid ?? 0))),
            .init("ExitCode", .integer(Int64(record?.exitCode ?? 0))),
            .init("Error", .string(record?.error ?? "")),
            .init("StartedAt", .string(TimeText.rfc3339(state?.startedAt ?? record?.startedAt ?? 0))),
            .init("FinishedAt", .string(TimeText.rfc3339(state?.finishedAt ?? record?.finishedAt ?? 0))),
        ]
        if let health = summary.status.health { members.append(.init("Health", health.inspection)) }
        return .object(members)
    }

    private var config: JSONValue {
        var members: [JSONValue.Member] = [
            .init("Hostname", .string(configuration.hostname)),
            .init("Domainname", .string(configuration.domainname)),
            .init("User", .string(process.user)),
            .init(
                "ExposedPorts",
                .object(configuration.exposedPorts.map { .init("\($0.containerPort)/\($0.transport)", [:]) })
            ),
            .init("Tty", .bool(process.hasTerminal)),
            .init("OpenStdin", .bool(process.keepsStandardInputOpen)),
            .init("Env", .strings(process.environment)),
            .init("Cmd", .strings(Array(process.arguments.dropFirst(process.entrypoint.count)))),
            .init("Image", .string(configuration.image)),
            .init("WorkingDir", .string(process.workingDirectory)),
            .init("Entrypoint", process.entrypoint.isEmpty ? .null : .strings(process.entrypoint)),
            .init("Labels", .strings(configuration.labels)),
            .init("StopSignal", .string(configuration.stopSignal)),
            .init("StopTimeout", .integer(Int64(configuration.stopTimeout))),
        ]
        if let health = configuration.health { members.append(.init("Healthcheck", health.inspection)) }
        if let shell = process.shell { members.append(.init("Shell", .strings(shell))) }
        return .object(members)
    }
}
