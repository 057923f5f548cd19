import CLinux
import CSeccomp
import Glibc
import SystemPackage

/// The filter that decides which system calls a container may make. `seccomp(2)`
public enum SeccompFilter {
    /// Changes whenever the default rules or the way they are compiled do, so that a filter kept on disk is not mistaken
    /// for a newer one.
    public static let version = 2

    /// Compiles a profile.
    ///
    /// It takes milliseconds: keep the result.
    ///
    /// - Returns: Classic BPF instructions, 8 bytes each, for this machine's architecture and its 32-bit relatives.
    public static func compile(_ profile: SeccompProfile) throws(SystemError) -> [UInt8] {
        let context = try makeContext(for: profile)
        defer { seccomp_release(context) }
        for number in profile.futureCalls.map(Array.init) ?? [] {
            try add(number, .refuse(errno: SystemCallTable.noSuchCall), [], to: context)
        }
        try add(profile.rules, except: profile.defaultAction, to: context, includingYoung: true)
        guard profile.coversRelatives, !relatives.isEmpty else { return try export(context) }
        let others = try makeContext(for: profile)
        seccomp_arch_remove(others, 0)
        for relative in relatives { seccomp_arch_add(others, relative) }
        // A number that libseccomp has no name for, it cannot translate either.
        do {
            try add(profile.rules, except: profile.defaultAction, to: others, includingYoung: false)
        } catch {
            seccomp_release(others)
            throw error
        }
        // The other one is no more where this succeeds.
        let failure = seccomp_merge(context, others)
        guard failure == 0 else {
            seccomp_release(others)
            throw SystemError("seccomp_merge", errno: Errno(rawValue: -failure))
        }
        return try export(context)
    }

    private static func makeContext(for profile: SeccompProfile) throws(SystemError) -> scmp_filter_ctx {
        guard let context = seccomp_init(profile.defaultAction.code) else {
            throw SystemError("seccomp_init", errno: .noMemory)
        }
        // A balanced tree instead of a list: the kernel walks it at every call.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        // Set by the launch program, or not at all.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0)
        return context
    }

    /// Whose programs this machine runs besides its own.
    private static var relatives: [UInt32] {
        #if arch(x86_64)
        [UInt32(bitPattern: SCMP_ARCH_X86), UInt32(bitPattern: SCMP_ARCH_X32)]
        #elseif arch(arm64)
        [UInt32(bitPattern: SCMP_ARCH_ARM)]
        #else
        []
        #endif
    }

    private static func add(
        _ rules: [SeccompProfile.Rule],
        except defaultAction: SeccompProfile.Action,
        to context: scmp_filter_ctx,
        includingYoung: Bool
    ) throws(SystemError) {
        for rule in rules where rule.action != defaultAction {
            try add(rule, to: context, includingYoung: includingYoung)
        }
    }

    private static func add(
        _ rule: SeccompProfile.Rule,
        to context: scmp_filter_ctx,
        includingYoung: Bool
    ) throws(SystemError) {
        let places = rule.conditions.map(\.argument)
        // One rule has one condition an argument: more of them are alternatives, as Docker's profiles mean them.
        let alternatives = Set(places).count == places.count ? [rule.conditions] : rule.conditions.map { [$0] }
        for name in rule.calls {
            guard let number = number(of: name, includingYoung: includingYoung) else { continue }
            for conditions in alternatives { try add(number, rule.action, conditions, to: context) }
        }
    }

    private static func add(
        _ number: Int32,
        _ action: SeccompProfile.Action,
        _ conditions: [SeccompProfile.Condition],
        to context: scmp_filter_ctx
    ) throws(SystemError) {
        let comparisons = conditions.map(\.compared)
        let failure = seccomp_rule_add_array(
            context,
            action.code,
            number,
            UInt32(comparisons.count),
            comparisons.isEmpty ? nil : comparisons
        )
        // A rule that is there already says the same.
        guard failure == 0 || failure == -EEXIST else {
            throw SystemError("seccomp_rule_add", on: "system call \(number)", errno: Errno(rawValue: -failure))
        }
    }

    /// A call that this architecture or this libseccomp does not know is left to the default.
    private static func number(of name: String, includingYoung: Bool) -> Int32? {
        let number = seccomp_syscall_resolve_name(name)
        // __NR_SCMP_ERROR
        guard number == -1 else { return number }
        return includingYoung ? SystemCallTable.young[name] : nil
    }

    private static func export(_ context: scmp_filter_ctx) throws(SystemError) -> [UInt8] {
        let file = try MemoryFile.make("filter", []).rawValue
        defer { close(file) }
        let failure = seccomp_export_bpf(context, file)
        guard failure == 0 else { throw SystemError("seccomp_export_bpf", errno: Errno(rawValue: -failure)) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { throw SystemError("read", errno: Errno(rawValue: tutti_errno())) }
        guard count <= longest else { throw SystemError("seccomp_export_bpf", errno: .argListTooLong) }
        return Array(bytes[..<count])
    }

    /// The kernel takes 4096 instructions.
    private static let longest = 4096 * 8
}

extension SeccompProfile.Action {
    /// `SCMP_ACT_*`
    fileprivate var code: UInt32 {
        switch self {
        case .allow: 0x7fff_0000
        case .log: 0x7ffc_0000
        case .trace(let message): 0x7ff0_0000 | UInt32(message)
        case .refuse(let errno): 0x0005_0000 | UInt32(errno)
        case .trap: 0x0003_0000
        case .killThread: 0
        case .killProcess: 0x8000_0000
        }
    }
}

extension SeccompProfile.Condition {
    fileprivate var compared: scmp_arg_cmp {
        switch comparison {
        case .notEqual: scmp_arg_cmp(arg: argument, op: SCMP_CMP_NE, datum_a: value, datum_b: 0)
        case .less: scmp_arg_cmp(arg: argument, op: SCMP_CMP_LT, datum_a: value, datum_b: 0)
        case .lessOrEqual: scmp_arg_cmp(arg: argument, op: SCMP_CMP_LE, datum_a: value, datum_b: 0)
        case .equal: scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
        case .greaterOrEqual: scmp_arg_cmp(arg: argument, op: SCMP_CMP_GE, datum_a: value, datum_b: 0)
        case .greater: scmp_arg_cmp(arg: argument, op: SCMP_CMP_GT, datum_a: value, datum_b: 0)
        case .maskedEqual(let mask):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
        }
    }
}
