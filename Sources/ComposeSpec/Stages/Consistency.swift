import YAML

/// Whether all that the enabled services refer to is there.
struct Consistency {
    let model: Node
    /// The services that no active profile enables.
    let disabled: [Mapping.Entry]

    func check() throws(LoadError) {
        for entry in model["services"]?.entries ?? [] {
            let path = NodePath.root / "services" / entry.key.text
            try checkOrigin(of: entry, at: path)
            try checkDependencies(of: entry.value, at: path)
            try checkNetworks(of: entry.value, at: path)
            try checkVolumes(of: entry.value, at: path)
            try checkFiles(of: entry.value, at: path)
            try ServiceConsistency(service: entry.value, services: services, path: path).check()
        }
    }

    private var services: Mapping { model["services"]?.mapping ?? Mapping() }

    private func checkOrigin(of entry: Mapping.Entry, at path: NodePath) throws(LoadError) {
        let service = entry.value
        if let build = service["build"], build["dockerfile"] != nil, build["dockerfile_inline"] != nil {
            throw LoadError(.exclusive("dockerfile", "dockerfile_inline"), at: path / "build", of: build)
        }
        let hasImage = service["image"]?.string?.isEmpty == false
        guard !hasImage, service["build"] == nil, service["provider"] == nil else { return }
        throw LoadError(.noImage(service: entry.key.text), path: path.description, at: entry.key.mark)
    }

    private func checkDependencies(of service: Node, at path: NodePath) throws(LoadError) {
        for entry in service["depends_on"]?.entries ?? [] where services[entry.key.text] == nil {
            guard entry.value["required"]?.bool ?? true else { continue }
            let place = (path / "depends_on" / entry.key.text).description
            if let other = disabled.first(where: { $0.key.text == entry.key.text }) {
                let profiles = other.value["profiles"]?.items.compactMap(\.scalarText) ?? []
                throw LoadError(
                    .disabled(service: entry.key.text, profiles: profiles),
                    path: place,
                    at: entry.key.mark
                )
            }
            throw LoadError(undefined("service", entry.key.text, services), path: place, at: entry.key.mark)
        }
    }

    private func checkNetworks(of service: Node, at path: NodePath) throws(LoadError) {
        if let mode = service["network_mode"], service["networks"]?.mapping?.isEmpty == false {
            throw LoadError(.exclusive("network_mode", "networks"), at: path / "network_mode", of: mode)
        }
        let networks = model["networks"]?.mapping ?? Mapping()
        for key in service["networks"]?.entries.map(\.key) ?? [] where networks[key.text] == nil {
            throw LoadError(
                undefined("network", key.text, networks),
                path: (path / "networks" / key.text).description,
                at: key.mark
            )
        }
    }

    private func checkVolumes(of service: Node, at path: NodePath) throws(LoadError) {
        let volumes = model["volumes"]?.mapping ?? Mapping()
        var targets: Set<String> = []
        for (index, mount) in (service["volumes"]?.items ?? []).enumerated() {
            let place = (path / "volumes")[index]
            if let target = mount["target"]?.string, !targets.insert(target).inserted {
                throw LoadError(.duplicateTarget(target), at: place, of: mount)
            }
            guard mount["type"]?.string == "volume", let name = mount["source"]?.string, !name.isEmpty else { continue }
            guard volumes[name] == nil else { continue }
            throw LoadError(undefined("volume", name, volumes), at: place, of: mount)
        }
        for (index, mount) in (service["tmpfs"]?.items ?? []).enumerated() {
            let target = String((mount.string ?? "").prefix { $0 != ":" })
            guard !targets.insert(target).inserted else { continue }
            throw LoadError(.duplicateTarget(target), at: (path / "tmpfs")[index], of: mount)
        }
    }

    private func checkFiles(of service: Node, at path: NodePath) throws(LoadError) {
        let lists: [(Node?, String, NodePath)] = [
            (service["configs"], "config", path / "configs"), (service["secrets"], "secret", path / "secrets"),
            (service["build"]?["secrets"], "secret", path / "build" / "secrets"),
        ]
        for (list, kind, path) in lists {
            let known = model[kind + "s"]?.mapping ?? Mapping()
            for (index, item) in (list?.items ?? []).enumerated() {
                let name = item["source"]?.string ?? ""
                guard known[name] == nil else { continue }
                throw LoadError(undefined(kind, name, known), at: path[index], of: item)
            }
        }
        let models = model["models"]?.mapping ?? Mapping()
        for key in service["models"]?.entries.map(\.key) ?? [] where models[key.text] == nil {
            throw LoadError(
                undefined("model", key.text, models),
                path: (path / "models" / key.text).description,
                at: key.mark
            )
        }
    }

    private func undefined(_ kind: String, _ name: String, _ known: Mapping) -> LoadProblem {
        .undefined(kind: kind, name: name, nearest: Nearness.nearest(to: name, among: known.entries.map(\.key.text)))
    }
}
