import SystemPackage
public import YAML

/// Reads Compose files into a project.
///
/// Each stage is a value of its own: files are found, read, and turned into canonical trees with variables in place;
/// what they include and extend is laid under them, and later files over earlier ones; the whole is checked,
/// completed, narrowed down to the services wanted, and bound to a `Project`.
public struct Loader: Sendable {
    /// What a project's file is called, in the order in which they are looked for.
    public static let usualNames = Discovery.names

    /// What to load.
    public let options: LoaderOptions

    /// A loader with these options.
    public init(options: LoaderOptions) {
        self.options = options
    }

    /// The project.
    public func load() throws(LoadError) -> LoadedProject {
        try showing { files throws(LoadError) in try load(files) }
    }

    private func load(_ files: FileReading) throws(LoadError) -> LoadedProject {
        let reading = try read(files)
        let model = try normalized(reading)
        try DependencyGraph(model: model).checkForCycles()
        let selection = try Selection(options: options, environment: reading.source.environment, model: model)
        if options.checksConsistency {
            try Consistency(model: selection.enabled, disabled: selection.disabled).check()
        }
        var narrowed = selection.narrowed
        if options.readsServiceFiles {
            let files = ServiceFiles(source: reading.source, folder: reading.discovery.projectDirectory)
            narrowed = try files.apply(to: narrowed)
        }
        let complete = narrowed
        if !options.keepsUnusedResources { narrowed = selection.withoutUnused(narrowed) }
        let project = try ProjectBinding(
            name: reading.projectName,
            discovery: reading.discovery,
            environment: reading.source.environment,
            profiles: selection.profiles
        ).project(from: narrowed, disabled: selection.disabled + selection.unwanted, complete: complete)
        var loaded = LoadedProject(project: project, warnings: reading.warnings, model: narrowed)
        if let provenance = reading.source.provenance { loaded.explain(by: provenance) }
        return loaded
    }

    /// The merged files in canonical form, all services included, whether or not they make a project.
    ///
    /// This is what `config --no-interpolate` and `config --variables` print from.
    public func loadModel() throws(LoadError) -> LoadedModel {
        try showing { files throws(LoadError) in
            let reading = try read(files)
            return LoadedModel(warnings: reading.warnings, model: try normalized(reading))
        }
    }

    /// Puts the lines that an error is about beside it.
    private func showing<Value>(_ body: (FileReading) throws(LoadError) -> Value) throws(LoadError) -> Value {
        let files = FileReading(workingDirectory: options.workingDirectory)
        do throws(LoadError) {
            return try body(files)
        } catch {
            var error = error
            error.excerpt = files.excerpt(at: error.place)
            throw error
        }
    }

    private func normalized(_ reading: Reading) throws(LoadError) -> Node {
        guard options.normalizes else { return reading.model }
        return try Normalization(
            projectName: reading.projectName,
            projectDirectory: reading.discovery.projectDirectory,
            environment: reading.source.environment,
            addsDefaults: options.interpolates,
            provenance: reading.source.provenance,
            history: reading.source.history
        ).apply(to: reading.model)
    }

    private struct Reading {
        var discovery: Discovery
        var source: DocumentSource
        var projectName: String
        var model: Node

        var warnings: [LoadWarning] {
            (discovery.warnings + source.warnings).map { warning in
                var warning = warning
                warning.excerpt = source.reading.excerpt(at: warning.place)
                return warning
            }
        }
    }

    private func read(_ reading: FileReading) throws(LoadError) -> Reading {
        let discovery = try Discovery(options: options, reading: reading)
        var files: [(file: SourceFile, documents: [Document])] = []
        for path in discovery.files {
            let file = reading.file(path)
            files.append((file, try Document.read(file, input: reading, isNamedByUser: true)))
        }
        let name = try ProjectName(options: options, discovery: discovery).name(in: files.flatMap(\.documents))
        var environment = discovery.environment
        environment["COMPOSE_PROJECT_NAME"] = name
        var history = discovery.history
        history.setProjectName(name)
        let source = DocumentSource(
            environment: environment,
            history: history,
            options: options,
            reading: reading,
            provenance: options.explains ? Provenance() : nil
        )
        let model = try ModelLoader(source: source, projectDirectory: discovery.projectDirectory).model(of: files)
        try Validation(isComplete: true).check(model, shape: .project)
        if options.interpolates { try Semantics(model: model).check() }
        source.provenance?.written = model
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
    public internal(set) var model: Node
    /// Whether it is a part of a file, to which nothing is added.
    var isPartial = false
    /// Where each value is from, in the order in which `config` prints them; empty when it was not to be remembered.
    public internal(set) var explanations: [Explanation] = []
}

/// The files of a project, merged.
public struct LoadedModel: Sendable {
    /// What their author may not have meant.
    public let warnings: [LoadWarning]
    /// The canonical tree; every node knows its place.
    public let model: Node
}
