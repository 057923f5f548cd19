/// One line of what a control group may do with device nodes; `c 1:3 rwm` in the kernel's words.
public struct DeviceRule: Hashable, Sendable {
    /// The kinds that there are.
    public enum Kind: String, Hashable, Sendable {
        case any = "a"
        case character = "c"
        case block = "b"
    }

    /// What kind it is.
    public var kind: Kind
    /// Nil is every number.
    public var major: UInt32?
    /// The minor number; nil is every one.
    public var minor: UInt32?
    /// Some of `r`, `w` and `m`.
    public var access: String

    /// A value of these parts.
    public init(_ kind: Kind, _ major: UInt32?, _ minor: UInt32?, access: String = "rwm") {
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// Reads `c 1:3 rwm`, with `*` for any number; nil for anything else.
    public init?(parsing text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3, let kind = Kind(rawValue: String(words[0])) else { return nil }
        let numbers = words[1].split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, words[2].allSatisfy({ "rwm".contains($0) }) else { return nil }
        guard numbers.allSatisfy({ $0 == "*" || UInt32($0) != nil }) else { return nil }
        self.init(kind, UInt32(numbers[0]), UInt32(numbers[1]), access: String(words[2]))
    }

    /// As `devices.allow` reads it.
    public var line: String {
        "\(kind.rawValue) \(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*") \(access)"
    }

    /// What every container may do: make any node, and use the harmless ones and terminals.
    public static let standard: [DeviceRule] = [
        DeviceRule(.character, nil, nil, access: "m"), DeviceRule(.block, nil, nil, access: "m"),
        DeviceRule(.character, 1, 3), DeviceRule(.character, 1, 5), DeviceRule(.character, 1, 7),
        DeviceRule(.character, 1, 8), DeviceRule(.character, 1, 9), DeviceRule(.character, 5, 0),
        DeviceRule(.character, 5, 1), DeviceRule(.character, 5, 2), DeviceRule(.character, 136, nil),
    ]
}

extension DeviceRule {
    /// The rules as an eBPF program of type `cgroup_device`: 8 bytes an instruction, 1 for allowed and 0 for denied.
    static func program(allowing rules: [DeviceRule]) -> [UInt64] {
        // r2 = access << 16 | type; r2 becomes the type, r3 the access, r4 major, r5 minor.
        var code: [UInt64] = [
            instruction(0x61, 2, 1, 0, 0), instruction(0xbc, 3, 2, 0, 0), instruction(0x54, 2, 0, 0, 0xffff),
            instruction(0x74, 3, 0, 0, 16), instruction(0x61, 4, 1, 4, 0), instruction(0x61, 5, 1, 8, 0),
        ]
        for rule in rules { code += rule.block }
        return code + [instruction(0xb4, 0, 0, 0, 0), instruction(0x95, 0, 0, 0, 0)]
    }

    /// Leaves with 1 where the rule matches, and goes on behind itself where it does not.
    private var block: [UInt64] {
        var checks: [(operation: UInt8, register: UInt8, value: UInt32)] = []
        switch kind {
        case .any: break
        case .block: checks.append((0x56, 2, 1))
        case .character: checks.append((0x56, 2, 2))
        }
        if let major { checks.append((0x56, 4, major)) }
        if let minor { checks.append((0x56, 5, minor)) }
        let denied = ~mask & 7
        let accessChecks: [UInt64] =
            denied == 0
            ? []
            : [
                Self.instruction(0xbc, 1, 3, 0, 0), Self.instruction(0x54, 1, 0, 0, denied),
                Self.instruction(0x56, 1, 0, 2, 0),
            ]
        var code: [UInt64] = []
        for (place, check) in checks.enumerated() {
            let skipped = checks.count - place - 1 + accessChecks.count + 2
            code.append(Self.instruction(check.operation, check.register, 0, Int16(skipped), check.value))
        }
        return code + accessChecks + [Self.instruction(0xb4, 0, 0, 0, 1), Self.instruction(0x95, 0, 0, 0, 0)]
    }

    /// `BPF_DEVCG_ACC_*`
    private var mask: UInt32 {
        (access.contains("m") ? 1 : 0) | (access.contains("r") ? 2 : 0) | (access.contains("w") ? 4 : 0)
    }

    private static func instruction(
        _ operation: UInt8,
        _ destination: UInt8,
        _ source: UInt8,
        _ offset: Int16,
        _ immediate: UInt32
    ) -> UInt64 {
        UInt64(operation) | UInt64(destination | source << 4) << 8 | UInt64(UInt16(bitPattern: offset)) << 16
            | UInt64(immediate) << 32
    }
}
