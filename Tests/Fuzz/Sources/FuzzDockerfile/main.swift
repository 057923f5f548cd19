import Dockerfile
import Harness
import OCI

/// A Dockerfile, and the same bytes as an ignore file and as a word: each is read or refused, and what is read can be
/// looked over, outlined, shown and expanded.
let platform = ["TARGETPLATFORM": "linux/amd64", "TARGETARCH": "amd64", "BUILDPLATFORM": "linux/amd64"]
let given = ["GIVEN": "a b", "EMPTY": "", "PATTERN": "*/?"]
let paths = ["a", "a/b", "a/b/c.md", "src/main.c", "é/ü", ".git/config", "node_modules/x/y"]

func readFile(_ bytes: [UInt8]) {
    do throws(DockerfileError) {
        let document = try DockerfileDocument(parsing: bytes, file: "input")
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
        for located in document.globalArguments + document.stages.flatMap(\.instructions) {
            precondition(located.range.start.line >= 1 && located.range.start.column >= 1)
            precondition(located.range.start.line <= located.range.lastLine && located.range.lastLine <= lines)
            precondition(!document.excerpt(of: located.range).isEmpty)
            if case .onbuild(let trigger) = located.instruction, document.directives.escape == "\\" {
                precondition((try? document.triggers([trigger], at: located.range))?.count == 1)
            }
        }
        let variables = try GlobalVariables(document, given: given, platform: platform)
        lookOver(document, variables)
    } catch {
        precondition(!error.description.isEmpty && error.position.line >= 1 && error.position.column >= 1)
    }
}

func lookOver(_ document: DockerfileDocument, _ variables: GlobalVariables) {
    let surroundings = CheckSurroundings(variables: variables, platform: .host) { _, _ in
        CheckSurroundings.Base(platform: .host, environment: [], namesShell: false, triggers: ["RUN a", "COPY $b /"])
    }
    let settings = (try? document.checkSettings) ?? CheckSettings()
    for finding in document.findings(in: surroundings, settings: settings) {
        precondition(!finding.detail.isEmpty && finding.range.start.line >= 1)
    }
    let outline = document.outline(of: Array(document.stages.indices.reversed()), variables: variables)
    precondition(Set(outline.arguments.map(\.name)).count == outline.arguments.count)
}

/// One pattern at a time says the same as a walk that hands each folder's verdict down.
func readIgnoreFile(_ bytes: [UInt8]) {
    do throws(DockerfileError) {
        let patterns = try IgnorePatterns(parsing: bytes)
        for path in paths {
            var verdict: IgnorePatterns.Verdict?
            var prefix = ""
            for component in path.split(separator: "/") {
                prefix += prefix.isEmpty ? String(component) : "/\(component)"
                verdict = patterns.verdict(on: prefix, below: verdict)
            }
            precondition(verdict?.isIgnored == patterns.ignores(path))
            _ = patterns.mayIncludeBelow(path)
        }
    } catch {
        precondition(!error.description.isEmpty)
    }
}

func expand(_ text: String) {
    for escape in ["\\", "`"] as [Character] {
        let expander = WordExpander(variables: given, escape: escape)
        do throws(DockerfileProblem) {
            let word = try expander.expand(text)
            precondition(word.utf8.count <= DockerfileLimits.expansion)
            if !text.utf8.contains(where: { "$'\"\\`".utf8.contains($0) }) { precondition(word == text) }
            _ = try expander.words(text)
            _ = try expander.expandBody(text)
        } catch {
            precondition(!error.description.isEmpty)
        }
    }
}

fuzz { bytes in
    readFile(bytes)
    readFile(Array("FROM a\nRUN --mount=".utf8) + bytes)
    readIgnoreFile(bytes)
    expand(String(decoding: bytes.prefix(512), as: UTF8.self))
}
