import YAML

/// Reads files, and the files that they include, into one canonical tree.
struct ModelLoader {
    let source: DocumentSource
    /// Absolute; relative paths start here.
    let projectDirectory: String
    /// The files that are being included, outermost first.
    var including: [String] = []

    private static let includeDepthLimit = 50

    /// The tree that all the files make together.
    func model(of files: [(file: SourceFile, documents: [Document])]) throws(LoadError) -> Node {
        var model: Node?
        for (file, documents) in files {
            for document in documents {
                let node = try resolved(document, of: file)
                guard let present = model else {
                    model = node
                    continue
                }
                model = try Merge().merged(document.tags.apply(to: present), node, shape: .project)
            }
        }
        return model ?? Node(.mapping(Mapping()), at: Mark(file: "", line: 1, column: 1))
    }

    /// A document with all that it includes and extends.
    private func resolved(_ document: Document, of file: SourceFile) throws(LoadError) -> Node {
        let root = try source.canonical(document.root, shape: .project, folder: projectDirectory)
        guard var mapping = root.mapping else { return root }
        if let version = mapping.key("version") {
            source.warn(LoadWarning(.obsoleteVersion, path: "version", at: version.mark))
            mapping["version"] = nil
        }
        let included = try included(mapping["include"], by: file)
        mapping["include"] = nil
        if var services = mapping["services"], let entries = services.mapping {
            let extends = Extends(
                source: source,
                services: entries,
                file: file,
                folder: projectDirectory,
                tags: document.tags
            )
            services.value = .mapping(try extends.resolved())
            mapping["services"] = services
        }
        let own = Node(.mapping(mapping), at: root.mark)
        guard let included else { return own }
        return try Merge().merged(document.tags.apply(to: included), own, shape: .project)
    }

    private func included(_ node: Node?, by file: SourceFile) throws(LoadError) -> Node? {
        guard let node, let items = node.sequence else { return nil }
        guard including.count < Self.includeDepthLimit else {
            throw LoadError(.includeCycle(including), path: "include", at: node.mark)
        }
        var model: Node?
        for (index, item) in items.enumerated() {
            let part = try self.model(including: item, by: file, at: (.root / "include")[index])
            model =
                try model.map { present throws(LoadError) in
                    try Merge().merged(present, part, shape: .project)
                } ?? part
        }
        return model
    }

    private func model(including item: Node, by file: SourceFile, at path: NodePath) throws(LoadError) -> Node {
        let paths = item["path"]?.list ?? []
        guard let first = paths.first?.string else { return Node(.null, at: item.mark) }
        if let remote = paths.first(where: { $0.string.map(Self.isRemote) ?? false }) {
            throw LoadError(.remoteFile(remote.string ?? ""), at: path, of: remote)
        }
        let places = paths.map { absolute($0.string ?? "") }
        let chain = including + [file.path]
        if let cycle = places.first(where: { chain.contains($0) }) {
            throw LoadError(.includeCycle(chain + [cycle]), at: path, of: item)
        }
        let folder = item["project_directory"]?.string.map(absolute) ?? PathText.folder(of: absolute(first))
        let environment = try environment(of: item, folder: folder, at: path)
        let inner = DocumentSource(
            environment: environment,
            interpolates: source.interpolates,
            workingDirectory: source.workingDirectory
        )
        let loader = ModelLoader(source: inner, projectDirectory: folder, including: chain)
        let model = try loader.model(of: places, at: path, of: item)
        source.warn(inner.warnings)
        let completed = Normalization(projectName: "", projectDirectory: folder, environment: environment)
            .completingImport(model)
        return Self.withoutOwnAttributes(completed)
    }

    /// Reads the files, and lays them over each other.
    private func model(of places: [String], at path: NodePath, of item: Node) throws(LoadError) -> Node {
        var files: [(SourceFile, [Document])] = []
        for place in places {
            let file = source.file(place)
            do throws(LoadError) {
                files.append((file, try Document.read(file, input: source.reading)))
            } catch {
                guard error.place == nil else { throw error }
                throw LoadError(error.problem, at: path, of: item)
            }
        }
        return try model(of: files)
    }

    private static func isRemote(_ path: String) -> Bool { path.contains("://") || path.hasPrefix("git@") }

    private func absolute(_ path: String) -> String {
        PathText.joined(projectDirectory, PathText.expandingHome(path, home: source.home))
    }

    /// The variables of an included model: its own files' below those of whoever includes it.
    private func environment(of item: Node, folder: String, at path: NodePath) throws(LoadError) -> [String: String] {
        let named = item["env_file"]?.list
        let files = named?.map { ($0.string ?? "", $0) } ?? []
        var places = files.map { (absolute($0.0), $0.1) }
        if named == nil, source.reading.isFile(folder + "/.env") { places = [(folder + "/.env", item)] }
        var variables: [String: String] = [:]
        for (place, node) in places where place != "/dev/null" {
            let outer = source.environment
            variables = try EnvironmentFiles(source: source).variables(
                in: place,
                earlier: variables,
                place: (path, node)
            ) { outer[$0] }
        }
        return variables.merging(source.environment) { $1 }
    }

    /// Only what can be shared is imported.
    private static func withoutOwnAttributes(_ model: Node) -> Node {
        guard var mapping = model.mapping else { return model }
        mapping.keep { ["services", "networks", "volumes", "configs", "secrets", "models"].contains($0.key.text) }
        return Node(.mapping(mapping), at: model.mark)
    }
}
