import JSON
import Orchestrator

extension ContainerSummary {
    /// The fields that templates and JSON of `docker ps` know.
    ///
    /// - Parameter isCut: whether identifiers, commands and the like are shortened.
    func row(isCut: Bool) -> JSONValue {
        let labels = configuration.labels.sorted { $0.key < $1.key }
        return [
            "Command": .string((isCut ? command.ellipsis(20) : command).quoted),
            "CreatedAt": .string(TimeText.table(configuration.createdAt)),
            "HealthStatus": .string(health),
            "ID": .string(isCut ? String(id.prefix(12)) : id),
            "Image": .string(configuration.image),
            "Label": .object(labels.map { JSONValue.Member($0.key, .string($0.value)) }),
            "Labels": .string(labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
            "LocalVolumes": .string("\(volumeCount)"),
            "Mounts": .string(mounts.map { isCut ? $0.ellipsis(15) : $0 }.joined(separator: ",")),
            "Names": .string(name),
            "Networks": .string(networks.joined(separator: ",")),
            "Platform": .null,
            "Ports": .string(ports),
            "RunningFor": .string(age),
            "Size": "0B",
            "State": .string(state),
            "Status": .string(statusText),
        ]
    }

    /// The fields that templates and JSON of Compose's `ps` know.
    func projectRow(isCut: Bool) -> JSONValue {
        let label = { (name: String) in JSONValue.string(configuration.labels[name] ?? "") }
        return row(isCut: isCut).adding([
            .init("ExitCode", .integer(Int64(exitCode))),
            .init("Health", .string(health)),
            .init("Name", .string(name)),
            .init("Project", label(ControlLabel.project)),
            .init("Publishers", publishers),
            .init("Service", label(ControlLabel.service)),
        ])
    }

    private var publishers: JSONValue {
        let published = heldPorts.map { port -> JSONValue in
            [
                "URL": .string(port.hostAddress),
                "TargetPort": .integer(Int64(port.targetPort)),
                "PublishedPort": .integer(Int64(port.hostPort)),
                "Protocol": .string(port.transport.rawValue),
            ]
        }
        guard status.isActive else { return .array([]) }
        let targets = Set(heldPorts.map { "\($0.targetPort)/\($0.transport)" })
        let exposed = configuration.exposedPorts.filter { !targets.contains("\($0.containerPort)/\($0.transport)") }
        return .array(
            published
                + exposed.map { port -> JSONValue in
                    [
                        "URL": "",
                        "TargetPort": .integer(Int64(port.containerPort)),
                        "PublishedPort": 0,
                        "Protocol": .string(port.transport),
                    ]
                }
        )
    }
}

extension JSONValue {
    /// Adds members to an object, which is kept in the order of names.
    func adding(_ further: [Member]) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object((members + further).sorted { $0.name < $1.name })
    }
}

extension JSONValue {
    /// The object with another value for a member.
    func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == name ? Member(name, value) : $0 })
    }
}
