extension DockerfileDocument {
    /// What the file itself says about checks.
    public var checkSettings: CheckSettings {
        get throws(DockerfileError) {
            do throws(DockerfileProblem) {
                return try CheckSettings(parsing: directives.check ?? "")
            } catch {
                let position = directives.checkPosition ?? SourcePosition(line: 1, column: 1)
                throw DockerfileError(file: file, position: position, problem: error)
            }
        }
    }

    /// Looks the file over for what is likely a mistake, and says so in the order of its lines.
    ///
    /// What cannot be carried out at all is no finding: the build says it.
    public func findings(in surroundings: CheckSurroundings, settings: CheckSettings) -> [CheckFinding] {
        var log = CheckLog(settings)
        for line in blankContinuations {
            let range = SourceRange(start: SourcePosition(line: line, column: 1), lastLine: line)
            log.note(.noEmptyContinuation, "Empty continuation line", at: range)
        }
        NamingChecks(document: self).run(&log)
        FromChecks(document: self, surroundings: surroundings).run(&log)
        StageChecks(document: self, surroundings: surroundings).run(&log)
        let inOrder = log.findings.enumerated().sorted {
            ($0.element.range.start.line, $0.offset) < ($1.element.range.start.line, $1.offset)
        }
        return inOrder.map(\.element)
    }
}

extension LocatedInstruction {
    /// The instruction's own word as it is written.
    var writtenKeyword: String { firstWord(of: text) }
}

extension From {
    /// The instruction's own word as it is written.
    var writtenKeyword: String { firstWord(of: text) }

    /// The word before the stage's name, and that name, as they are written.
    var writtenAlias: (keyword: String, name: String)? {
        let words = text.utf8.split(whereSeparator: ASCII.isBlank)
        guard name != nil, words.count > 2 else { return nil }
        return (String(Substring(words[words.count - 2])), String(Substring(words[words.count - 1])))
    }
}

private func firstWord(of text: String) -> String {
    String(Substring(text.utf8.prefix { !ASCII.isBlank($0) }))
}
