import CLinux
import CSeccomp
import Glibc
import SystemPackage

/// The filter that decides which system calls a container may make. `seccomp(2)`
public enum SeccompFilter {
    /// Changes whenever the rules do, so that a filter kept on disk is not mistaken for a newer one.
    public static let version = 1

    /// Compiles Docker's default profile for a process with these capabilities.
    ///
    /// It takes milliseconds: keep the result.
    ///
    /// - Returns: Classic BPF instructions, 8 bytes each, for this machine's architecture and its 32-bit relatives.
    public static func compile(for capabilities: CapabilitySet) throws(SystemError) -> [UInt8] {
        let denied = action(errno: EPERM)
        guard let context = seccomp_init(denied) else { throw SystemError("seccomp_init", errno: .noMemory) }
        defer { seccomp_release(context) }
        addArchitectures(to: context)
        var rules = SeccompRules(context: context)
        rules.allow(SystemCallTable.allowed)
        rules.allow(SystemCallTable.tracing)
        rules.allow(SystemCallTable.x86)
        for (name, calls) in SystemCallTable.privileged {
            guard let capability = CapabilitySet(parsing: name), capabilities.contains(capability) else { continue }
            rules.allow(calls)
        }
        rules.addConditional(isAdministrator: CapabilitySet(parsing: "SYS_ADMIN").map(capabilities.contains) ?? false)
        return try export(context)
    }

    private static func addArchitectures(to context: scmp_filter_ctx) {
        #if arch(x86_64)
        seccomp_arch_add(context, UInt32(bitPattern: SCMP_ARCH_X86))
        seccomp_arch_add(context, UInt32(bitPattern: SCMP_ARCH_X32))
        #elseif arch(arm64)
        seccomp_arch_add(context, UInt32(bitPattern: SCMP_ARCH_ARM))
        #endif
        // A balanced tree instead of a list: the kernel walks it at every call.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        // Set by the launch program, or not at all.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0)
    }

    /// Through a pipe: the largest program there can be, 4096 instructions, fits in one.
    private static func export(_ context: scmp_filter_ctx) throws(SystemError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", errno: Errno(rawValue: tutti_errno())) }
        defer { close(ends[0]) }
        let failure = seccomp_export_bpf(context, ends[1])
        close(ends[1])
        guard failure == 0 else { throw SystemError("seccomp_export_bpf", errno: Errno(rawValue: -failure)) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(ends[0], &bytes, bytes.count)
        guard count > 0 else { throw SystemError("read", errno: Errno(rawValue: tutti_errno())) }
        return Array(bytes[..<count])
    }

    /// `SCMP_ACT_ERRNO`
    fileprivate static func action(errno: Int32) -> UInt32 {
        0x0005_0000 | UInt32(errno)
    }
}

/// Adds rules to a filter. A call that this architecture or this libseccomp does not know is left to the default.
private struct SeccompRules {
    let context: scmp_filter_ctx
    /// `SCMP_ACT_ALLOW`
    private let allowed: UInt32 = 0x7fff_0000

    mutating func allow(_ names: String) {
        for name in names.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            guard let number = number(of: String(name)) else { continue }
            seccomp_rule_add_array(context, allowed, number, 0, nil)
        }
    }

    /// The calls that depend on their arguments or on the kernel's age.
    mutating func addConditional(isAdministrator: Bool) {
        for personality in SystemCallTable.personalities {
            allow("personality", where: .equal(argument: 0, personality))
        }
        // Everything but the denied ones: below, between and above them.
        var families = SystemCallTable.deniedSocketFamilies.makeIterator()
        if let first = families.next(), let second = families.next() {
            allow("socket", where: .less(argument: 0, first))
            for family in first + 1..<second { allow("socket", where: .equal(argument: 0, family)) }
            allow("socket", where: .greater(argument: 0, second))
        }
        for number in SystemCallTable.future { refuse(number) }
        guard !isAdministrator else { return }
        allow("clone", where: .masked(argument: 0, mask: SystemCallTable.namespaceFlags, 0))
        // Its flags are in memory, which a filter cannot read: programs fall back to clone.
        if let clone3 = number(of: "clone3") { refuse(clone3) }
    }

    private func allow(_ name: String, where comparison: Comparison) {
        guard let number = number(of: name) else { return }
        var condition = comparison.condition
        seccomp_rule_add_array(context, allowed, number, 1, &condition)
    }

    /// Answers as a kernel without the call would.
    private func refuse(_ number: Int32) {
        seccomp_rule_add_array(context, SeccompFilter.action(errno: ENOSYS), number, 0, nil)
    }

    private func number(of name: String) -> Int32? {
        let number = seccomp_syscall_resolve_name(name)
        // __NR_SCMP_ERROR
        return number == -1 ? SystemCallTable.young[name] : number
    }
}

/// A condition on one argument of a call.
private enum Comparison {
    case equal(argument: UInt32, UInt64)
    case less(argument: UInt32, UInt64)
    case greater(argument: UInt32, UInt64)
    case masked(argument: UInt32, mask: UInt64, UInt64)

    var condition: scmp_arg_cmp {
        switch self {
        case .equal(let argument, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
        case .less(let argument, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_LT, datum_a: value, datum_b: 0)
        case .greater(let argument, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_GT, datum_a: value, datum_b: 0)
        case .masked(let argument, let mask, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
        }
    }
}
