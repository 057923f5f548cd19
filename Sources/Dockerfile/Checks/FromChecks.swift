import OCI

/// What stages start from.
struct FromChecks {
    let document: DockerfileDocument
    let surroundings: CheckSurroundings

    func run(_ log: inout CheckLog) {
        checkDefaults(&log)
        let expander = surroundings.variables.expander
        for from in document.stages.map(\.from) {
            checkLookups(in: from.image, of: from, expander, &log)
            guard let platform = from.platform else { continue }
            checkLookups(in: platform, of: from, expander, &log)
            checkPlatform(platform, of: from, expander, &log)
        }
    }

    /// A file should name its images without being told any argument.
    private func checkDefaults(_ log: inout CheckLog) {
        let given = surroundings.variables
        guard let plain = try? GlobalVariables(document, given: [:], platform: given.platform) else { return }
        for from in document.stages.map(\.from) {
            guard let image = try? plain.expander.expand(from.image) else { return }
            guard (try? ImageReference(parsing: image)) == nil else { continue }
            let detail = "Default value for ARG \(from.image) results in empty or invalid base image name"
            log.note(.invalidDefaultArgInFrom, detail, from)
        }
    }

    private func checkLookups(
        in text: String,
        of from: From,
        _ expander: WordExpander,
        _ log: inout CheckLog
    ) {
        guard let missing = try? expander.lookups(in: text).missing else { return }
        let declared = Set(document.globalArguments.flatMap(\.declaredNames))
        for name in missing.subtracting(declared).sorted() {
            let suggestion = nearest(to: name, among: declared.union(expander.variables.keys).sorted())
            let hint = suggestion.map { " (did you mean \($0)?)" } ?? ""
            log.note(.undefinedArgInFrom, "FROM argument '\(name)' is not declared\(hint)", from)
        }
    }

    private func checkPlatform(
        _ text: String,
        of from: From,
        _ expander: WordExpander,
        _ log: inout CheckLog
    ) {
        guard let lookups = try? expander.lookups(in: text), let value = try? expander.expand(text),
            lookups.missing.isEmpty
        else { return }
        if lookups.found == ["TARGETPLATFORM"], value == expander.variables["TARGETPLATFORM"] {
            let detail = "Setting platform to predefined \(text) in FROM is redundant as this is the default behavior"
            log.note(.redundantTargetPlatform, detail, from)
        }
        guard lookups.found.isEmpty, let platform = try? Platform(parsing: value) else { return }
        // A stage that is called by what it is for means that one platform.
        let name = from.name ?? ""
        guard !name.contains(platform.os), !name.contains(platform.architecture) else { return }
        let detail = "FROM --platform flag should not use constant value \(quoted(value))"
        log.note(.fromPlatformFlagConstDisallowed, detail, from)
    }
}

extension LocatedInstruction {
    /// The names that an `ARG` declares.
    var declaredNames: [String] {
        if case .arg(let declarations) = instruction { declarations.map(\.name) } else { [] }
    }
}
