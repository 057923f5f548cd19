import YAML

/// Turns the text of files into canonical trees.
final class DocumentSource {
    let environment: [String: String]
    let home: String?
    /// Who gave the variables their values.
    let history: VariableHistory
    let options: LoaderOptions
    let reading: FileReading
    /// Remembers what happens to values; nil when nobody will ask.
    let provenance: Provenance?
    private(set) var warnings: [LoadWarning] = []

    init(
        environment: [String: String],
        history: VariableHistory,
        options: LoaderOptions,
        reading: FileReading,
        provenance: Provenance?
    ) {
        self.environment = environment
        self.history = history
        self.options = options
        self.reading = reading
        self.provenance = provenance
        home = environment["HOME"]
    }

    /// The same with other variables, for an included model.
    func with(environment: [String: String], history: VariableHistory) -> DocumentSource {
        DocumentSource(
            environment: environment,
            history: history,
            options: options,
            reading: reading,
            provenance: provenance
        )
    }

    func file(_ path: String) -> SourceFile { reading.file(path) }

    /// Where a file is that another one names at a place.
    func location(
        of text: String,
        folder: String,
        place: (path: NodePath, node: Node)
    ) throws(LoadError) -> FileLocation {
        do throws(LoadError) {
            return try FileFinding(remoteFiles: options.remoteFiles, environment: environment, reading: reading)
                .location(of: text, folder: folder)
        } catch {
            throw LoadError(error.problem, at: place.path, of: place.node)
        }
    }

    /// Lays trees over each other, and remembers what lost.
    var merge: Merge { Merge(provenance: provenance) }

    func warn(_ warning: LoadWarning) { warnings.append(warning) }

    func warn(_ more: [LoadWarning]) { warnings += more }

    /// Variables in place, types and keys checked, short forms spelled out, paths absolute.
    func canonical(_ root: Node, shape: Shape, at path: NodePath = .root, folder: String) throws(LoadError) -> Node {
        var node = root
        if options.interpolates {
            var interpolation = Interpolation(environment: environment)
            if let provenance {
                interpolation.report = { names, text, place in
                    provenance.substituted(names, in: text, at: place, history: self.history)
                }
            }
            node = try interpolation.apply(to: node, shape: shape, at: path)
            warnings += interpolation.warnings
        }
        try Validation(isComplete: false).check(node, shape: shape, at: path)
        node = try Canonicalization(keepsUnreadable: !options.interpolates).apply(to: node, shape: shape, at: path)
        guard options.resolvesPaths else { return node }
        return PathResolution(folder: folder, home: home).apply(to: node, shape: shape)
    }

    /// The services of another file that a service extends: the wanted one, and those that it extends itself.
    ///
    /// The others are not looked at, so that they may be as wrong as they like.
    func services(
        of file: SourceFile,
        folder: String,
        only name: String,
        place: (path: NodePath, node: Node)
    ) throws(LoadError) -> Mapping {
        let documents: [Document]
        do throws(LoadError) {
            documents = try Document.read(file, input: reading)
        } catch {
            guard error.place == nil else { throw error }
            throw LoadError(error.problem, at: place.path, of: place.node)
        }
        var services = Mapping()
        var names: [String] = []
        for document in documents {
            names += document.root["services"]?.entries.map(\.key.text) ?? []
            var wanted = [name]
            while let next = wanted.popLast() {
                guard let all = document.root["services"]?.mapping, let raw = all[next], let key = all.key(next) else {
                    continue
                }
                let path = NodePath.root / "services" / next
                let service = try canonical(raw, shape: .service, at: path, folder: folder)
                let merged = try services[next].map { present throws(LoadError) in
                    try merge.merged(present, service, shape: .service, at: path)
                }
                services.set(merged ?? service, for: key)
                guard let target = service["extends"]?["service"]?.string else { continue }
                if service["extends"]?["file"] == nil, services[target] == nil { wanted.append(target) }
            }
        }
        guard services[name] == nil else { return services }
        let nearest = Nearness.nearest(to: name, among: names)
        let problem = LoadProblem.extendsUnknown(service: name, file: file.displayName, nearest: nearest)
        throw LoadError(problem, at: place.path, of: place.node)
    }
}
