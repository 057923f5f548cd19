import YAML

/// Reads the files that `env_file` and `label_file` name, under what the file itself says.
struct ServiceFiles {
    let source: DocumentSource

    func apply(to model: Node) throws(LoadError) -> Node {
        var model = model
        try model.edit { top throws(LoadError) in
            try top.edit("services") { services throws(LoadError) in
                try services.edit { all throws(LoadError) in
                    try all.editAll { name, service throws(LoadError) in
                        try service.edit { mapping throws(LoadError) in
                            try readVariables(of: &mapping, at: .root / "services" / name)
                            try readLabels(of: &mapping, at: .root / "services" / name)
                        }
                    }
                }
            }
        }
        return model
    }

    private func readVariables(of service: inout Mapping, at path: NodePath) throws(LoadError) {
        guard let files = service["env_file"] else { return }
        let own = service["environment"]?.mapping ?? Mapping()
        let outer = source.environment
        var variables: [String: (value: String, mark: Mark)] = [:]
        var plain: [String: String] = [:]
        for (index, item) in files.items.enumerated() {
            let place = (path: (path / "env_file")[index], node: item)
            guard let file = try existing(item, at: place.path) else { continue }
            let isRaw = try isRaw(item, at: place.path)
            let read = try EnvironmentFiles(source: source).variables(
                in: file,
                earlier: plain,
                isRaw: isRaw,
                place: place
            ) { outer[$0] ?? own[$0]?.string }
            for (key, value) in read where plain[key] != value || variables[key] == nil {
                variables[key] = (value, item.mark)
            }
            plain = read
        }
        service["env_file"] = nil
        var merged = Mapping()
        for (key, value) in variables.sorted(by: { $0.key < $1.key }) {
            merged[key] = Node(.string(value.value), at: value.mark)
        }
        for entry in own.entries { merged.set(entry.value, for: entry.key) }
        guard !merged.isEmpty else { return }
        service["environment"] = Node(.mapping(merged), at: service["environment"]?.mark ?? files.mark)
    }

    private func isRaw(_ item: Node, at path: NodePath) throws(LoadError) -> Bool {
        guard let format = item["format"]?.string, !format.isEmpty else { return false }
        guard format == "raw" else {
            throw LoadError(.notOneOf(format, ["raw"]), at: path / "format", of: item["format"] ?? item)
        }
        return true
    }

    /// The path; nil when there is no file and none is needed.
    private func existing(_ item: Node, at path: NodePath) throws(LoadError) -> String? {
        guard let file = item["path"]?.string else { return nil }
        if source.reading.exists(file) { return file }
        guard item["required"]?.bool ?? true else { return nil }
        throw LoadError(.environmentFile("env file \(file) not found"), at: path, of: item["path"] ?? item)
    }

    private func readLabels(of service: inout Mapping, at path: NodePath) throws(LoadError) {
        guard let files = service["label_file"] else { return }
        var labels = Mapping()
        for (index, item) in files.items.enumerated() {
            let place = (path: (path / "label_file")[index], node: item)
            guard let file = item.string else { continue }
            guard source.reading.exists(file) else {
                throw LoadError(.environmentFile("label file \(file) not found"), at: place.path, of: item)
            }
            let read = try EnvironmentFiles(source: source).variables(in: file, place: place) { _ in nil }
            for (key, value) in read.sorted(by: { $0.key < $1.key }) {
                labels[key] = Node(.string(value), at: item.mark)
            }
        }
        service["label_file"] = nil
        for entry in service["labels"]?.entries ?? [] { labels.set(entry.value, for: entry.key) }
        guard !labels.isEmpty else { return }
        service["labels"] = Node(.mapping(labels), at: service["labels"]?.mark ?? files.mark)
    }
}
