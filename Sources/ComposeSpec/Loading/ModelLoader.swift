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
                let kept = document.tags.apply(to: present, provenance: source.provenance)
                model = try source.merge.merged(kept, node, shape: .project)
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
        let kept = document.tags.apply(to: included, provenance: source.provenance)
        return try source.merge.merged(kept, own, shape: .project)
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
                    try source.merge.merged(present, part, shape: .project)
                } ?? part
        }
        return model
    }

    private func model(including item: Node, by file: SourceFile, at path: NodePath) throws(LoadError) -> Node {
        let paths = item["path"]?.list ?? []
        var locations: [FileLocation] = []
        for node in paths {
            let place = (path: path, node: node)
            locations.append(try source.location(of: node.string ?? "", folder: projectDirectory, place: place))
        }
        guard let first = locations.first else { return Node(.null, at: item.mark) }
        let places = locations.map(\.path)
        let chain = including + [file.path]
        if let cycle = places.first(where: { chain.contains($0) }) {
            throw LoadError(.includeCycle(chain + [cycle]), at: path, of: item)
        }
        let folder = item["project_directory"]?.string.map(absolute) ?? first.folder
        let inner = try innerSource(of: item, folder: folder, at: path)
        let loader = ModelLoader(source: inner, projectDirectory: folder, including: chain)
        let model = try loader.model(of: places, at: path, of: item)
        source.warn(inner.warnings)
        let completed = Normalization(
            projectName: "",
            projectDirectory: folder,
            environment: inner.environment,
            provenance: source.provenance,
            history: inner.history
        ).completingImport(model)
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

    private func absolute(_ path: String) -> String {
        PathText.joined(projectDirectory, PathText.expandingHome(path, home: source.home))
    }

    /// Reads with the variables of an included model: its own files' below those of whoever includes it.
    private func innerSource(of item: Node, folder: String, at path: NodePath) throws(LoadError) -> DocumentSource {
        let named = item["env_file"]?.list
        let files = named?.map { ($0.string ?? "", $0) } ?? []
        var places = files.map { (absolute($0.0), $0.1) }
        if named == nil, source.reading.isFile(folder + "/.env") { places = [(folder + "/.env", item)] }
        var variables: [String: String] = [:]
        var history = source.history
        for (place, node) in places where place != "/dev/null" {
            let outer = source.environment
            let contents = try EnvironmentFiles(reading: source.reading).contents(
                of: place,
                earlier: variables,
                place: (path, node)
            ) { outer[$0] }
            variables = contents.variables
            history.add(losing: contents.assignments)
        }
        return source.with(environment: variables.merging(source.environment) { $1 }, history: history)
    }

    /// Only what can be shared is imported.
    private static func withoutOwnAttributes(_ model: Node) -> Node {
        guard var mapping = model.mapping else { return model }
        mapping.keep { ["services", "networks", "volumes", "configs", "secrets", "models"].contains($0.key.text) }
        return Node(.mapping(mapping), at: model.mark)
    }
}
