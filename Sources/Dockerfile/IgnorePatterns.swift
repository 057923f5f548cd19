/// The lines of a `.dockerignore`: which paths of a context do not take part.
///
/// The last line that matches a path, or a folder above it, decides.
public struct IgnorePatterns: Hashable, Sendable {
    /// What each line said about a folder, so that its children need not ask again.
    public struct Verdict: Sendable {
        fileprivate var matched: [Bool]
        /// Whether the path is left out.
        public let isIgnored: Bool
    }

    private struct Line: Hashable, Sendable {
        let pattern: Pattern
        let literal: String?
        let text: String
        let isException: Bool
        /// The components before the first wildcard.
        let stem: String
    }

    private let lines: [Line]

    /// Nothing is ignored.
    public static let none = IgnorePatterns(lines: [])

    private init(lines: [Line]) { self.lines = lines }

    /// Reads a whole ignore file. Problems carry its name and the line.
    public init(parsing source: [UInt8], file: String = ".dockerignore") throws(DockerfileError) {
        var lines: [Line] = []
        do throws(DockerfileFailure) {
            let text = try SourceLines(source)
            for index in 0..<text.count {
                let position = SourcePosition(line: index + 1, column: 1)
                guard text[index].first != ASCII.hash else { continue }
                do throws(DockerfileProblem) {
                    if let line = try Self.line(text[index].trimmed.text) { lines.append(line) }
                } catch {
                    throw DockerfileFailure(error, at: position)
                }
            }
        } catch {
            throw DockerfileError(file: file, position: error.position, problem: error.problem)
        }
        self.lines = lines
    }

    /// Patterns given one by one, as `--exclude` does.
    public init(_ patterns: [String]) throws(DockerfileProblem) {
        var lines: [Line] = []
        for pattern in patterns {
            if let line = try Self.line(pattern) { lines.append(line) }
        }
        self.lines = lines
    }

    /// Whether nothing is ignored.
    public var isEmpty: Bool { lines.isEmpty }

    /// Whether a path relative to the context, such as `src/main.c`, is left out.
    public func ignores(_ path: String) -> Bool {
        var verdict: Verdict?
        var prefix = ""
        for component in path.split(separator: "/") {
            prefix += prefix.isEmpty ? String(component) : "/\(component)"
            verdict = self.verdict(on: prefix, below: verdict)
        }
        return verdict?.isIgnored ?? false
    }

    /// The same for a walk from the top, which hands each folder's verdict to its children.
    public func verdict(on path: String, below parent: Verdict?) -> Verdict {
        var matched = parent?.matched ?? [Bool](repeating: false, count: lines.count)
        var isIgnored = false
        var scalars: [Unicode.Scalar] = []
        for (index, line) in lines.enumerated() {
            if !matched[index] {
                if let literal = line.literal {
                    matched[index] = literal == path
                } else {
                    if scalars.isEmpty { scalars = Array(path.unicodeScalars) }
                    matched[index] = line.pattern.matches(scalars)
                }
            }
            if matched[index] { isIgnored = !line.isException }
        }
        return Verdict(matched: matched, isIgnored: isIgnored)
    }

    /// Whether something below an ignored folder may take part nevertheless.
    public func mayIncludeBelow(_ folder: String) -> Bool {
        lines.contains { line in
            line.isException
                && (line.stem.isEmpty || line.stem == folder || line.stem.hasPrefix(folder + "/")
                    || folder.hasPrefix(line.stem + "/"))
        }
    }

    /// Whether neither a path, which may be empty for the whole context, nor anything below it takes part.
    func leavesNothing(of path: String) -> Bool {
        guard path.isEmpty else { return ignores(path) && !mayIncludeBelow(path) }
        return lines.contains { ["*", "**", "**/*"].contains($0.text) } && !lines.contains(where: \.isException)
    }

    private static func line(_ text: String) throws(DockerfileProblem) -> Line? {
        var text = text[...]
        let isException = text.first == "!"
        if isException { text = text.dropFirst().drop { $0 == " " || $0 == "\t" } }
        let clean = cleaned(text)
        guard !clean.isEmpty else {
            guard isException else { return nil }
            throw .badPattern("!")
        }
        let pattern = try Pattern(clean, dialect: .ignoreFile)
        let wild = clean.firstIndex { "*?[\\".contains($0) }
        let stem = wild.map { String(clean[..<(clean[..<$0].lastIndex(of: "/") ?? clean.startIndex)]) } ?? clean
        return Line(pattern: pattern, literal: pattern.literal, text: clean, isException: isException, stem: stem)
    }

    /// Without `.`, empty components and a leading slash; `..` takes back what came before it.
    static func cleaned(_ path: Substring) -> String {
        var components: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == "..", !components.isEmpty { components.removeLast() } else { components.append(component) }
        }
        return components.joined(separator: "/")
    }
}
