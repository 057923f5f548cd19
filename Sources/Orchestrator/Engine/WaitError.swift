public import Supervision

/// A wait that ended otherwise than was hoped.
public enum WaitError: Error, Hashable, Sendable {
    /// With the probe that failed last.
    case unhealthy(container: String, probe: HealthState.Entry?)
    case exited(container: String, code: Int32)
    case noHealthCheck(container: String)
    case notCompleted(service: String, code: Int32)
    case timedOut(seconds: Int, isFinal: Bool)
    /// Waiting for all at the end of `up --wait`.
    case finallyUnhealthy(container: String, probe: HealthState.Entry?)
    case finallyExited(container: String, code: Int32)
}

extension WaitError: CustomStringConvertible {
    /// The error in Docker Compose's words; behind them, what it does not tell.
    public var description: String {
        switch self {
        case .unhealthy(let container, let probe):
            "dependency failed to start: container \(container) is unhealthy\(Self.reason(probe))"
        case .exited(let container, let code): "dependency failed to start: container \(container) exited (\(code))"
        case .noHealthCheck(let container):
            "dependency failed to start: container \(container) has no healthcheck configured"
        case .notCompleted(let service, let code): "service \"\(service)\" didn't complete successfully: exit \(code)"
        case .timedOut(let seconds, true): "application not healthy after \(seconds)s"
        case .timedOut(_, false): "timeout waiting for dependencies"
        case .finallyUnhealthy(let container, let probe): "container \(container) is unhealthy\(Self.reason(probe))"
        case .finallyExited(let container, let code): "container \(container) exited (\(code))"
        }
    }

    /// How the probe ended, and the last line of what it printed.
    private static func reason(_ probe: HealthState.Entry?) -> String {
        guard let probe else { return "" }
        let line = probe.output.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return probe.exitCode < 0 ? line : ": its probe exited with \(probe.exitCode)\(line)"
    }
}
