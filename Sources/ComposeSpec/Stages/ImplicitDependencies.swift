import YAML

/// Dependencies that follow from other attributes than `depends_on`.
enum ImplicitDependencies {
    private static let namespaces = ["network_mode", "ipc", "pid", "uts", "cgroup"]

    static func add(to service: inout Mapping) {
        var dependencies = service["depends_on"]?.mapping ?? Mapping()
        for link in service["links"]?.items ?? [] {
            let name = String((link.string ?? "").prefix { $0 != ":" })
            add(name, restarts: true, at: link.mark, to: &dependencies)
        }
        for key in namespaces {
            guard let node = service[key], let name = node.string.flatMap(ServiceReference.name) else { continue }
            add(name, restarts: true, at: node.mark, to: &dependencies)
        }
        for node in service["volumes_from"]?.items ?? [] {
            let name = String((node.string ?? "").prefix { $0 != ":" })
            guard name != "container" else { continue }
            add(name, restarts: false, at: node.mark, to: &dependencies)
        }
        guard !dependencies.isEmpty, let mark = dependencies.entries.first?.value.mark else { return }
        service["depends_on"] = Node(.mapping(dependencies), at: service["depends_on"]?.mark ?? mark)
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
