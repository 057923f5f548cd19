import SystemPackage
import YAML

/// Turns a complete tree into a project.
struct ProjectBinding {
    let name: String
    let discovery: Discovery
    let environment: [String: String]
    let profiles: [String]

    /// - Parameters:
    ///   - disabled: Services that the model lacks.
    ///   - complete: The model with the resources too that no service of it uses.
    func project(
        from model: Node,
        disabled: [Mapping.Entry],
        complete: Node
    ) throws(LoadError) -> Project {
        var project = Project(name: name, workingDirectory: FilePath(discovery.projectDirectory))
        project.composeFiles = discovery.files
        project.remoteFiles = discovery.reading.remoteFiles
        project.environmentFiles = discovery.environmentFiles
        project.environment = environment
        project.profiles = profiles
        project.services = try services(model["services"]?.entries ?? [])
        project.disabledServices = try services(disabled)
        for reader in objects("networks", in: model) { project.networks.append(try network(reader)) }
        for reader in objects("volumes", in: model) { project.volumes.append(volume(reader)) }
        for reader in objects("configs", in: model) { project.configs.append(try fileSource(reader)) }
        for reader in objects("secrets", in: model) { project.secrets.append(try fileSource(reader)) }
        for reader in objects("secrets", in: complete) where project.secret(reader.key.text) == nil {
            project.disabledSecrets.append(try fileSource(reader))
        }
        for reader in objects("models", in: model) { project.models.append(try languageModel(reader)) }
        return project
    }

    private func languageModel(_ object: Object) throws(LoadError) -> Project.Model {
        let reader = object.reader
        var model = Project.Model(key: object.key.text, name: object.name, model: reader.string("model") ?? "")
        model.contextSize = try reader.integer("context_size")
        model.runtimeFlags = reader.strings("runtime_flags")
        return model
    }

    private func services(_ entries: [Mapping.Entry]) throws(LoadError) -> [Service] {
        var services: [Service] = []
        for entry in entries.sorted(by: { $0.key.text < $1.key.text }) {
            let path = NodePath.root / "services" / entry.key.text
            let binding = ServiceBinding(key: entry.key, reader: NodeReader(node: entry.value, path: path))
            services.append(try binding.service())
        }
        return services
    }

    private struct Object {
        var key: Mapping.Key
        var reader: NodeReader
        var name: String { reader.string("name") ?? key.text }
    }

    private func objects(_ kind: String, in model: Node) -> [Object] {
        (model[kind]?.entries ?? []).sorted { $0.key.text < $1.key.text }.map { entry in
            Object(key: entry.key, reader: NodeReader(node: entry.value, path: .root / kind / entry.key.text))
        }
    }

    private func network(_ object: Object) throws(LoadError) -> Project.Network {
        let reader = object.reader
        var network = Project.Network(key: object.key.text, name: object.name)
        network.driver = reader.string("driver")
        network.driverOptions = reader.map("driver_opts")
        network.ipamDriver = reader.section("ipam")?.string("driver")
        network.ipamOptions = reader.section("ipam")?.map("options") ?? [:]
        network.pools = (reader.section("ipam")?.sections("config") ?? []).map(Self.pool)
        network.isInternal = reader.flag("internal")
        network.isAttachable = reader.flag("attachable")
        network.enablesIPv4 = reader.bool("enable_ipv4")
        network.enablesIPv6 = reader.bool("enable_ipv6")
        network.labels = reader.map("labels")
        network.isExternal = reader.flag("external")
        network.place = object.key.mark
        network.configurationHash = ConfigurationHash.network(reader.node)
        return network
    }

    private static func pool(_ reader: NodeReader) -> Project.AddressPool {
        var pool = Project.AddressPool()
        pool.subnet = reader.string("subnet")
        pool.range = reader.string("ip_range")
        pool.gateway = reader.string("gateway")
        pool.auxiliaryAddresses = reader.map("aux_addresses")
        return pool
    }

    private func volume(_ object: Object) -> Project.Volume {
        let reader = object.reader
        var volume = Project.Volume(key: object.key.text, name: object.name)
        volume.driver = reader.string("driver")
        volume.driverOptions = reader.map("driver_opts")
        volume.labels = reader.map("labels")
        volume.isExternal = reader.flag("external")
        volume.place = object.key.mark
        volume.configurationHash = ConfigurationHash.volume(reader.node)
        return volume
    }

    private func fileSource(_ object: Object) throws(LoadError) -> Project.FileSource {
        let reader = object.reader
        var source = Project.FileSource(key: object.key.text, name: object.name, origin: origin(of: reader))
        source.labels = reader.map("labels")
        source.place = object.key.mark
        return source
    }

    private func origin(of reader: NodeReader) -> Project.FileSource.Origin {
        if reader.flag("external") { return .external }
        if let file = reader.string("file") { return .file(file) }
        if let text = reader["content"]?.scalarText { return .content(text) }
        if let variable = reader.string("environment") {
            return environment[variable].map { .content($0) } ?? .unsetVariable(variable)
        }
        return .driver
    }
}
