import Dockerfile
import OCI
import Units

/// How an image's history spells an instruction, as the field's tools expect it.
enum HistoryText {
    static func run(_ arguments: [String], buildArguments: [Pair]) -> String {
        let declared = buildArguments.map { "\($0.name)=\($0.value)" }
        let prefix = declared.isEmpty ? [] : ["|\(declared.count)"] + declared
        return "RUN \((prefix + arguments).joined(separator: " ")) # buildkit"
    }

    /// `COPY` or `ADD`, with the sources and the destination as expanded.
    static func copy(
        _ keyword: String,
        owner: String?,
        mode: String?,
        keepsParents: Bool = false,
        isLinked: Bool,
        sources: [String],
        destination: String
    ) -> String {
        var words = keepsParents ? [keyword, "--parents"] : [keyword]
        if let owner { words.append("--chown=\(owner)") }
        if let mode { words.append("--chmod=\(mode)") }
        if isLinked { words.append("--link") }
        return (words + sources + [destination, "# buildkit"]).joined(separator: " ")
    }

    /// `CMD` or `ENTRYPOINT`, every argument in quotes.
    static func command(_ keyword: String, _ arguments: [String]) -> String {
        "\(keyword) [\(arguments.map(quoted).joined(separator: " "))]"
    }

    /// `ENV` or `LABEL`
    static func pairs(_ keyword: String, _ pairs: [Pair]) -> String {
        ([keyword] + pairs.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    }

    /// `ARG`
    static func arguments(_ declarations: [ArgumentDeclaration]) -> String {
        let words = declarations.map { declaration in
            declaration.value.map { "\(declaration.name)=\($0)" } ?? declaration.name
        }
        return (["ARG"] + words).joined(separator: " ")
    }

    /// `EXPOSE`, `VOLUME` or `SHELL`
    static func list(_ keyword: String, _ words: [String]) -> String {
        "\(keyword) [\(words.joined(separator: " "))]"
    }

    /// `HEALTHCHECK`: the test, then interval, timeout, start period and start interval, and the retries as a character.
    static func probe(_ probe: RunConfiguration.HealthCheck) -> String {
        let times = [probe.interval, probe.timeout, probe.startPeriod, probe.startInterval].map { time in
            "\"\(DurationText.text(Int(time ?? 0)))\""
        }
        let test = (probe.test ?? []).map(quoted).joined(separator: " ")
        return "&{[\(test)] \(times.joined(separator: " ")) \(character(probe.retries ?? 0))}"
    }

    /// A number as the character of that number, in quotes.
    private static func character(_ number: Int) -> String {
        let named = [7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 39: "\\'", 92: "\\\\"]
        if let name = named[number] { return "'\(name)'" }
        guard number >= 32, number != 127, let scalar = Unicode.Scalar(number) else {
            let digits = String(number, radix: 16)
            return "'\\x\(digits.count < 2 ? "0" : "")\(digits)'"
        }
        return "'\(Character(scalar))'"
    }
}
