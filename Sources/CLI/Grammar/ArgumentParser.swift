/// Splits a command line into flags and positionals, as the flag package of Docker's command line does:
/// `--flag=value`, `--flag value`, `--bool=false`, clusters `-it`, joined values `-p80:80`, and `--`.
struct ArgumentParser {
    private let flags: [any FlagDeclaration]
    /// Whether everything from the first positional on is taken as it is.
    private let stopsAtFirstPositional: Bool
    private var texts: [String: [String]] = [:]
    private var order: [any FlagDeclaration] = []
    private var positionals: [String] = []

    init(_ flags: [any FlagDeclaration], stopsAtFirstPositional: Bool = false) {
        self.flags = flags
        self.stopsAtFirstPositional = stopsAtFirstPositional
    }

    /// Parses the words after the command's name.
    static func parse(
        _ words: some Collection<String>,
        flags: [any FlagDeclaration],
        stopsAtFirstPositional: Bool = false
    ) throws(UsageError) -> Arguments {
        var parser = ArgumentParser(flags, stopsAtFirstPositional: stopsAtFirstPositional)
        return try parser.parse(words)
    }

    private mutating func parse(_ words: some Collection<String>) throws(UsageError) -> Arguments {
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                break
            }
            if word.utf8.count < 2 || !word.utf8.starts(with: "-".utf8) {
                positionals.append(word)
                guard stopsAtFirstPositional else { continue }
                positionals += rest
                break
            }
            if word.utf8.starts(with: "--".utf8) {
                try takeLong(word, &rest)
            } else {
                try takeCluster(word, &rest)
            }
        }
        return try values()
    }

    private mutating func takeLong(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let body = word.dropFirst(2)
        let name = String(body.prefix { $0 != "=" })
        guard !name.isEmpty, !name.utf8.starts(with: "-".utf8) else { throw .badSyntax(word) }
        guard let flag = flags.first(where: { $0.long == name || $0.aliases.contains(name) }) else {
            throw .unknownFlag(name)
        }
        if name.count < body.count {
            add(String(body.dropFirst(name.count + 1)), to: flag)
        } else if !flag.takesValue {
            add("true", to: flag)
        } else {
            guard let value = rest.popFirst() else { throw .missingValue(flag: name) }
            add(value, to: flag)
        }
    }

    private mutating func takeCluster(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        var cluster = word.dropFirst()
        while let letter = cluster.first {
            guard let flag = flags.first(where: { $0.short == letter }) else {
                throw .unknownShorthand(letter, in: String(cluster))
            }
            let after = cluster.dropFirst()
            if after.first == "=", after.count > 1 || flag.takesValue {
                add(String(after.dropFirst()), to: flag)
                return
            }
            guard flag.takesValue else {
                add("true", to: flag)
                cluster = after
                continue
            }
            guard after.isEmpty else {
                add(String(after), to: flag)
                return
            }
            guard let value = rest.popFirst() else { throw .missingShorthandValue(letter, in: String(cluster)) }
            add(value, to: flag)
            return
        }
    }

    private mutating func add(_ text: String, to flag: any FlagDeclaration) {
        if texts[flag.long] == nil { order.append(flag) }
        texts[flag.long, default: []].append(text)
    }

    private func values() throws(UsageError) -> Arguments {
        var arguments = Arguments()
        arguments.positionals = positionals
        for flag in order {
            do throws(FlagProblem) {
                arguments.set(try flag.parse(texts[flag.long] ?? []), for: flag)
            } catch {
                throw .invalidValue(text: error.text, flag: flag.spelling, reason: error.reason)
            }
        }
        return arguments
    }
}
