/// How things are called, and which letters they are written in.
struct NamingChecks {
    let document: DockerfileDocument

    func run(_ log: inout CheckLog) {
        checkStageNames(&log)
        checkKeywords(&log)
        checkDescriptions(&log)
    }

    private func checkStageNames(_ log: inout CheckLog) {
        var seen: Set<String> = []
        for from in document.stages.map(\.from) {
            guard let name = from.name, let alias = from.writtenAlias else { continue }
            if alias.name != ASCII.lowercased(alias.name) {
                log.note(.stageNameCasing, "Stage name '\(alias.name)' should be lowercase", from)
            }
            let keyword = from.writtenKeyword
            if let letters = Letters(of: keyword), Letters(of: alias.keyword) != letters {
                log.note(.fromAsCasing, "'\(alias.keyword)' and '\(keyword)' keywords' casing do not match", from)
            }
            if ["context", "scratch"].contains(name) {
                let detail = "Stage name should not use the same name as reserved stage \(quoted(name))"
                log.note(.reservedStageName, detail, from)
            }
            if !seen.insert(name).inserted {
                let detail = "Duplicate stage name \(quoted(name)), stage names should be unique"
                log.note(.duplicateStageName, detail, from)
            }
        }
    }

    /// The letters of most instructions are what all should have; capitals where there are as many of one as of the other.
    private func checkKeywords(_ log: inout CheckLog) {
        let keywords = document.stages.flatMap { stage in
            [(stage.from.writtenKeyword, stage.from.range, stage.from.comments)]
                + stage.instructions.map { ($0.writtenKeyword, $0.range, $0.comments) }
        }
        let letters = keywords.compactMap { Letters(of: $0.0) }
        let majority = letters.count { $0 == .small } > letters.count { $0 == .capital } ? Letters.small : .capital
        for (keyword, range, comments) in keywords where Letters(of: keyword) != majority {
            let detail = "Command '\(keyword)' should match the case of the command majority (\(majority.rawValue))"
            log.note(.consistentInstructionCasing, detail, at: range, comments: comments)
        }
    }

    /// The comment right above a stage or an argument describes it, and begins with its name.
    private func checkDescriptions(_ log: inout CheckLog) {
        for from in document.stages.map(\.from) {
            guard let name = from.name else { continue }
            checkDescription("FROM", [name], from.comments, from.range, &log)
        }
        for located in document.globalArguments + document.stages.flatMap(\.instructions) {
            guard case .arg(let declarations) = located.instruction else { continue }
            checkDescription("ARG", declarations.map(\.name), located.comments, located.range, &log)
        }
    }

    private func checkDescription(
        _ keyword: String,
        _ names: [String],
        _ comments: [String],
        _ range: SourceRange,
        _ log: inout CheckLog
    ) {
        guard let first = comments.last?.split(separator: " ").first, !names.contains(String(first)) else { return }
        let example = names.count == 1 ? names[0] : "<arg_key>"
        let detail = "Comment for \(keyword) should follow the format: `# \(example) <description>`"
        log.note(.invalidDefinitionDescription, detail, at: range, comments: comments)
    }
}

extension CheckLog {
    /// Notes something about a FROM.
    mutating func note(_ rule: CheckRule, _ detail: String, _ from: From) {
        note(rule, detail, at: from.range, comments: from.comments)
    }
}

/// The letters that a word is written in, where they are all of one kind.
private enum Letters: String {
    case small = "lowercase"
    case capital = "uppercase"

    init?(of word: String) {
        if word == ASCII.lowercased(word) {
            self = .small
        } else if word == ASCII.uppercased(word) {
            self = .capital
        } else {
            return nil
        }
    }
}
