import SystemPackage
public import YAML

/// Reads Compose files into a project.
///
/// Each stage is a value of its own: files are found, read, and turned into canonical trees with variables in place;
/// what they include and extend is laid under them, and later files over earlier ones; the whole is checked,
/// completed, narrowed down to the services wanted, and bound to a `Project`.
public struct Loader: Sendable {
    /// What to load.
    public let options: LoaderOptions

    /// A loader with these options.
    public init(options: LoaderOptions) {
        self.options = options
    }

    /// The project.
    public func load() throws(LoadError) -> LoadedProject {
        let reading = try read()
        var model = try Normalization(
            projectName: reading.projectName,
            projectDirectory: reading.discovery.projectDirectory,
            environment: reading.source.environment
        ).apply(to: reading.model)
        try DependencyGraph(model: model).checkForCycles()
        let selection = try Selection(options: options, environment: reading.source.environment, model: model)
        model = selection.narrowed
        try Consistency(model: model, disabled: selection.disabled).check()
        let unresolved = model
        if options.readsServiceFiles { model = try ServiceFiles(source: reading.source).apply(to: model) }
        if !options.keepsUnusedResources { model = selection.withoutUnused(model) }
        let project = try ProjectBinding(
            name: reading.projectName,
            discovery: reading.discovery,
            environment: reading.source.environment,
            profiles: selection.profiles
        ).project(from: model, disabled: selection.disabled)
        _ = unresolved
        return LoadedProject(
            project: project,
            warnings: reading.discovery.warnings + reading.source.warnings,
            model: model
        )
    }

    /// The merged files in canonical form, without the project that they make: for `config --no-interpolate`.
    public func model() throws(LoadError) -> Node {
        try read().model
    }

    private struct Reading {
        var discovery: Discovery
        var source: DocumentSource
        var projectName: String
        var model: Node
    }

    private func read() throws(LoadError) -> Reading {
        let discovery = try Discovery(options: options)
        let plain = DocumentSource(
            environment: discovery.environment,
            interpolates: options.interpolates,
            workingDirectory: options.workingDirectory
        )
        var files: [(file: SourceFile, documents: [Document])] = []
        for path in discovery.files {
            let file = plain.file(path)
            files.append((file, try Document.read(file, input: plain.reading)))
        }
        let name = try ProjectName(options: options, discovery: discovery).name(in: files.flatMap(\.documents))
        var environment = discovery.environment
        environment["COMPOSE_PROJECT_NAME"] = name
        let source = DocumentSource(
            environment: environment,
            interpolates: options.interpolates,
            workingDirectory: options.workingDirectory
        )
        let model = try ModelLoader(source: source, projectDirectory: discovery.projectDirectory).model(of: files)
        try Validation(isComplete: true).check(model, shape: .project)
        try Semantics(model: model).check()
        return Reading(discovery: discovery, source: source, projectName: name, model: model)
    }
}

/// A project as it was loaded.
public struct LoadedProject: Sendable {
    /// The project.
    public let project: Project
    /// What its author may not have meant.
    public let warnings: [LoadWarning]
    /// The canonical tree that the project was read from; every node knows its place.
    public let model: Node
}
