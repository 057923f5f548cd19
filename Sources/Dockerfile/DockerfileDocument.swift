/// A Dockerfile, read and understood.
public struct DockerfileDocument: Hashable, Sendable {
    /// The file as the user named it; every message begins with it.
    public let file: String
    /// What the lines at its top ask for.
    public let directives: Directives
    /// What was declared before the first FROM.
    public let globalArguments: [LocatedInstruction]
    /// In the order of the file; at least one.
    public let stages: [Stage]
    /// The file as it stands.
    public let source: [UInt8]
    /// The last lines of instructions that have a blank line within.
    let blankContinuations: [Int]

    /// Reads a whole file.
    public init(parsing source: [UInt8], file: String = "Dockerfile") throws(DockerfileError) {
        do throws(DockerfileFailure) {
            let lines = try SourceLines(source)
            let directives = try Directives(reading: lines)
            var assembly = DocumentAssembly(escape: directives.escapeByte)
            var reader = LogicalLineReader(lines, escape: directives.escapeByte, startingAt: directives.lineCount)
            while let line = try reader.read() { try assembly.add(line) }
            guard !assembly.isEmpty else {
                throw DockerfileFailure(.noInstructions, at: SourcePosition(line: 1, column: 1))
            }
            self.file = file
            self.directives = directives
            self.source = source
            globalArguments = assembly.globalArguments
            blankContinuations = assembly.blankContinuations
            stages = try assembly.finish()
        } catch {
            throw DockerfileError(file: file, position: error.position, problem: error.problem)
        }
    }

    /// Reads the triggers that a base image left for its children; their places are where the child says FROM.
    public func triggers(_ texts: [String], at range: SourceRange) throws(DockerfileError) -> [LocatedInstruction] {
        var triggers: [LocatedInstruction] = []
        for text in texts {
            do throws(DockerfileFailure) {
                let lines = try SourceLines(Array(text.utf8))
                var reader = LogicalLineReader(lines, escape: ASCII.backslash, startingAt: 0)
                while let line = try reader.read() {
                    let keyword = InstructionParser.split(line).keyword
                    guard !["ONBUILD", "FROM", "MAINTAINER"].contains(keyword) else {
                        throw line.failure(.notAllowedInTrigger(keyword), at: 0)
                    }
                    let instruction = try InstructionParser(escape: ASCII.backslash).parse(line)
                    let shown = String(decoding: line.bytes, as: UTF8.self)
                    triggers.append(LocatedInstruction(instruction: instruction, range: range, text: shown))
                }
            } catch {
                throw DockerfileError(file: file, position: range.start, problem: error.problem)
            }
        }
        return triggers
    }

    /// The lines around a place, the place itself marked: two above and below a single line, one otherwise.
    /// ```
    ///    1 |     FROM scratch
    ///    2 | >>> RUN false
    /// ```
    public func excerpt(of range: SourceRange) -> String {
        guard let lines = try? SourceLines(source) else { return "" }
        let marked = range.start.line...max(range.start.line, range.lastLine)
        let context = marked.count == 1 ? 2 : 1
        let shown = max(1, marked.lowerBound - context)...max(1, min(lines.count, marked.upperBound + context))
        let width = max(4, String(shown.upperBound).utf8.count + 1)
        return shown.filter { $0 <= lines.count }.map { number in
            let padding = String(repeating: " ", count: width - String(number).utf8.count)
            let mark = marked.contains(number) ? ">>>" : "   "
            return "\(padding)\(number) | \(mark) \(lines[number - 1].text)"
        }.joined(separator: "\n")
    }
}

extension Directives {
    var escapeByte: UInt8 { escape == "`" ? ASCII.backtick : ASCII.backslash }
}

/// One stage: where it starts from, and what it does.
public struct Stage: Hashable, Sendable {
    /// Counts from zero.
    public let index: Int
    /// What it starts from.
    public let from: From
    /// What it does after that, in order.
    public var instructions: [LocatedInstruction]
}

/// `FROM [--platform=P] image [AS name]`
public struct From: Hashable, Sendable {
    /// An image, an earlier stage's name or `scratch`; variables unexpanded.
    public let image: String
    /// Whose base image is wanted; variables unexpanded.
    public let platform: String?
    /// The stage's name in small letters.
    public let name: String?
    /// Where it stands.
    public let range: SourceRange
    /// The instruction on one line.
    public let text: String
    /// The comments right above it.
    var comments: [String] = []
}

/// Gathers instructions into stages.
private struct DocumentAssembly {
    let escape: UInt8
    var globalArguments: [LocatedInstruction] = []
    var stages: [Stage] = []
    var blankContinuations: [Int] = []
    private var count = 0

    init(escape: UInt8) { self.escape = escape }

    var isEmpty: Bool { stages.isEmpty && globalArguments.isEmpty }

    mutating func add(_ line: LogicalLine) throws(DockerfileFailure) {
        count += 1
        guard count <= DockerfileLimits.instructions else {
            throw line.failure(.tooMany("instructions", limit: DockerfileLimits.instructions), at: 0)
        }
        if let blank = line.blankContinuation { blankContinuations.append(blank) }
        let keyword = InstructionParser.split(line).keyword
        let range = SourceRange(start: line.position(at: 0), lastLine: line.lastLine)
        let text = String(decoding: line.bytes, as: UTF8.self)
        guard keyword != "FROM" else { return try addStage(line, range: range, text: text) }
        let instruction = try InstructionParser(escape: escape).parse(line)
        let located = LocatedInstruction(
            instruction: instruction,
            range: range,
            text: text,
            comments: line.comments
        )
        guard stages.isEmpty else { return stages[stages.count - 1].instructions.append(located) }
        guard case .arg = instruction else { throw line.failure(.instructionBeforeFrom(keyword), at: 0) }
        globalArguments.append(located)
    }

    func finish() throws(DockerfileFailure) -> [Stage] {
        guard !stages.isEmpty else {
            let last = globalArguments.last?.range.start ?? SourcePosition(line: 1, column: 1)
            throw DockerfileFailure(.wrongArguments(instruction: "a Dockerfile", expected: "a FROM"), at: last)
        }
        return stages
    }

    private mutating func addStage(
        _ line: LogicalLine,
        range: SourceRange,
        text: String
    ) throws(DockerfileFailure) {
        guard stages.count < DockerfileLimits.stages else {
            throw line.failure(.tooMany("stages", limit: DockerfileLimits.stages), at: 0)
        }
        let body = InstructionParser.split(line).body
        let parts = try InstructionText(
            line,
            keyword: "FROM",
            body: body,
            flags: ["platform": .string],
            escape: escape
        )
        let words = parts.words
        guard words.count == 1 || (words.count == 3 && ASCII.uppercased(words[1].text) == "AS") else {
            throw parts.needs("an image, and perhaps AS and a name")
        }
        let name = words.count == 3 ? ASCII.lowercased(words[2].text) : nil
        if let name, !Self.isStageName(name) {
            throw line.failure(.badStageName(words[2].text), at: words[2].startIndex)
        }
        let platform = parts.string("platform")
        var from = From(image: words[0].text, platform: platform, name: name, range: range, text: text)
        from.comments = line.comments
        stages.append(Stage(index: stages.count, from: from, instructions: []))
    }

    /// `^[a-z][a-z0-9-_.]*$`
    private static func isStageName(_ name: String) -> Bool {
        guard let first = name.utf8.first, ASCII.isLetter(first) else { return false }
        return name.utf8.allSatisfy { ASCII.isName($0) || $0 == ASCII.dash || $0 == 0x2E }
    }
}
