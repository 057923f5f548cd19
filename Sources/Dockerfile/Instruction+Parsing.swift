import Units

extension ArgumentDeclaration {
    static func list(_ text: InstructionText) throws(DockerfileFailure) -> [ArgumentDeclaration] {
        let words = splitWords(text.rest, escape: text.escape)
        guard !words.isEmpty else { throw text.needs("a name") }
        var declarations: [ArgumentDeclaration] = []
        for word in words {
            let equals = word.firstIndex(of: ASCII.equals)
            let name = word[..<(equals ?? word.endIndex)]
            guard !name.isEmpty else { throw text.line.failure(.emptyName(instruction: "ARG"), at: word.startIndex) }
            let value = equals.map { word[($0 + 1)...].text }
            declarations.append(ArgumentDeclaration(name: name.text, value: value))
        }
        return declarations
    }
}

extension Copy {
    static let copyFlags: [String: InstructionText.FlagKind] = [
        "from": .string, "chown": .string, "chmod": .string, "link": .boolean, "parents": .boolean,
        "exclude": .strings,
    ]

    static let addFlags: [String: InstructionText.FlagKind] = [
        "chown": .string, "chmod": .string, "link": .boolean, "exclude": .strings, "checksum": .string,
        "unpack": .boolean, "keep-git-dir": .boolean,
    ]

    init(_ text: InstructionText) throws(DockerfileFailure) {
        let words = try text.listOrWords()
        guard words.count >= 2, let last = words.last, !words.contains("") else {
            throw text.needs("at least one source and a destination")
        }
        let isHeredoc = { (word: String) in
            !text.line.heredocs.isEmpty && Heredoc(word: Array(word.utf8)[...], escape: text.escape) != nil
        }
        guard !isHeredoc(last) else { throw text.needs("a destination that is not a heredoc") }
        sources = words.dropLast().filter { !isHeredoc($0) }
        heredocs = text.line.heredocs
        destination = last
        from = text.string("from")
        owner = text.string("chown")
        mode = text.string("chmod")
        isLinked = text.boolean("link") ?? false
        keepsParents = text.boolean("parents") ?? false
        excludes = text.strings("exclude")
    }
}

extension Add {
    init(_ text: InstructionText) throws(DockerfileFailure) {
        files = try Copy(text)
        checksum = text.string("checksum")
        unpacks = text.boolean("unpack")
        keepsGitDirectory = text.boolean("keep-git-dir")
    }
}

extension Run {
    static let flags: [String: InstructionText.FlagKind] = [
        "mount": .strings, "network": .string, "security": .string, "device": .strings,
    ]

    init(_ text: InstructionText) throws(DockerfileFailure) {
        command = try text.command(emptyExpected: "a command")
        if case .exec(let words) = command, words.isEmpty { throw text.needs("a command") }
        heredocs = text.line.heredocs
        for flag in text.flags where flag.name == "mount" {
            do throws(DockerfileProblem) {
                mounts.append(try RunMount(parsing: flag.value ?? ""))
            } catch {
                throw text.line.failure(error, at: flag.offset)
            }
        }
        let asked = text.string("network") ?? "default"
        guard let network = Network(rawValue: asked) else {
            throw text.badFlag("network", asked, expected: "default, none or host")
        }
        self.network = network
        let security = text.string("security") ?? "sandbox"
        guard ["sandbox", "insecure"].contains(security) else {
            throw text.badFlag("security", security, expected: "sandbox or insecure")
        }
        isInsecure = security == "insecure"
        guard let device = text.string("device") else { return }
        throw text.badFlag("device", device, expected: "absent: a build has no devices")
    }
}

extension InstructionText {
    func badFlag(_ name: String, _ value: String, expected: String) -> DockerfileFailure {
        let offset = flags.last { $0.name == name }?.offset ?? 0
        return line.failure(.badFlagValue(name, value: value, expected: expected), at: offset)
    }
}

extension ProbeDeclaration {
    static let flags: [String: InstructionText.FlagKind] = [
        "interval": .string, "timeout": .string, "start-period": .string, "start-interval": .string,
        "retries": .string,
    ]

    init(_ text: InstructionText) throws(DockerfileFailure) {
        let word = text.rest.prefix { !ASCII.isBlank($0) }
        let after = text.rest[word.endIndex...].trimmed
        switch ASCII.uppercased(word.text) {
        case "NONE":
            guard after.isEmpty else { throw text.needs("nothing after NONE") }
            self = .none
        case "CMD":
            let inner = try InstructionText(
                text.line,
                keyword: "HEALTHCHECK",
                body: after,
                flags: [:],
                escape: text.escape
            )
            self = .probe(try inner.command(emptyExpected: "a command after CMD"), try Timing(text))
        default:
            throw text.needs("NONE or CMD")
        }
    }
}

extension ProbeDeclaration.Timing {
    init(_ text: InstructionText) throws(DockerfileFailure) {
        interval = try text.duration("interval")
        timeout = try text.duration("timeout")
        startPeriod = try text.duration("start-period")
        startInterval = try text.duration("start-interval")
        guard let count = text.string("retries") else { return }
        guard let number = Int(count), (0...Int(Int32.max)).contains(number) else {
            throw text.badFlag("retries", count, expected: "a number that is not negative")
        }
        retries = number
    }
}

extension InstructionText {
    fileprivate func duration(_ name: String) throws(DockerfileFailure) -> Int {
        guard let value = string(name) else { return 0 }
        guard let nanoseconds = DurationText.nanoseconds(value), nanoseconds == 0 || nanoseconds >= 1_000_000 else {
            throw badFlag(name, value, expected: "a duration such as 30s, 0 or at least 1ms")
        }
        return nanoseconds
    }
}
