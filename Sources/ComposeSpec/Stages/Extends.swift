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
            result.set(try resolve(entry.key.text, chain: []), for: entry.key)
        }
        return result
    }

    private func resolve(_ name: String, chain: [String]) throws(LoadError) -> Node {
        guard let service = services[name] else {
            return Node(.null, at: Mark(file: file.displayName, line: 1, column: 1))
        }
        guard var mapping = service.mapping, let extends = mapping["extends"] else { return service }
        let path = NodePath.root / "services" / name / "extends"
        let step = "\(name) (\(file.displayName))"
        guard !chain.contains(step) else { throw LoadError(.extendsCycle(chain + [step]), at: path, of: extends) }
        guard let target = extends["service"]?.string else {
            throw LoadError(.missingKey("service"), at: path, of: extends)
        }
        let base = try base(target, extends["file"]?.string, chain: chain + [step], path: path, node: extends)
        mapping["extends"] = nil
        var own = service
        own.value = .mapping(mapping)
        let reset = tags.below(["services", name]).apply(to: base)
        return try Merge().merged(reset, own, shape: .service, at: .root / "services" / name)
    }

    private func base(
        _ target: String,
        _ other: String?,
        chain: [String],
        path: NodePath,
        node: Node
    ) throws(LoadError) -> Node {
        guard let other else {
            guard services[target] != nil else {
                throw LoadError(.extendsUnknown(service: target, file: nil), at: path, of: node)
            }
            return try resolve(target, chain: chain)
        }
        guard !other.contains("://"), !other.hasPrefix("oci:") else {
            throw LoadError(.remoteFile(other), at: path, of: node)
        }
        let place = PathText.joined(folder, PathText.expandingHome(other, home: source.home))
        let file = source.file(place)
        let otherFolder = PathText.folder(of: place)
        let services = try source.services(of: file, folder: otherFolder, only: target, place: (path, node))
        guard services[target] != nil else {
            throw LoadError(.extendsUnknown(service: target, file: file.displayName), at: path, of: node)
        }
        let extends = Extends(source: source, services: services, file: file, folder: otherFolder, tags: OverrideTags())
        return try extends.resolve(target, chain: chain)
    }
}
