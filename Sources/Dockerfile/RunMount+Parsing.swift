extension RunMount {
    /// Reads `type=cache,target=/root/.cache`. Identifiers and paths may hold variables.
    init(parsing text: String) throws(DockerfileProblem) {
        for field in text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false) {
            let parts = field.split(separator: ASCII.equals, maxSplits: 1, omittingEmptySubsequences: false)
            let key = ASCII.lowercased(String(Substring(parts[0])))
            try set(key, to: parts.count == 2 ? String(Substring(parts[1])) : nil)
        }
        try check(text)
    }

    private mutating func set(_ key: String, to value: String?) throws(DockerfileProblem) {
        switch (key, value) {
        case ("type", let value?): kind = try choice(value, "type", "bind, cache, tmpfs, secret or ssh")
        case ("target", let value?), ("dst", let value?), ("destination", let value?): target = value
        case ("source", let value?), ("src", let value?): source = value
        case ("from", let value?): from = value
        case ("id", let value?): id = value
        case ("env", let value?): variable = value
        case ("sharing", let value?): sharing = try choice(value, "sharing", "shared, private or locked")
        case ("ro", let value), ("readonly", let value): isReadOnly = try boolean(value, key)
        case ("rw", let value), ("readwrite", let value): isReadOnly = try !boolean(value, key)
        case ("required", let value): isRequired = try boolean(value, key)
        case ("mode", let value?): mode = try number(value, key, radix: 8, below: 0o10000)
        case ("uid", let value?): uid = try number(value, key, radix: 10, below: UInt32.max)
        case ("gid", let value?): gid = try number(value, key, radix: 10, below: UInt32.max)
        case ("size", let value?): size = try bytes(value)
        default: throw .badFlagValue("mount", value: key, expected: "a key of a mount with its value")
        }
    }

    /// Keys that the mount's type does not have.
    private func check(_ text: String) throws(DockerfileProblem) {
        let hasOwner = mode != nil || uid != nil || gid != nil
        guard !hasOwner || [.cache, .secret, .ssh].contains(kind) else {
            throw .badFlagValue("mount", value: text, expected: "without mode, uid and gid")
        }
        guard target != nil || [.secret, .ssh].contains(kind) else {
            throw .badFlagValue("mount", value: text, expected: "given a target")
        }
        guard kind != .secret || id != nil || target != nil else {
            throw .badFlagValue("mount", value: text, expected: "given an id or a target")
        }
        guard kind != .ssh else {
            throw .badFlagValue("mount", value: text, expected: "of another type: ssh agents are not supported yet")
        }
    }

    private func choice<Choice: RawRepresentable<String>>(
        _ value: String,
        _ key: String,
        _ expected: String
    ) throws(DockerfileProblem) -> Choice {
        guard let choice = Choice(rawValue: ASCII.lowercased(value)) else {
            throw .badFlagValue("mount", value: "\(key)=\(value)", expected: expected)
        }
        return choice
    }

    private func boolean(_ value: String?, _ key: String) throws(DockerfileProblem) -> Bool {
        guard let value else { return true }
        guard let boolean = InstructionText.booleans[ASCII.lowercased(value)] else {
            throw .badFlagValue("mount", value: "\(key)=\(value)", expected: "true or false")
        }
        return boolean
    }

    private func number(
        _ value: String,
        _ key: String,
        radix: Int,
        below limit: UInt32
    ) throws(DockerfileProblem) -> UInt32 {
        guard let number = UInt32(value, radix: radix), number < limit else {
            throw .badFlagValue("mount", value: "\(key)=\(value)", expected: radix == 8 ? "octal" : "a number")
        }
        return number
    }

    private func bytes(_ value: String) throws(DockerfileProblem) -> Int {
        let scales = ["": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30]
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        let unit = ASCII.lowercased(String(value.dropFirst(digits.count)))
        guard let scale = scales[unit], let number = Int(digits), number < 1 << 32 else {
            throw .badFlagValue("mount", value: "size=\(value)", expected: "a size such as 64m")
        }
        return number << scale
    }
}
