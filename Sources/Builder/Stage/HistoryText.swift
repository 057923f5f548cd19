import Dockerfile
import OCI

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
        isLinked: Bool,
        sources: [String],
        destination: String
    ) -> String {
        var words = [keyword]
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

    /// `HEALTHCHECK`: the test, then interval, timeout, start period and start interval in seconds, and the retries.
    static func probe(_ probe: RunConfiguration.HealthCheck) -> String {
        let times = [probe.interval, probe.timeout, probe.startPeriod, probe.startInterval].map { time in
            let (seconds, rest) = (time ?? 0).quotientAndRemainder(dividingBy: 1_000_000_000)
            return rest == 0 ? "\"\(seconds)s\"" : "\"\(Double(time ?? 0) / 1e9)s\""
        }
        let test = (probe.test ?? []).map(quoted).joined(separator: " ")
        return "&{[\(test)] \(times.joined(separator: " ")) '\\x0\(probe.retries ?? 0)'}"
    }
}
