import Linux
import Supervision
import SystemPackage

/// The container's probes, which run while its process does.
extension Supervisor {
    /// Begins anew with every start.
    func startProbing() {
        guard let health = order.health, let process else { return }
        guard let program = try? WholeFile.read(folder.appending(health.program), limit: 1 << 24) else { return }
        let probe = HealthProbe(
            health,
            program: program,
            container: FileDescriptor(rawValue: process.pidDescriptor),
            started: startedAt,
            loop: loop
        )
        probe.group = { [unowned self] in
            guard let group = order.cgroups.first else { return nil }
            let folder = CgroupFolder(FilePath(group))
            guard folder.isUnified else { return nil }
            return folder.place(beside: state.pid).string
        }
        probe.noting = { [unowned self] in note($0, $1) }
        probe.changed = { [unowned self, unowned probe] in
            let before = state.health?.status
            state.health = probe.machine.state
            if let now = state.health?.status, now != before { note("health_status: \(now.rawValue)") }
            try? saveState()
        }
        state.health = probe.machine.state
        self.health = probe
    }

    func stopProbing() { health?.stop() }

    func resumeProbing() { health?.resume() }
}
