import YAML

/// Lays each service over the one that it extends.
struct Extends {
    /// Prepares a document: variables, types, short forms, paths. The folder is where relative paths start.
    let source: DocumentSource
    /// The services of the document at hand.
    let services: Mapping
    /// The file that they are from.
    let file: SourceFile
    /// The folder that `file:` starts from.
    let folder: String
    /// What the document at hand takes away from what it extends.
    let tags: OverrideTags

    /// The services, each complete.
    func resolved() throws(LoadError) -> Mapping {
        var result = services
        for entry in services.entries {
            let path = NodePath.root / "services" / entry.key.text
            result.set(try resolve(entry.key.text, as: path, chain: []), for: entry.key)
        }
        return result
    }

    /// A service over what it extends. The path is that of the service it is all done for.
    private func resolve(_ name: String, as target: NodePath, chain: [String]) throws(LoadError) -> Node {
        guard let service = services[name] else {
            return Node(.null, at: Mark(file: file.displayName, line: 1, column: 1))
        }
        guard var mapping = service.mapping, let extends = mapping["extends"] else { return service }
        let path = NodePath.root / "services" / name / "extends"
        let step = "\(name) (\(file.displayName))"
        guard !chain.contains(step) else { throw LoadError(.extendsCycle(chain + [step]), at: path, of: extends) }
        guard let wanted = extends["service"]?.string else {
            throw LoadError(.missingKey("service"), at: path, of: extends)
        }
        let place = (path: path, node: extends)
        let base = try base(wanted, extends["file"]?.string, as: target, chain: chain + [step], place: place)
        mapping["extends"] = nil
        var own = service
        own.value = .mapping(mapping)
        let reset = tags.below(["services", name]).apply(to: base, at: target, provenance: source.provenance)
        var merge = source.merge
        merge.isExtending = true
        return try merge.merged(reset, own, shape: .service, at: target)
    }

    private func base(
        _ name: String,
        _ other: String?,
        as target: NodePath,
        chain: [String],
        place: (path: NodePath, node: Node)
    ) throws(LoadError) -> Node {
        guard let other else {
            guard services[name] != nil else {
                let nearest = Nearness.nearest(to: name, among: services.entries.map(\.key.text))
                let problem = LoadProblem.extendsUnknown(service: name, file: nil, nearest: nearest)
                throw LoadError(problem, at: place.path, of: place.node)
            }
            return try resolve(name, as: target, chain: chain)
        }
        let location = try source.location(of: other, folder: folder, place: place)
        let file = source.file(location.path)
        let services = try source.services(of: file, folder: location.folder, only: name, place: place)
        let extends = Extends(
            source: source,
            services: services,
            file: file,
            folder: location.folder,
            tags: OverrideTags()
        )
        return try extends.resolve(name, as: target, chain: chain)
    }
}
