import Containers
import JSON
import Supervision

extension HealthState {
    /// What `inspect` prints of the probes' findings.
    var inspection: JSONValue {
        [
            "Status": .string(status.rawValue),
            "FailingStreak": .integer(Int64(failingStreak)),
            "Log": .array(
                log.map { entry in
                    [
                        "Start": .string(TimeText.rfc3339(entry.start)),
                        "End": .string(TimeText.rfc3339(entry.end)),
                        "ExitCode": .integer(Int64(entry.exitCode)),
                        "Output": .string(entry.output),
                    ]
                }
            ),
        ]
    }
}

extension HealthCheck {
    /// What `inspect` prints of a probe.
    var inspection: JSONValue {
        [
            "Test": .strings(test),
            "Interval": .integer(Int64(interval)),
            "Timeout": .integer(Int64(timeout)),
            "Retries": .integer(Int64(retries)),
            "StartPeriod": .integer(Int64(startPeriod)),
            "StartInterval": .integer(Int64(startInterval)),
        ]
    }
}

extension RestartPolicy {
    /// What `inspect` prints of a restart policy.
    var inspection: JSONValue {
        switch self {
        case .no: ["Name": "no", "MaximumRetryCount": 0]
        case .always: ["Name": "always", "MaximumRetryCount": 0]
        case .unlessStopped: ["Name": "unless-stopped", "MaximumRetryCount": 0]
        case .onFailure(let maximum): ["Name": "on-failure", "MaximumRetryCount": .integer(Int64(maximum ?? 0))]
        }
    }
}

extension Mount {
    /// What `inspect` prints of a mount; nil for what is the engine's own affair.
    var inspection: JSONValue? {
        var members: [JSONValue.Member]
        switch kind {
        case .volume(let name, _, _, _):
            members = [.init("Type", "volume"), .init("Name", .string(name)), .init("Driver", "local")]
        case .bind: members = [.init("Type", "bind")]
        case .tmpfs: members = [.init("Type", "tmpfs")]
        case .image(let reference, _, _, _):
            members = [.init("Type", "image"), .init("Name", .string(reference))]
        case .contents, .copy: return nil
        }
        members += [
            .init("Source", .string(source)),
            .init("Destination", .string(target)),
            .init("Mode", .string(isReadOnly ? "ro" : "")),
            .init("RW", .bool(!isReadOnly)),
            .init("Propagation", .string(propagation)),
        ]
        return .object(members)
    }

    private var propagation: String {
        guard case .bind(_, let propagation, _) = kind else { return "" }
        return propagation ?? "rprivate"
    }

    /// The mount as a `-v` value; nil for what is none.
    var bindText: String? {
        let mode = isReadOnly ? ":ro" : ":rw"
        switch kind {
        case .bind: return "\(source):\(target)\(mode)"
        case .volume(let name, false, _, _): return "\(name):\(target)\(mode)"
        case .volume, .tmpfs, .contents, .copy, .image: return nil
        }
    }
}
