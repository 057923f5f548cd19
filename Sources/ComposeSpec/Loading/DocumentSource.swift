import YAML

/// Turns the text of files into canonical trees.
final class DocumentSource {
    let environment: [String: String]
    let home: String?
    let interpolates: Bool
    let reading = FileReading()
    let workingDirectory: String
    private(set) var warnings: [LoadWarning] = []

    init(environment: [String: String], interpolates: Bool, workingDirectory: String) {
        self.environment = environment
        self.interpolates = interpolates
        self.workingDirectory = workingDirectory
        home = environment["HOME"]
    }

    /// A file, called in messages by its path from the working directory where it lies below that.
    func file(_ path: String) -> SourceFile {
        let prefix = workingDirectory == "/" ? "/" : workingDirectory + "/"
        let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        return SourceFile(path: path, displayName: path == "-" ? "<stdin>" : name)
    }

    func warn(_ warning: LoadWarning) { warnings.append(warning) }

    func warn(_ more: [LoadWarning]) { warnings += more }

    /// Variables in place, types and keys checked, short forms spelled out, paths absolute.
    func canonical(_ root: Node, shape: Shape, at path: NodePath = .root, folder: String) throws(LoadError) -> Node {
        var node = root
        if interpolates {
            var interpolation = Interpolation(environment: environment)
            node = try interpolation.apply(to: node, shape: shape, at: path)
            warnings += interpolation.warnings
        }
        try Validation(isComplete: false).check(node, shape: shape, at: path)
        node = try Canonicalization(keepsUnreadable: !interpolates).apply(to: node, shape: shape, at: path)
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
        for document in documents {
            var wanted = [name]
            while let next = wanted.popLast() {
                guard let all = document.root["services"]?.mapping, let raw = all[next], let key = all.key(next) else {
                    continue
                }
                let path = NodePath.root / "services" / next
                let service = try canonical(raw, shape: .service, at: path, folder: folder)
                let merged = try services[next].map { present throws(LoadError) in
                    try Merge().merged(present, service, shape: .service, at: path)
                }
                services.set(merged ?? service, for: key)
                guard let target = service["extends"]?["service"]?.string else { continue }
                if service["extends"]?["file"] == nil, services[target] == nil { wanted.append(target) }
            }
        }
        return services
    }
}
