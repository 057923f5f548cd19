import Linux
import Storage
import SystemPackage

/// What a command works in: how it was called, on which root, with which surroundings.
struct Session: Sendable {
    /// The words by which the command was called, such as `tutti volume ls`.
    var path: String
    var root: StateRoot
    /// The program's own environment.
    var environment: [String: String]
    /// The folder of Docker's `config.json`, where another than the usual one was asked for.
    var clientFolder: String?
    /// Whether `--debug` stands before the command, where the grammar is that of Docker.
    var isDebugging = false
    /// The flags before the command, where the grammar is that of Compose.
    var compose = ComposeFlags()
}

extension Session {
    /// - Parameter root: The root that was asked for, if one was.
    init(path: String, root: String? = nil, environment: [String: String]) {
        self.init(path: path, root: Self.root(root, environment: environment), environment: environment)
    }

    /// The environment that the program was started with.
    static func ownEnvironment() -> [String: String] {
        guard let bytes = try? WholeFile.read("/proc/self/environ", limit: 32 << 20) else { return [:] }
        var environment: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let sign = entry.firstIndex(of: UInt8(ascii: "=")), sign > entry.startIndex else { continue }
            let name = String(decoding: entry[..<sign], as: UTF8.self)
            environment[name] = String(decoding: entry[entry.index(after: sign)...], as: UTF8.self)
        }
        return environment
    }

    /// The root to work on: the one asked for, that of `TUTTI_ROOT`, or the machine's own.
    static func root(_ asked: String?, environment: [String: String]) -> StateRoot {
        let folder = asked ?? environment["TUTTI_ROOT"] ?? ""
        guard !folder.isEmpty else { return .standard }
        let path = FilePath(folder)
        return StateRoot(under: path.isAbsolute ? path : OwnProcess.currentFolder.appending(folder))
    }
}
