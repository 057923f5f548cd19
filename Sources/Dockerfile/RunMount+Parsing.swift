import Units

extension RunMount {
    /// Reads `type=cache,target=/root/.cache`.
    ///
    /// - Parameter expander: Replaces variables, anywhere but in `from`; without one, what they decide is left open.
    init(parsing text: String, _ expander: WordExpander? = nil) throws(DockerfileProblem) {
        self.text = text
        for field in try Self.fields(text) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = ASCII.lowercased(String(parts[0]))
            try set(key, to: parts.count == 2 ? String(parts[1]) : nil, expander)
        }
        try check()
    }

    /// The mount with its variables replaced.
    public func expanded(_ expander: WordExpander) throws(DockerfileProblem) -> RunMount {
        try RunMount(parsing: text, expander)
    }

    /// What stands between commas; double quotes keep commas in a field.
    private static func fields(_ text: String) throws(DockerfileProblem) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        guard !isQuoted else { throw .badFlagValue("mount", value: text, expected: "with a quote at the end") }
        return fields
    }

    private mutating func set(_ key: String, to value: String?, _ expander: WordExpander?) throws(DockerfileProblem) {
        guard let value, value.contains("$") else { return try set(key, to: value) }
        guard key != "from" else {
            throw .badFlagValue("mount", value: "from=\(value)", expected: "without variables; a stage can have them")
        }
        if let expander { return try set(key, to: expander.expand(value)) }
        // What has to be of a kind is looked at when the variables are known.
        if ["target", "dst", "destination", "source", "src", "id", "env"].contains(key) { try set(key, to: value) }
        if key == "type" { hasOpenKind = true }
    }

    private mutating func set(_ key: String, to value: String?) throws(DockerfileProblem) {
        given.insert(key)
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

    /// The keys that only some types have.
    private static let kinds: [String: Set<Kind>] = [
        "size": [.tmpfs], "sharing": [.cache], "env": [.secret], "required": [.secret, .ssh],
        "mode": [.cache, .secret, .ssh], "uid": [.cache, .secret, .ssh], "gid": [.cache, .secret, .ssh],
        "from": [.bind, .cache], "source": [.bind, .cache, .secret], "src": [.bind, .cache, .secret],
        "id": [.cache, .secret, .ssh],
    ]

    private func check() throws(DockerfileProblem) {
        guard !hasOpenKind else { return }
        for key in given.sorted() where !(Self.kinds[key]?.contains(kind) ?? true) {
            throw .badFlagValue(
                "mount",
                value: text,
                expected: "without \(key), which type=\(kind.rawValue) does not have"
            )
        }
        guard target != nil || [.secret, .ssh].contains(kind) else {
            throw .badFlagValue("mount", value: text, expected: "given a target")
        }
        guard kind != .secret || id != nil || source != nil || target != nil else {
            throw .badFlagValue("mount", value: text, expected: "given an id or a target")
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
        guard let bytes = SizeText.bytes(value), bytes >= 0 else {
            throw .badFlagValue("mount", value: "size=\(value)", expected: "a size such as 64m")
        }
        return Int(bytes)
    }
}
