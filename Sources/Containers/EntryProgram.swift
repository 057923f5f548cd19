import Linux

/// The launch program of a process that joins a running container: an `exec`, a health probe, a hook.
struct EntryProgram {
    /// The container's groups by controller.
    var cgroupFolders: [String: String]
    var arguments: [String]
    var environment: ProcessEnvironment
    var identity: UserIdentity
    var privileges: Privileges
    var outOfMemoryScore: LaunchStep
    var workingDirectory: String
    var hasTerminal: Bool
    var terminalSize: WindowSize

    var program: LaunchProgram {
        let unified = cgroupFolders[""]
        let joins: [LaunchStep] =
            unified == nil ? Set(cgroupFolders.values).sorted().map { .write(path: "\($0)/tasks", "0") } : []
        let terminal: [LaunchStep] =
            hasTerminal
            ? [.makeTerminal(rows: terminalSize.rows, columns: terminalSize.columns, isConsole: false)] : []
        return LaunchProgram(
            cgroup: unified,
            entersProcessNamespace: true,
            steps: joins + [
                outOfMemoryScore,
                .enter([.mount, .network, .ipc, .hostname, .cgroup]),
            ] + terminal + privileges.steps(as: identity, workingDirectory: workingDirectory) + [
                .execute(
                    file: arguments[0],
                    arguments: arguments,
                    environment: environment.variables,
                    searchPath: environment.searchPath
                )
            ]
        )
    }
}
