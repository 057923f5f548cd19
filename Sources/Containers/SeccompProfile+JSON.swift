import JSON
import Linux

extension SeccompProfile {
    /// Reads a profile of Docker's form, and keeps the rules that hold for these capabilities on this machine.
    ///
    /// - Throws: ``InvalidSetting`` for a text that is none.
    init(parsing text: String, for capabilities: CapabilitySet) throws(InvalidSetting) {
        let form: SeccompForm
        do {
            form = try JSON.decode(SeccompForm.self, from: Array(text.utf8))
        } catch {
            throw InvalidSetting("decoding seccomp profile failed: \(error)")
        }
        guard form.architectures?.isEmpty ?? true || form.archMap?.isEmpty ?? true else {
            throw Self.invalid("'architectures' and 'archMap' were specified in the seccomp profile, use either")
        }
        guard form.flags?.isEmpty ?? true else { throw Self.invalid("flags are not supported") }
        let machine = SeccompForm.Machine(capabilities: capabilities)
        var rules: [Rule] = []
        for rule in form.syscalls ?? [] where try machine.wants(rule) { rules.append(try Self.rule(rule)) }
        self.init(
            defaultAction: try Self.action(form.defaultAction, form.defaultErrnoRet),
            rules: rules,
            coversRelatives: form.coversRelatives
        )
    }

    private static func rule(_ rule: SeccompForm.Rule) throws(InvalidSetting) -> Rule {
        let names = rule.names ?? []
        guard rule.name == nil || names.isEmpty else {
            throw invalid("'name' and 'names' were specified in the seccomp profile, use either")
        }
        return Rule(
            names + [rule.name].compactMap { $0 },
            try action(rule.action, rule.errnoRet),
            where: try (rule.args ?? []).map { argument throws(InvalidSetting) in try condition(argument) }
        )
    }

    private static func condition(_ argument: SeccompForm.Argument) throws(InvalidSetting) -> Condition {
        guard argument.index < 6 else { throw invalid("there is no argument \(argument.index)") }
        if argument.op == "SCMP_CMP_MASKED_EQ" {
            return Condition(
                argument: argument.index,
                .maskedEqual(mask: argument.value),
                argument.valueTwo ?? 0
            )
        }
        guard let comparison = comparisons[argument.op] else {
            throw invalid("unknown operator \"\(argument.op)\"")
        }
        return Condition(argument: argument.index, comparison, argument.value)
    }

    private static func action(_ name: String, _ number: UInt16?) throws(InvalidSetting) -> Action {
        switch name {
        case "SCMP_ACT_ERRNO": return .refuse(errno: number ?? 1)
        case "SCMP_ACT_TRACE": return .trace(number ?? 1)
        case "SCMP_ACT_NOTIFY": throw invalid("SCMP_ACT_NOTIFY is not supported: nobody would answer")
        default:
            guard let action = actions[name] else { throw invalid("unknown action \"\(name)\"") }
            guard number == nil else { throw invalid("an errno value makes no sense with \(name)") }
            return action
        }
    }

    private static func invalid(_ what: String) -> InvalidSetting { InvalidSetting("seccomp profile: \(what)") }

    private static let actions: [String: Action] = [
        "SCMP_ACT_ALLOW": .allow, "SCMP_ACT_LOG": .log, "SCMP_ACT_TRAP": .trap, "SCMP_ACT_KILL": .killThread,
        "SCMP_ACT_KILL_THREAD": .killThread, "SCMP_ACT_KILL_PROCESS": .killProcess,
    ]

    private static let comparisons: [String: Condition.Comparison] = [
        "SCMP_CMP_NE": .notEqual, "SCMP_CMP_LT": .less, "SCMP_CMP_LE": .lessOrEqual, "SCMP_CMP_EQ": .equal,
        "SCMP_CMP_GE": .greaterOrEqual, "SCMP_CMP_GT": .greater,
    ]
}

/// A profile as it is written down.
private struct SeccompForm: Decodable {
    struct Rule: Decodable {
        var name: String?
        var names: [String]?
        var action: String
        var errnoRet: UInt16?
        var args: [Argument]?
        var includes: Filter?
        var excludes: Filter?
    }

    struct Argument: Decodable {
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: String
    }

    /// What a rule's validity depends on.
    struct Filter: Decodable {
        var caps: [String]?
        var arches: [String]?
        var minKernel: String?
    }

    struct Family: Decodable {
        var architecture: String
        var subArchitectures: [String]?
    }

    var defaultAction: String
    var defaultErrnoRet: UInt16?
    var architectures: [String]?
    var archMap: [Family]?
    var flags: [String]?
    var syscalls: [Rule]?

    /// Whether this machine's relatives are among the architectures.
    var coversRelatives: Bool {
        if let architectures, !architectures.isEmpty { return architectures.contains(where: Self.relatives.contains) }
        let own = archMap?.first { $0.architecture == Self.native }
        return own?.subArchitectures?.contains(where: Self.relatives.contains) ?? false
    }

    #if arch(x86_64)
    private static let native = "SCMP_ARCH_X86_64"
    private static let relatives: Set = ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]
    private static let name = "amd64"
    #else
    private static let native = "SCMP_ARCH_AARCH64"
    private static let relatives: Set = ["SCMP_ARCH_ARM"]
    private static let name = "arm64"
    #endif

    /// What rules are chosen by.
    struct Machine {
        var capabilities: CapabilitySet

        func wants(_ rule: Rule) throws(InvalidSetting) -> Bool {
            if let excludes = rule.excludes {
                if excludes.arches?.contains(SeccompForm.name) ?? false { return false }
                for name in excludes.caps ?? [] where has(name) { return false }
                if let version = excludes.minKernel, try isAtLeast(version) { return false }
            }
            guard let includes = rule.includes else { return true }
            if let arches = includes.arches, !arches.isEmpty, !arches.contains(SeccompForm.name) { return false }
            for name in includes.caps ?? [] where !has(name) { return false }
            guard let version = includes.minKernel else { return true }
            return try isAtLeast(version)
        }

        /// A capability that this machine has never heard of is none that the container has.
        private func has(_ name: String) -> Bool {
            CapabilitySet(parsing: name).map(capabilities.contains) ?? false
        }

        private func isAtLeast(_ text: String) throws(InvalidSetting) -> Bool {
            guard !text.isEmpty else { return true }
            guard let version = KernelVersion(text) else {
                throw InvalidSetting("seccomp profile: invalid kernel version \"\(text)\"")
            }
            return KernelVersion.current.map { $0 >= version } ?? true
        }
    }
}
