import Linux

/// What a container's processes may do: settled from its security settings.
struct Privileges {
    var capabilities: CapabilitySet
    var deniesNewPrivileges: Bool
    /// The compiled seccomp filter; nil is none.
    var filter: [UInt8]?
    var limits: [LaunchStep]
    /// Device nodes besides the standard ones.
    var devices: [(target: String, node: DeviceNode)]

    /// The steps that take a process from all-mighty to what it may be. The order is the kernel's:
    /// without no-new-privileges a filter needs a capability that the user will not have.
    func steps(as identity: UserIdentity, workingDirectory: String) -> [LaunchStep] {
        var steps: [LaunchStep] = [.setFileModeMask(0o022)] + limits + [.keepBounding(capabilities)]
        if let filter, !deniesNewPrivileges { steps.append(.filterCalls(filter)) }
        steps.append(.become(user: identity.user, group: identity.group, groups: identity.groups))
        let effective = identity.user == 0 ? capabilities : .none
        steps.append(.setCapabilities(effective: effective, inheritable: .none, ambient: .none))
        steps.append(.changeFolder(workingDirectory))
        if deniesNewPrivileges { steps.append(.denyNewPrivileges) }
        if let filter, deniesNewPrivileges { steps.append(.filterCalls(filter)) }
        return steps
    }
}

extension Security {
    /// The capabilities that are left of Docker's defaults.
    ///
    /// - Throws: The name that no capability has.
    func capabilitySet() throws(UnknownCapability) -> CapabilitySet {
        guard !isPrivileged else { return .all }
        let added = try Self.set(capabilitiesAdded)
        let dropped = try Self.set(capabilitiesDropped)
        if added == .all { return CapabilitySet.all.subtracting(dropped) }
        if dropped == .all { return added }
        return CapabilitySet.standard.subtracting(dropped).union(added)
    }

    private static func set(_ names: [String]) throws(UnknownCapability) -> CapabilitySet {
        var set = CapabilitySet.none
        for name in names {
            guard let one = CapabilitySet(parsing: name) else { throw UnknownCapability(name: name) }
            set = set.union(one)
        }
        return set
    }

    /// `no-new-privileges`, `no-new-privileges:true` or `=true`.
    var deniesNewPrivileges: Bool {
        options.contains { ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"].contains($0) }
    }

    /// What was asked of seccomp: `unconfined`, a file's path, or nil for the default profile.
    var seccompChoice: String? {
        for option in options where option.hasPrefix("seccomp") {
            let choice = String(option.dropFirst(8))
            return choice == "builtin" ? nil : choice
        }
        return nil
    }
}

struct UnknownCapability: Error {
    let name: String
}

/// Limits by the names that `ulimits` and `--ulimit` use. `setrlimit(2)`
enum ResourceLimitNames {
    static let numbers: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "as": 9,
        "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]
}
