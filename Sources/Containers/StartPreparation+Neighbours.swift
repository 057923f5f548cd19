import Linux
import Supervision

extension StartPreparation {
    // MARK: Other containers

    func sharedNamespaces() throws(ContainerError) -> SharedNamespaces {
        var shared = SharedNamespaces()
        if case .container(let id) = configuration.namespaces.pid { shared.process = try namespaces(of: id) + "pid" }
        if case .container(let id) = configuration.namespaces.uts { shared.hostname = try namespaces(of: id) + "uts" }
        guard case .container(let id) = configuration.namespaces.ipc else { return shared }
        let donor = try container.store.find(id)
        guard donor.configuration.namespaces.ipc == .shareable else {
            let hint = "non-shareable IPC (hint: use IpcMode:shareable for the donor container)"
            throw .unsupported(name: donor.name, what: hint)
        }
        let folder = try namespaces(of: id)
        (shared.ipc, shared.memory) = (folder + "ipc", folder + "mnt")
        return shared
    }

    /// Where the namespaces of another container are found.
    private func namespaces(of id: String) throws(ContainerError) -> String {
        let other = try container.store.find(id)
        guard let state = try other.status.state, state.pid > 0 else { throw .notRunning(other.name) }
        return "/proc/\(state.pid)/ns/"
    }

    // MARK: Health

    func healthProgram(cgroup: Cgroup, _ start: StartProgram) -> LaunchProgram? {
        guard let arguments = configuration.probe else { return nil }
        let environment = ProcessEnvironment(configuration: configuration, home: start.identity.home)
        return EntryProgram(
            cgroupFolders: cgroup.folders,
            arguments: arguments,
            environment: environment,
            identity: start.identity,
            privileges: start.privileges,
            outOfMemoryScore: start.outOfMemoryScore,
            workingDirectory: configuration.process.workingDirectory,
            hasTerminal: false,
            terminalSize: WindowSize(rows: 0, columns: 0)
        ).program
    }
}
