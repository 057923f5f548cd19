/// Turns the text of one instruction into its value.
struct InstructionParser {
    /// What one keyword takes.
    struct Grammar: Sendable {
        var flags: [String: InstructionText.FlagKind] = [:]
        let parse: @Sendable (InstructionText) throws(DockerfileFailure) -> Instruction
    }

    let escape: UInt8

    /// The first word in capitals, and what follows it.
    static func split(_ line: LogicalLine) -> (keyword: String, body: ArraySlice<UInt8>) {
        let word = line.bytes.prefix { !ASCII.isBlank($0) }
        return (ASCII.uppercased(word.text), line.bytes[word.endIndex...])
    }

    /// Any instruction but FROM.
    func parse(_ line: LogicalLine) throws(DockerfileFailure) -> Instruction {
        let (keyword, body) = Self.split(line)
        return try parse(line, keyword: keyword, body: body, keywordOffset: 0)
    }

    private func parse(
        _ line: LogicalLine,
        keyword: String,
        body: ArraySlice<UInt8>,
        keywordOffset: Int
    ) throws(DockerfileFailure) -> Instruction {
        guard keyword != "ONBUILD" else { return try trigger(line, body: body) }
        guard let grammar = Self.grammars[keyword] else {
            let word = line.bytes[keywordOffset...].prefix { !ASCII.isBlank($0) }.prefix(40).text
            let suggestion = nearest(to: keyword, among: Self.keywords)
            throw line.failure(.unknownInstruction(word, suggestion: suggestion), at: keywordOffset)
        }
        return try grammar.parse(
            InstructionText(line, keyword: keyword, body: body, flags: grammar.flags, escape: escape)
        )
    }

    /// `ONBUILD` keeps the text of its trigger, which must be an instruction of its own.
    private func trigger(_ line: LogicalLine, body: ArraySlice<UInt8>) throws(DockerfileFailure) -> Instruction {
        let trigger = body.trimmed
        let word = trigger.prefix { !ASCII.isBlank($0) }
        let keyword = ASCII.uppercased(word.text)
        guard !word.isEmpty else {
            throw line.failure(.wrongArguments(instruction: "ONBUILD", expected: "an instruction"), at: 0)
        }
        guard !["ONBUILD", "FROM", "MAINTAINER"].contains(keyword) else {
            throw line.failure(.notAllowedInTrigger(keyword), at: word.startIndex)
        }
        let rest = trigger[word.endIndex...]
        _ = try parse(line, keyword: keyword, body: rest, keywordOffset: word.startIndex)
        let bodies = line.heredocs.map { "\n\($0.body)\($0.name)" }.joined()
        return .onbuild(trigger.text + bodies)
    }

    static let keywords = (grammars.keys + ["FROM", "ONBUILD"]).sorted()

    private static let grammars: [String: Grammar] = [
        "ADD": Grammar(flags: Copy.addFlags) { text throws(DockerfileFailure) in .add(try Add(text)) },
        "ARG": Grammar { text throws(DockerfileFailure) in .arg(try ArgumentDeclaration.list(text)) },
        "CMD": Grammar { text throws(DockerfileFailure) in .cmd(try text.command(emptyExpected: "a command")) },
        "COPY": Grammar(flags: Copy.copyFlags) { text throws(DockerfileFailure) in .copy(try Copy(text)) },
        "ENTRYPOINT": Grammar { text throws(DockerfileFailure) in
            .entrypoint(try text.command(emptyExpected: "a command"))
        },
        "ENV": Grammar { text throws(DockerfileFailure) in .env(try text.pairs()) },
        "EXPOSE": Grammar { text throws(DockerfileFailure) in
            guard !text.words.isEmpty else { throw text.needs("a port") }
            return .expose(text.words.map(\.text))
        },
        "HEALTHCHECK": Grammar(flags: ProbeDeclaration.flags) { text throws(DockerfileFailure) in
            .healthcheck(try ProbeDeclaration(text))
        },
        "LABEL": Grammar { text throws(DockerfileFailure) in .label(try text.pairs()) },
        "MAINTAINER": Grammar { text throws(DockerfileFailure) in .maintainer(try text.text("a name")) },
        "RUN": Grammar(flags: Run.flags) { text throws(DockerfileFailure) in .run(try Run(text)) },
        "SHELL": Grammar { text throws(DockerfileFailure) in
            guard let list = try text.list(), !list.isEmpty else { throw text.failure(.jsonNotStrings) }
            return .shell(list)
        },
        "STOPSIGNAL": Grammar { text throws(DockerfileFailure) in .stopsignal(try text.text("one signal")) },
        "USER": Grammar { text throws(DockerfileFailure) in .user(try text.text("user[:group]")) },
        "VOLUME": Grammar { text throws(DockerfileFailure) in
            let paths = try text.listOrWords()
            guard !paths.isEmpty, !paths.contains("") else { throw text.needs("a path") }
            return .volume(paths)
        },
        "WORKDIR": Grammar { text throws(DockerfileFailure) in .workdir(try text.text("a path")) },
    ]
}
