import YAML

/// Dependencies that follow from other attributes than `depends_on`.
enum ImplicitDependencies {
    private static let namespaces = ["network_mode", "ipc", "pid", "uts", "cgroup"]

    static func add(to service: inout Mapping) {
        var dependencies = service["depends_on"]?.mapping ?? Mapping()
        for source in sources(in: service) {
            add(source.name, restarts: source.restarts, at: source.mark, to: &dependencies)
        }
        guard !dependencies.isEmpty, let mark = dependencies.entries.first?.value.mark else { return }
        service["depends_on"] = Node(.mapping(dependencies), at: service["depends_on"]?.mark ?? mark)
    }

    /// What implies a dependency on which service, and where it is written.
    static func sources(in service: Mapping) -> [(name: String, restarts: Bool, mark: Mark)] {
        func head(_ node: Node) -> String { String((node.string ?? "").prefix { $0 != ":" }) }
        let links = (service["links"]?.items ?? []).map { (head($0), true, $0.mark) }
        let shared = namespaces.compactMap { key -> (String, Bool, Mark)? in
            guard let node = service[key], let name = node.string.flatMap(ServiceReference.name) else { return nil }
            return (name, true, node.mark)
        }
        let volumes = (service["volumes_from"]?.items ?? []).map { (head($0), false, $0.mark) }
        return links + shared + volumes.filter { $0.0 != "container" }
    }

    private static func add(_ name: String, restarts: Bool, at mark: Mark, to dependencies: inout Mapping) {
        guard !name.isEmpty, dependencies[name] == nil else { return }
        var dependency = Mapping()
        dependency["condition"] = Node(.string(Service.Condition.started.rawValue), at: mark)
        dependency["restart"] = Node(.bool(restarts), at: mark)
        dependency["required"] = Node(.bool(true), at: mark)
        dependencies[name] = Node(.mapping(dependency), at: mark)
    }
}

/// `service:<name>`, as namespaces refer to other services.
enum ServiceReference {
    /// The name; nil for something else.
    static func name(_ text: String) -> String? {
        text.hasPrefix("service:") ? String(text.dropFirst("service:".count)) : nil
    }
}
