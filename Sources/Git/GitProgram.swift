import Linux

/// The `git` program of this machine, as it is run for repositories that are not trusted.
///
/// Hooks and the transports that run programs or read this machine's files are off, and nobody is asked for a password.
struct GitProgram: Sendable {
    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "advice.detachedHead=false", "init.defaultBranch=none",
        "protocol.ext.allow=never", "protocol.file.allow=never", "submodule.recurse=false", "gc.auto=0",
        // A server that stands still is given up.
        "http.lowSpeedLimit=100", "http.lowSpeedTime=60",
    ]

    private let environment: [String: String]

    /// - Parameters:
    ///   - environment: What git is run with.
    ///   - secrets: Settings that no other user of this machine may see, as arguments could be.
    init(environment: [String: String], secrets: [(name: String, value: String)] = []) {
        var variables = environment.filter { !$0.key.hasPrefix("GIT_") || $0.key.hasPrefix("GIT_SSL") }
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_SSH_COMMAND"] =
            environment["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes -o ConnectTimeout=15"
        variables["GIT_CONFIG_COUNT"] = "\(secrets.count)"
        for (number, secret) in secrets.enumerated() {
            variables["GIT_CONFIG_KEY_\(number)"] = secret.name
            variables["GIT_CONFIG_VALUE_\(number)"] = secret.value
        }
        self.environment = variables
    }

    /// Runs one of git's commands to its end, and gives what it writes.
    ///
    /// - Parameter options: Stand before the command.
    @discardableResult
    func run(_ command: String, _ words: [String], options: [String] = []) throws -> String {
        guard let program = Executable.find("git", in: environment["PATH"]) else { throw GitError.noProgram }
        let answer = try HelperProgram.run(
            program,
            arguments: Self.settings.flatMap { ["-c", $0] } + options + [command] + words,
            environment: environment.map { "\($0.key)=\($0.value)" },
            input: [],
            limit: 16 << 20,
            keepsErrors: true
        )
        guard answer.status == .exited(0) else {
            let lines = String(decoding: answer.errors, as: UTF8.self).split(separator: "\n").suffix(4)
            throw GitError.failed(command, code: answer.status.code, reason: lines.joined(separator: "; "))
        }
        return String(decoding: answer.output, as: UTF8.self)
    }
}
