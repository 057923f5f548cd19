import Linux

/// What a container's processes may do: settled from its security settings.
struct Privileges {
    var capabilities: CapabilitySet
    var options: SecurityOptions
    /// The compiled seccomp filter; nil is none.
    var filter: [UInt8]?
    /// The AppArmor profile; nil is none.
    var profile: String?
    var limits: [LaunchStep]
    /// Device nodes besides the standard ones.
    var devices: [(target: String, node: DeviceNode)]

    /// The steps that take a process from all-mighty to what it may be. The order is the kernel's:
    /// without no-new-privileges a filter needs a capability that the user will not have.
    func steps(as identity: UserIdentity, workingDirectory: String) -> [LaunchStep] {
        var steps: [LaunchStep] = [.setFileModeMask(0o022)] + limits + [.keepBounding(capabilities)]
        // Granted at the execve. The kernel wants to hear of it before the process may gain nothing more.
        if let profile { steps.append(.confine(profile: profile)) }
        if let filter, !options.deniesNewPrivileges { steps.append(.filterCalls(filter)) }
        steps.append(.become(user: identity.user, group: identity.group, groups: identity.groups))
        let effective = identity.user == 0 ? capabilities : .none
        steps.append(.setCapabilities(effective: effective, inheritable: .none, ambient: .none))
        steps.append(.changeFolder(workingDirectory))
        if options.deniesNewPrivileges { steps.append(.denyNewPrivileges) }
        if let filter, options.deniesNewPrivileges { steps.append(.filterCalls(filter)) }
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
}

struct UnknownCapability: Error {
    let name: String
}
