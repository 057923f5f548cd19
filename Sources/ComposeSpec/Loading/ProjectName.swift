import YAML

/// Settles what a project is called.
struct ProjectName {
    let options: LoaderOptions
    let discovery: Discovery

    /// The flag's word, the variable's, the last file's, or the folder's name.
    func name(in documents: [Document]) throws(LoadError) -> String {
        if let name = options.projectName, !name.isEmpty { return try checked(name) }
        if let name = discovery.environment["COMPOSE_PROJECT_NAME"], !name.isEmpty {
            return try checked(name, at: discovery.history.place(of: "COMPOSE_PROJECT_NAME"))
        }
        if let name = try written(in: documents), !name.isEmpty { return name }
        let name = ObjectName.normalized(discovery.defaultName)
        guard !name.isEmpty else { throw LoadError(.emptyProjectName) }
        return name
    }

    private func checked(_ name: String, at place: Mark? = nil) throws(LoadError) -> String {
        guard ObjectName.isValidProjectName(name) else { throw LoadError(.badProjectName(name), at: place) }
        return name
    }

    private func written(in documents: [Document]) throws(LoadError) -> String? {
        var name: String?
        for node in documents.compactMap({ $0.root["name"] }) where node.string?.isEmpty == false {
            var interpolation = Interpolation(environment: discovery.environment)
            let value =
                options.interpolates
                ? try interpolation.apply(to: node, shape: .string, at: .root / "name") : node
            name = value.string.map(ObjectName.normalized)
        }
        return name
    }
}
