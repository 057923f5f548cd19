import Testing
import YAML

@testable import ComposeSpec

@Suite struct Excerpts {
    private func excerpt(_ text: String, line: Int, column: Int) -> String? {
        Excerpt(of: Array(text.utf8), at: Mark(file: "f", line: line, column: column))?.description
    }

    @Test func `show the line and the place`() {
        #expect(
            excerpt("a: 1\n\tbé: [x]\nc: 2", line: 2, column: 6) == """
                  2 |  bé: [x]
                    |      ^
                """
        )
        #expect(excerpt("a\r\n", line: 1, column: 1) == "  1 | a\n    | ^")
    }

    @Test func `show the part of a long line that matters`() throws {
        let line = String(repeating: "x", count: 5000) + "HERE" + String(repeating: "y", count: 5000)
        let shown = try #require(Excerpt(of: Array(line.utf8), at: Mark(file: "f", line: 1, column: 5001)))
        #expect(shown.text.count == 100)
        #expect(shown.text.dropFirst(shown.column - 1).hasPrefix("HERE"))
    }

    @Test func `are not made of lines that are not there`() {
        #expect(excerpt("a\nb", line: 3, column: 1) == nil)
        #expect(excerpt("", line: 0, column: 1) == nil)
    }

    @Test func `go with errors and warnings, whichever file they are about`() throws {
        try TestProject.with([
            "compose.yaml": "services:\n  web: {image: 'x$NOPE', env_file: a.env}\n", "a.env": "A=1\nB!\n",
        ]) { project in
            do throws(LoadError) {
                _ = try Loader(options: project.options()).load()
                Issue.record("accepted")
            } catch {
                #expect(error.excerpt?.description == "  2 | B!\n    |  ^")
            }
            try project.write("A=1\n", to: "a.env")
            let warning = try #require(try project.load().warnings.first)
            #expect(
                warning.excerpt?.description == """
                      2 |   web: {image: 'x$NOPE', env_file: a.env}
                        |                ^
                    """
            )
        }
    }
}
