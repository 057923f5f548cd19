import ComposeSpec
import Containers
import Synchronization

@testable import Orchestrator

/// A project by hand, in few words.
func project(_ services: Service..., change: (inout Project) -> Void = { _ in }) -> Project {
    var project = Project(name: "shop", workingDirectory: "/shop")
    project.composeFiles = ["/shop/compose.yaml"]
    project.services = services
    let keys = Set(services.flatMap { $0.networks.map(\.network) }).sorted()
    project.networks = keys.map { key in
        var network = Project.Network(key: key, name: "shop_\(key)")
        network.configurationHash = "hash of \(key)"
        return network
    }
    change(&project)
    return project
}

/// A service that runs an image of its own name.
func service(
    _ name: String,
    after dependencies: [String: Service.Dependency] = [:],
    on networks: [String] = [],
    change: (inout Service) -> Void = { _ in }
) -> Service {
    var service = Service(name: name)
    service.image = name
    service.dependencies = dependencies
    service.networks = networks.map { Service.NetworkAttachment(network: $0) }
    service.configurationHash = "hash of \(name)"
    change(&service)
    return service
}

/// A volume of the project.
func volume(_ key: String) -> Project.Volume {
    var volume = Project.Volume(key: key, name: "shop_\(key)")
    volume.configurationHash = "hash of \(key)"
    return volume
}

/// A container as `up` would have left it.
func container(
    _ service: String,
    _ number: Int = 1,
    _ status: ObservedContainer.Status = .running,
    change: (inout ObservedContainer) -> Void = { _ in }
) -> ObservedContainer {
    var container = ObservedContainer(
        ContainerIdentity(id: padded("\(service)\(number)"), name: "shop-\(service)-\(number)"),
        status: status,
        imageID: "image of \(service)",
        labels: [
            ControlLabel.project: "shop",
            ControlLabel.service: service,
            ControlLabel.oneOff: "False",
            ControlLabel.containerNumber: String(number),
            ControlLabel.configHash: "hash of \(service)",
        ]
    )
    change(&container)
    return container
}

/// What is there: containers, the networks and volumes of those keys, and an image for each service.
func observed(
    _ containers: ObservedContainer...,
    networks: [String] = [],
    volumes: [String] = [],
    images: [String] = ["api", "db", "job", "web"]
) -> Observation {
    func labels(_ key: String, _ kind: String) -> [String: String] {
        [ControlLabel.project: "shop", kind: key, ControlLabel.configHash: "hash of \(key)"]
    }
    return Observation(
        project: "shop",
        containers: containers,
        networks: Dictionary(
            uniqueKeysWithValues: networks.map { key in
                let network = ObservedNetwork(name: "shop_\(key)", labels: labels(key, ControlLabel.network))
                return (network.name, network)
            }
        ),
        volumes: Dictionary(
            uniqueKeysWithValues: volumes.map { key in
                let volume = ObservedVolume(name: "shop_\(key)", labels: labels(key, ControlLabel.volume))
                return (volume.name, volume)
            }
        ),
        images: Dictionary(uniqueKeysWithValues: images.map { ($0, "image of \($0)") })
    )
}

/// Identifiers that count.
func counting() -> () -> String {
    var count = 0
    return {
        count += 1
        return padded("new\(count)")
    }
}

private func padded(_ text: String) -> String {
    text + String(repeating: "0", count: 64 - text.utf8.count)
}

extension Plan {
    /// The plan of `up` with identifiers that count.
    init(_ project: Project, _ observed: Observation, change: (inout UpOptions) -> Void = { _ in }) throws {
        var options = UpOptions()
        change(&options)
        try self.init(up: project, observed: observed, options: options, identifiers: counting())
    }

    /// The request of the step that creates this container.
    func request(_ name: String) -> ContainerRequest? {
        for step in steps {
            if case .createContainer(let request) = step.action, request.name == name { return request }
        }
        return nil
    }
}
