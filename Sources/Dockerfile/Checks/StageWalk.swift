/// What is known at some place of a stage, and what the checks have to say about the next instruction.
struct StageWalk {
    private var variables: StageVariables
    private var namesShell: Bool
    /// Whether the file itself has said where the stage works.
    private var hasWorkingDirectory = false
    private let ignored: IgnorePatterns
    private let escape: UInt8
    /// Where the last of those stands of which only the last counts.
    private var lastOnes: [String: SourceRange] = [:]
    /// What the stage has its children do.
    private(set) var triggers: [String] = []

    /// At a base image.
    init(_ document: DockerfileDocument, _ surroundings: CheckSurroundings, base: CheckSurroundings.Base?) {
        let path = Pair(name: "PATH", value: "")
        variables = StageVariables(
            surroundings.variables,
            environment: [path] + (base?.environment ?? []),
            escape: document.directives.escape
        )
        namesShell = base?.namesShell ?? false
        ignored = surroundings.ignored
        escape = document.directives.escapeByte
    }

    /// Where another stage ended.
    init(continuing parent: StageWalk) {
        self = parent
        lastOnes = [:]
        triggers = []
    }

    /// Looks at an instruction, and goes past it.
    mutating func take(_ located: LocatedInstruction, _ log: inout CheckLog) {
        checkLookups(located, &log)
        switch located.instruction {
        case .arg(let declarations): take(declarations, located, &log)
        case .env(let pairs): take(pairs, located, &log)
        case .label: checkForm(located, &log)
        case .maintainer:
            log.note(.maintainerDeprecated, "Maintainer instruction is deprecated in favor of using label", located)
        case .cmd(let command), .entrypoint(let command):
            checkRepetition(located, &log)
            checkShellForm(command, located, &log)
        case .healthcheck: checkRepetition(located, &log)
        case .workdir(let text): checkPath(text, located, &log)
        case .expose(let words): checkPorts(words, located, &log)
        case .copy(let copy): if copy.from == nil { checkSources(copy, located, &log) }
        case .add(let add): checkSources(add.files, located, &log)
        case .shell: namesShell = true
        case .onbuild(let trigger): triggers.append(trigger)
        case .run, .stopsignal, .user, .volume: break
        }
    }

    // MARK: Variables

    private func checkLookups(_ located: LocatedInstruction, _ log: inout CheckLog) {
        let expander = variables.expander
        let words = located.instruction.expandedWords.compactMap { try? expander.lookups(in: $0).missing }
        let bodies = located.instruction.expandedBodies.compactMap { try? expander.missing(inBody: $0) }
        report(words + bodies, expander, located, &log)
    }

    private func report(
        _ missing: [Set<String>],
        _ expander: WordExpander,
        _ located: LocatedInstruction,
        _ log: inout CheckLog
    ) {
        let names = missing.reduce(into: Set()) { $0.formUnion($1) }.subtracting(variables.declaredNames)
        for name in names.sorted() {
            let suggestion = nearest(to: name, among: expander.variables.keys.sorted())
            let hint = suggestion.map { " (did you mean $\($0)?)" } ?? ""
            log.note(.undefinedVar, "Usage of undefined variable '$\(name)'\(hint)", located)
        }
    }

    private mutating func take(
        _ declarations: [ArgumentDeclaration],
        _ located: LocatedInstruction,
        _ log: inout CheckLog
    ) {
        for declaration in declarations {
            checkSecret("ARG", declaration.name, located, &log)
            if let value = declaration.value, !variables.isGiven(declaration.name) {
                let expander = variables.expander
                report([(try? expander.lookups(in: value).missing) ?? []], expander, located, &log)
            }
            _ = try? variables.declare([declaration])
        }
    }

    private mutating func take(_ pairs: [Pair], _ located: LocatedInstruction, _ log: inout CheckLog) {
        checkForm(located, &log)
        let expander = variables.expander
        let expanded = pairs.map { pair in
            Pair(name: (try? expander.expand(pair.name)) ?? pair.name, value: (try? expander.expand(pair.value)) ?? "")
        }
        for pair in expanded { checkSecret("ENV", pair.name, located, &log) }
        variables.assign(expanded)
    }

    private func checkSecret(
        _ keyword: String,
        _ name: String,
        _ located: LocatedInstruction,
        _ log: inout CheckLog
    ) {
        guard SecretName.isSecret(name) else { return }
        let detail = "Do not use ARG or ENV instructions for sensitive data (\(keyword) \(quoted(name)))"
        log.note(.secretsUsedInArgOrEnv, detail, located)
    }

    // MARK: Forms

    /// `ENV name value` is the older form of `ENV name=value`.
    private func checkForm(_ located: LocatedInstruction, _ log: inout CheckLog) {
        let words = splitWords(Array(located.text.utf8)[...], escape: escape)
        guard words.count > 1, !words[1].contains(ASCII.equals) else { return }
        let keyword = located.writtenKeyword
        let detail = "\"\(keyword) key=value\" should be used instead of legacy \"\(keyword) key value\" format"
        log.note(.legacyKeyValueFormat, detail, located)
    }

    private mutating func checkRepetition(_ located: LocatedInstruction, _ log: inout CheckLog) {
        if let earlier = lastOnes.updateValue(located.range, forKey: located.instruction.keyword) {
            let detail =
                "Multiple \(located.writtenKeyword) instructions should not be used in the same stage because only the "
                + "last one will be used"
            log.note(.multipleInstructionsDisallowed, detail, at: earlier, comments: located.comments)
        }
    }

    private func checkShellForm(_ command: Command, _ located: LocatedInstruction, _ log: inout CheckLog) {
        guard case .shell = command, !namesShell else { return }
        let detail =
            "JSON arguments recommended for \(located.writtenKeyword) to prevent unintended behavior related to OS signals"
        log.note(.jsonArgsRecommended, detail, located)
    }

    // MARK: Places

    private mutating func checkPath(_ text: String, _ located: LocatedInstruction, _ log: inout CheckLog) {
        let path = (try? variables.expander.expand(text)) ?? text
        if !hasWorkingDirectory, !path.hasPrefix("/") {
            let detail = "Relative workdir \(quoted(path)) can have unexpected results if the base image changes"
            log.note(.workdirRelativePath, detail, located)
        }
        hasWorkingDirectory = true
    }

    private func checkPorts(_ words: [String], _ located: LocatedInstruction, _ log: inout CheckLog) {
        let expander = variables.expander
        for port in words.flatMap({ (try? expander.words($0)) ?? [] }) {
            let sides = port.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, sides[1] != ASCII.lowercased(String(sides[1])) {
                let detail = "Defined protocol '\(port)' in EXPOSE instruction should be lowercase"
                log.note(.exposeProtoCasing, detail, located)
            }
            guard sides[0].contains(":") else { continue }
            let detail =
                "EXPOSE instruction should not define an IP address or host-port mapping, found '\(port)'"
            log.note(.exposeInvalidFormat, detail, located)
        }
    }

    private func checkSources(_ copy: Copy, _ located: LocatedInstruction, _ log: inout CheckLog) {
        guard !ignored.isEmpty else { return }
        let expander = variables.expander
        for source in copy.sources.compactMap({ try? expander.expand($0) }) {
            let path = IgnorePatterns.cleaned(source[...])
            guard !source.contains("://"), ignored.leavesNothing(of: path) else { continue }
            let verb = located.instruction.keyword == "ADD" ? "Add" : "Copy"
            let shown = quoted(path.isEmpty ? "." : path)
            let detail = "Attempting to \(verb) file \(shown) that is excluded by .dockerignore"
            log.note(.copyIgnoredFile, detail, located)
        }
    }
}

extension CheckLog {
    /// Notes something about an instruction.
    mutating func note(_ rule: CheckRule, _ detail: String, _ located: LocatedInstruction) {
        note(rule, detail, at: located.range, comments: located.comments)
    }
}

/// Names of variables by which secrets go.
enum SecretName {
    private static let words: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ]
    private static let harmless: Set<String> = ["public", "file", "version"]

    /// Whether a word of the name says so, and none says that it is something that may be known.
    static func isSecret(_ name: String) -> Bool {
        let parts = Set(ASCII.lowercased(name).split(separator: "_").map(String.init))
        return !parts.isDisjoint(with: words) && parts.isDisjoint(with: harmless)
    }
}
