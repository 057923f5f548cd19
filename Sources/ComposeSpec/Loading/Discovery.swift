import YAML

/// Finds the files of a project, and the variables that they are read with.
struct Discovery {
    let options: LoaderOptions
    let reading = FileReading()
    private(set) var warnings: [LoadWarning] = []
    /// The process's variables over those of the environment files.
    private(set) var environment: [String: String] = [:]
    /// The files that `--env-file` named, absolute.
    private(set) var environmentFiles: [String] = []
    /// The Compose files, absolute.
    private(set) var files: [String] = []
    /// The project's folder, absolute.
    private(set) var projectDirectory = ""

    private static let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    private static let overrideNames = [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
        "docker-compose.override.yaml",
    ]

    init(options: LoaderOptions) throws(LoadError) {
        self.options = options
        environment = options.environment
        try readNamedEnvironmentFiles()
        let readsDotEnv = environmentFiles.isEmpty && !isDotEnvDisabled
        if readsDotEnv, options.files.isEmpty, options.projectDirectory == nil {
            try readDotEnv(in: options.workingDirectory)
        }
        files = try composeFiles()
        projectDirectory =
            options.projectDirectory.map(absolute)
            ?? files.first.map { $0 == "-" ? options.workingDirectory : PathText.folder(of: $0) }
            ?? options.workingDirectory
        if readsDotEnv { try readDotEnv(in: projectDirectory) }
    }

    private func absolute(_ path: String) -> String { PathText.joined(options.workingDirectory, path) }

    private var isDotEnvDisabled: Bool {
        ["1", "t", "true"].contains((options.environment["COMPOSE_DISABLE_ENV_FILE"] ?? "").lowercased())
    }

    private mutating func readNamedEnvironmentFiles() throws(LoadError) {
        let named =
            options.environmentFiles.isEmpty
            ? (options.environment["COMPOSE_ENV_FILES"] ?? "").split(separator: ",").map(String.init)
            : options.environmentFiles
        environmentFiles = named.map(absolute)
        guard !environmentFiles.isEmpty else { return }
        for file in environmentFiles where !reading.exists(file) {
            throw LoadError(.environmentFile("couldn't find env file: \(file)"))
        }
        let files = EnvironmentFiles(source: source)
        var variables: [String: String] = [:]
        for file in environmentFiles {
            variables = try files.variables(in: file, earlier: variables) { options.environment[$0] }
        }
        environment = variables.merging(options.environment) { $1 }
    }

    /// What is known already wins over what the file says.
    private mutating func readDotEnv(in folder: String) throws(LoadError) {
        let path = PathText.joined(folder, ".env")
        guard reading.isFile(path) else { return }
        let known = environment
        let variables = try EnvironmentFiles(source: source).variables(in: path) { known[$0] }
        environment = variables.merging(known) { $1 }
    }

    private var source: DocumentSource {
        DocumentSource(environment: environment, interpolates: true, workingDirectory: options.workingDirectory)
    }

    private mutating func composeFiles() throws(LoadError) -> [String] {
        if !options.files.isEmpty { return options.files.map { $0 == "-" ? "-" : absolute($0) } }
        if let list = environment["COMPOSE_FILE"], !list.isEmpty {
            let separator = environment["COMPOSE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
            return list.split(separator: separator).map { $0 == "-" ? "-" : absolute(String($0)) }
        }
        return try discovered()
    }

    private mutating func discovered() throws(LoadError) -> [String] {
        var folder = options.projectDirectory.map(absolute) ?? options.workingDirectory
        while true {
            if let file = choose(Self.names, in: folder) {
                return [file] + [choose(Self.overrideNames, in: folder)].compactMap { $0 }
            }
            guard folder != "/" else { throw LoadError(.noFile) }
            folder = PathText.folder(of: folder)
        }
    }

    private mutating func choose(_ names: [String], in folder: String) -> String? {
        let present = names.map { PathText.joined(folder, $0) }.filter(reading.exists)
        guard let first = present.first else { return nil }
        if present.count > 1 { warnings.append(LoadWarning(.severalFiles(present, used: first))) }
        return first
    }
}
