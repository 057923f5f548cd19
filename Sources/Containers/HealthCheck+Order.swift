import Supervision

extension HealthCheck {
    private static let standardShell = ["/bin/sh", "-c"]

    /// The command to run; nil for a check that checks nothing.
    ///
    /// - Parameter shell: What a command in the shell form is given to; nil or nothing is the usual one.
    func arguments(shell: [String]?) -> [String]? {
        guard test.count > 1 else { return nil }
        switch test[0] {
        case "CMD": return Array(test.dropFirst())
        case "CMD-SHELL":
            let shell = shell ?? []
            return (shell.isEmpty ? Self.standardShell : shell) + test.dropFirst()
        default: return nil
        }
    }
}

extension ContainerConfiguration {
    /// What the probe runs; nil where there is none.
    var probe: [String]? { health?.arguments(shell: process.shell) }

    /// What the monitor is told of the probe.
    var healthOrder: HealthOrder? {
        guard let health, let probe else { return nil }
        return HealthOrder(
            program: RunFile.healthProgram,
            command: probe,
            interval: health.interval,
            timeout: health.timeout,
            retries: health.retries,
            startPeriod: health.startPeriod,
            startInterval: health.startInterval
        )
    }
}
