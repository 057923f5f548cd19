import YAML

/// Finds the files of a project, and the variables that they are read with.
struct Discovery {
    let options: LoaderOptions
    let reading: FileReading
    private(set) var warnings: [LoadWarning] = []
    /// The process's variables over those of the environment files.
    private(set) var environment: [String: String] = [:]
    /// Who gave them their values.
    private(set) var history: VariableHistory
    /// The files that `--env-file` named, absolute.
    private(set) var environmentFiles: [String] = []
    /// The Compose files, absolute.
    private(set) var files: [String] = []
    /// The project's folder, absolute.
    private(set) var projectDirectory = ""
    /// What a project is called that says nothing itself: the folder's name, or the remote file's.
    private(set) var defaultName = ""

    static let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    private static let overrideNames = [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
        "docker-compose.override.yaml",
    ]

    init(options: LoaderOptions, reading: FileReading) throws(LoadError) {
        self.options = options
        self.reading = reading
        environment = options.environment
        history = VariableHistory(process: options.environment)
        try readNamedEnvironmentFiles()
        let readsDotEnv = environmentFiles.isEmpty && !isDotEnvDisabled
        let readsOwnFolder = readsDotEnv && options.files.isEmpty && options.projectDirectory == nil
        if readsOwnFolder { try readDotEnv(in: options.workingDirectory) }
        files = try composeFiles().map { text throws(LoadError) in
            if defaultName.isEmpty { defaultName = (try? RemoteReference(text))?.name ?? "" }
            return try location(of: text)
        }
        projectDirectory =
            options.projectDirectory.map(absolute)
            ?? files.first.map { $0 == "-" ? options.workingDirectory : PathText.folder(of: $0) }
            ?? options.workingDirectory
        if defaultName.isEmpty { defaultName = PathText.name(of: projectDirectory) }
        let isRead = readsOwnFolder && projectDirectory == options.workingDirectory
        if readsDotEnv, !isRead { try readDotEnv(in: projectDirectory) }
    }

    private func location(of text: String) throws(LoadError) -> String {
        guard text != "-" else { return text }
        do throws(LoadError) {
            return try FileFinding(remoteFiles: options.remoteFiles, environment: environment, reading: reading)
                .location(of: text, folder: options.workingDirectory).path
        } catch {
            throw LoadError(error.problem, at: options.files.isEmpty ? history.place(of: "COMPOSE_FILE") : nil)
        }
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
        var variables: [String: String] = [:]
        for file in environmentFiles {
            let contents = try EnvironmentFiles(reading: reading)
                .contents(of: file, earlier: variables) { options.environment[$0] }
            variables = contents.variables
            history.add(winning: contents.assignments)
        }
        environment = variables.merging(options.environment) { $1 }
    }

    /// What is known already wins over what the file says.
    private mutating func readDotEnv(in folder: String) throws(LoadError) {
        let path = PathText.joined(folder, ".env")
        guard reading.isFile(path) else { return }
        let known = environment
        let contents = try EnvironmentFiles(reading: reading).contents(of: path) { known[$0] }
        environment = contents.variables.merging(known) { $1 }
        history.add(losing: contents.assignments)
    }

    private mutating func composeFiles() throws(LoadError) -> [String] {
        if !options.files.isEmpty { return options.files }
        if let list = environment["COMPOSE_FILE"], !list.isEmpty {
            let separator = environment["COMPOSE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
            return list.split(separator: separator).map(String.init)
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
