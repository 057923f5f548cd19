import Linux

/// The AppArmor profile of containers that ask for no other: what Docker's `docker-default` allows and denies.
///
/// Namespaces, capabilities and the seccomp filter confine already; this holds where one of them was loosened. Nothing can be
/// mounted, of the kernel's files only those of processes, shared memory and control groups can be written, and
/// other containers can neither be traced nor signalled.
enum StandardProfile {
    static let name = "tutti-default"

    /// What Compose files written for Docker call it.
    static let dockerName = "docker-default"

    static var text: String {
        """
        \(AppArmor.interface)profile \(name) flags=(attach_disconnected, mediate_deleted) {
          file,
          capability,
          network,
          umount,
          signal (receive) peer=unconfined,
          signal (send, receive) peer=\(name),
          ptrace (read, readby, trace, tracedby) peer=\(name),

          deny mount,

          # All but the folders of processes, which are numbers, and sys/kernel/shm*.
          deny /proc/* w,
          deny /proc/{[^0-9s/],s[^y/],sy[^s/],sys?}*/** w,
          deny /proc/sys/{[^k/],k[^e/],ke[^r/]}** w,
          deny /proc/sys/kernel/{[^s/],s[^h/],sh[^m/]}** w,
          deny /proc/{kcore,kmem,mem,sysrq-trigger} rwklx,

          # All but fs/cgroup.
          deny /sys/{[^f/],f[^s/],fs?}*/** wklx,
          deny /sys/fs/{[^c/],c[^g/],cg[^r/]}*/** wklx,
          deny /sys/{devices/virtual/powercap,firmware,kernel/security}/** rwklx,
        }

        """
    }
}

extension Security {
    /// The AppArmor profile that a container starts with on this machine, `unconfined` or none where there is no AppArmor.
    public var appArmorProfile: String {
        guard AppArmor.isEnabled else { return "" }
        return chosenProfile
    }

    fileprivate var chosenProfile: String {
        let standard = isPrivileged ? AppArmor.unconfined : StandardProfile.name
        let said = (try? SecurityOptions(options))?.appArmor ?? standard
        let isDockers = said == StandardProfile.dockerName && !AppArmor.hasLoaded(said)
        return isDockers ? StandardProfile.name : said
    }
}

extension Settlement {
    /// The profile that the container's processes get; nil is none.
    ///
    /// The standard one is given to the kernel by the first container of a boot. Whoever is under a profile cannot do so, nor leave
    /// it for another: the container is then under the same.
    func profile(warn: (String) -> Void) throws(ContainerError) -> String? {
        let profile = security.chosenProfile
        guard profile != AppArmor.unconfined else { return nil }
        guard AppArmor.isEnabled else {
            guard profile != StandardProfile.name else { return nil }
            throw .unsupported(name: name, what: "AppArmor profile \(profile): AppArmor is not enabled on this machine")
        }
        guard profile == StandardProfile.name else { return profile }
        guard !AppArmor.confinesUs else { return nil }
        guard !AppArmor.hasLoaded(profile) else { return profile }
        return try loadStandard(warn: warn) ? profile : nil
    }

    /// - Returns: Whether it is loaded. Where this machine has no means to, that is told; where they fail, it is an error.
    private func loadStandard(warn: (String) -> Void) throws(ContainerError) -> Bool {
        guard AppArmor.isVisible else {
            warn("AppArmor: /sys/kernel/security is not mounted. The container runs without a profile.")
            return false
        }
        guard let compiler = AppArmor.compiler else {
            warn("AppArmor: apparmor_parser is not installed. The container runs without a profile.")
            return false
        }
        let complaint = try systemCall { () throws(SystemError) in
            try AppArmor.load(StandardProfile.text, with: compiler)
        }
        guard let complaint else { return true }
        let reason = "\(compiler): \(complaint) (apparmor=unconfined does without)"
        throw .unsupported(name: name, what: "AppArmor profile \(StandardProfile.name): \(reason)")
    }
}
