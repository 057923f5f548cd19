import YAML

/// Reads the files that `env_file` and `label_file` name, under what the file itself says.
struct ServiceFiles {
    let source: DocumentSource
    /// Where paths start that were left as they are.
    let folder: String

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
        var marks: [String: Mark] = [:]
        var variables: [String: String] = [:]
        for (index, item) in files.items.enumerated() {
            let place = (path: (path / "env_file")[index], node: item)
            guard let file = try existing(item, at: place.path) else { continue }
            let contents = try EnvironmentFiles(reading: source.reading).contents(
                of: file,
                earlier: variables,
                isRaw: isRaw(item, at: place.path),
                place: place
            ) { outer[$0] ?? own[$0]?.string }
            for assignment in contents.assignments {
                guard case .file(let mark) = assignment.origin else { continue }
                if let provenance = source.provenance, let value = variables[assignment.name] {
                    let earlier = Node(.string(value), at: marks[assignment.name] ?? item.mark)
                    let later = Node(.string(assignment.value), at: mark)
                    provenance.replaced(earlier, by: later, at: path / "environment" / assignment.name)
                }
                marks[assignment.name] = mark
            }
            variables = contents.variables
        }
        service["env_file"] = nil
        var merged = Mapping()
        for (key, value) in variables.sorted(by: { $0.key < $1.key }) {
            merged[key] = Node(.string(value), at: marks[key] ?? files.mark)
        }
        lay(own, over: &merged, at: path / "environment")
        guard !merged.isEmpty else { return }
        service["environment"] = Node(.mapping(merged), at: service["environment"]?.mark ?? files.mark)
    }

    /// What the document says wins over what is read from files.
    private func lay(_ own: Mapping, over read: inout Mapping, at path: NodePath) {
        if let provenance = source.provenance {
            for key in read.entries.map(\.key.text) { provenance.readFromFile(path / key) }
        }
        for entry in own.entries {
            if let loser = read[entry.key.text] {
                source.provenance?.replaced(loser, by: entry.value, at: path / entry.key.text)
            }
            read.set(entry.value, for: entry.key)
        }
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
        guard let name = item["path"]?.string else { return nil }
        let file = PathText.joined(folder, name)
        if source.reading.exists(file) { return file }
        guard item["required"]?.bool ?? true else { return nil }
        throw LoadError(.environmentFile("env file \(file) not found"), at: path, of: item["path"] ?? item)
    }

    private func readLabels(of service: inout Mapping, at path: NodePath) throws(LoadError) {
        guard let files = service["label_file"] else { return }
        var labels = Mapping()
        for (index, item) in files.items.enumerated() {
            let place = (path: (path / "label_file")[index], node: item)
            guard let name = item.string else { continue }
            let file = PathText.joined(folder, name)
            guard source.reading.exists(file) else {
                throw LoadError(.environmentFile("label file \(file) not found"), at: place.path, of: item)
            }
            let contents = try EnvironmentFiles(reading: source.reading)
                .contents(of: file, place: place) { _ in nil }
            for (key, value) in contents.variables.sorted(by: { $0.key < $1.key }) {
                labels[key] = Node(.string(value), at: contents.place(of: key) ?? item.mark)
            }
        }
        service["label_file"] = nil
        lay(service["labels"]?.mapping ?? Mapping(), over: &labels, at: path / "labels")
        guard !labels.isEmpty else { return }
        service["labels"] = Node(.mapping(labels), at: service["labels"]?.mark ?? files.mark)
    }
}
