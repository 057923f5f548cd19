/// What becomes of system calls: of all, and of those that a rule is about. `seccomp(2)`
public struct SeccompProfile: Hashable, Sendable {
    /// What becomes of a call.
    public enum Action: Hashable, Sendable {
        case allow
        /// It is allowed, and the kernel's log tells of it.
        case log
        /// It fails with this error number.
        case refuse(errno: UInt16)
        /// The thread gets SIGSYS.
        case trap
        case killThread
        case killProcess
        /// A tracer is told, with this message.
        case trace(UInt16)
    }

    /// What holds for an argument of a call.
    public struct Condition: Hashable, Sendable {
        /// How the argument compares with the value.
        public enum Comparison: Hashable, Sendable {
            case notEqual, less, lessOrEqual, equal, greaterOrEqual, greater
            /// What is left of the argument under the mask is equal to the value.
            case maskedEqual(mask: UInt64)
        }

        /// The argument's place, from 0 to 5.
        public var argument: UInt32
        /// How it compares.
        public var comparison: Comparison
        /// With what.
        public var value: UInt64

        /// A condition.
        public init(argument: UInt32, _ comparison: Comparison, _ value: UInt64) {
            self.argument = argument
            self.comparison = comparison
            self.value = value
        }
    }

    /// What becomes of some calls where all conditions hold.
    public struct Rule: Hashable, Sendable {
        /// The calls by name. One that this machine does not know is left out.
        public var calls: [String]
        /// What becomes of them.
        public var action: Action
        /// When: always, if there are none.
        public var conditions: [Condition] = []

        /// A rule.
        public init(_ calls: [String], _ action: Action, where conditions: [Condition] = []) {
            self.calls = calls
            self.action = action
            self.conditions = conditions
        }
    }

    /// What becomes of a call that no rule is about.
    public var defaultAction: Action
    /// The rules.
    public var rules: [Rule]
    /// Numbers of calls that nobody knows yet: answered as a kernel without them would.
    public var futureCalls: ClosedRange<Int32>?
    /// Whether the rules hold for programs of this machine's 32-bit relatives too; if not, those can make no call.
    public var coversRelatives: Bool

    /// A profile.
    public init(defaultAction: Action, rules: [Rule], coversRelatives: Bool = true) {
        self.defaultAction = defaultAction
        self.rules = rules
        self.coversRelatives = coversRelatives
    }
}

extension SeccompProfile {
    /// Docker's default profile for a process with these capabilities.
    public static func standard(for capabilities: CapabilitySet) -> SeccompProfile {
        var rules = [SystemCallTable.allowed, SystemCallTable.tracing, SystemCallTable.x86].map { allow($0) }
        for (name, calls) in SystemCallTable.privileged {
            guard let capability = CapabilitySet(parsing: name), capabilities.contains(capability) else { continue }
            rules.append(allow(calls))
        }
        for personality in SystemCallTable.personalities {
            rules.append(allow("personality", where: [Condition(argument: 0, .equal, personality)]))
        }
        rules += socketRules
        if let administrator = CapabilitySet(parsing: "SYS_ADMIN"), !capabilities.contains(administrator) {
            let noNamespace = Condition(argument: 0, .maskedEqual(mask: SystemCallTable.namespaceFlags), 0)
            rules.append(allow("clone", where: [noNamespace]))
            // Its flags are in memory, which a filter cannot read: programs fall back to clone.
            rules.append(Rule(["clone3"], .refuse(errno: SystemCallTable.noSuchCall)))
        }
        var profile = SeccompProfile(defaultAction: .refuse(errno: SystemCallTable.notPermitted), rules: rules)
        profile.futureCalls = SystemCallTable.future
        return profile
    }

    /// Everything but the denied families: below, between and above them.
    private static var socketRules: [Rule] {
        let denied = SystemCallTable.deniedSocketFamilies
        let between = (denied.lowerBound + 1..<denied.upperBound).map { Condition(argument: 0, .equal, $0) }
        let outside = [
            Condition(argument: 0, .less, denied.lowerBound), Condition(argument: 0, .greater, denied.upperBound),
        ]
        return (outside + between).map { allow("socket", where: [$0]) }
    }

    private static func allow(_ names: String, where conditions: [Condition] = []) -> Rule {
        Rule(names.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init), .allow, where: conditions)
    }
}
