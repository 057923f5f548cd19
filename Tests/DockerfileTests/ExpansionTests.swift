import Dockerfile
import Testing

@Suite struct WordExpansion {
    private let expander = WordExpander(variables: ["a": "x", "e": "", "p": "/usr/lib/libc.so.6", "two": "b c"])

    @Test(arguments: [
        ("plain", "plain"), ("$a", "x"), ("${a}b", "xb"), ("$ab", ""), ("$", "$"), ("$a$a", "xx"), ("a$", "a$"),
        ("\\$a", "$a"), ("'$a'", "$a"), ("\"$a\"", "x"), ("\"'$a'\"", "'x'"), ("\"\\$a \\b\"", "$a \\b"),
        ("a\\ b", "a b"),
        ("${u:-w}", "w"), ("${e:-w}", "w"), ("${e-w}", ""), ("${u-w}", "w"), ("${a:-w}", "x"),
        ("${a:+w}", "w"), ("${e:+w}", ""), ("${e+w}", "w"), ("${u+w}", ""),
        ("${a:?no}", "x"), ("${e?no}", ""), ("${u:-${a:-z}}", "x"), ("${u:-'a}b'}", "a}b"), ("${u:-$two}", "b c"),
        ("${p#*/}", "usr/lib/libc.so.6"), ("${p##*/}", "libc.so.6"), ("${p%.*}", "/usr/lib/libc.so"),
        ("${p%%.*}", "/usr/lib/libc"), ("${p%/*}", "/usr/lib"), ("${p#x}", "/usr/lib/libc.so.6"),
        ("${p/lib/LIB}", "/usr/LIB/libc.so.6"), ("${p//lib/L}", "/usr/L/Lc.so.6"), ("${p//l?b/-}", "/usr/-/-c.so.6"),
        ("${p%\".6\"}", "/usr/lib/libc.so"), ("\"${p/'lib/'/$a}\"", "/usr/xlibc.so.6"),
        ("${p//./}", "/usr/lib/libcso6"), ("${p//\\//:}", ":usr:lib:libc.so.6"), ("$1 $@", " "), ("Ü$a", "Üx"),
    ])
    func `replaces every form`(text: String, expected: String) throws {
        #expect(try expander.expand(text) == expected)
    }

    @Test(arguments: [
        ("${u:?gone}", "variable u: gone"), ("${e:?}", "variable e: not set or empty"),
        ("${u?}", "variable u: not set"),
        ("${}", "\"${}\": bad substitution"), ("${a", "\"${a\": bad substitution"),
        ("${a:", "\"${a:\": bad substitution"), ("${a^}", "\"${a^}\": bad substitution"),
        ("'a", "\"'a\": must be a word whose quotes are closed"),
    ])
    func `refuses what is wrong`(text: String, expected: String) {
        let problem = #expect(throws: DockerfileProblem.self) { try expander.expand(text) }
        #expect(problem?.description == expected)
    }

    @Test func `cuts words at blanks that variables bring in`() throws {
        #expect(try expander.words("$two d") == ["b", "c", "d"])
        #expect(try expander.words("$e") == [])
    }

    @Test func `leaves quotes of a heredoc alone`() throws {
        #expect(try expander.expandBody("it's \"$a\" \\$a \\n\n") == "it's \"x\" $a \\n\n")
    }

    @Test func `survives hostile input`() {
        let nested = String(repeating: "${u:-", count: 100) + String(repeating: "}", count: 100)
        #expect(throws: DockerfileProblem.nestingTooDeep) { try expander.expand(nested) }
        let wide = WordExpander(variables: ["a": String(repeating: "x", count: 1 << 19)])
        #expect(throws: DockerfileProblem.expansionTooLarge) { try wide.expand("$a$a$a") }
        #expect(throws: DockerfileProblem.patternTooCostly) {
            try wide.expand("${a//*" + String(repeating: "*x", count: 50) + "y/b}")
        }
    }

    @Test func `escapes with a backtick where asked`() throws {
        let windows = WordExpander(variables: ["a": "x"], escape: "`")
        #expect(try windows.expand("C:\\$a `$a") == "C:\\x $a")
    }
}

@Suite struct ArgumentScope {
    private func global(_ text: String, _ given: [String: String] = [:]) throws -> GlobalVariables {
        try GlobalVariables(document(text + "\nFROM a"), given: given, platform: ["TARGETARCH": "amd64"])
    }

    private func stage(_ global: GlobalVariables, _ environment: [Pair] = []) -> StageVariables {
        StageVariables(global, environment: environment, escape: "\\")
    }

    @Test func `of global arguments is the FROM lines`() throws {
        let global = try global("ARG A=1\nARG B=$A-2 C=$TARGETARCH", ["A": "9"])
        #expect(try global.expander.expand("$A $B $C") == "9 9-2 amd64")
        #expect(try stage(global).expander.expand("[$A$TARGETARCH]") == "[]")
    }

    @Test func `reaches a stage that declares them bare`() throws {
        var stage = stage(try global("ARG A=1", ["G": "given"]))
        try stage.declare([
            ArgumentDeclaration(name: "A", value: nil), ArgumentDeclaration(name: "TARGETARCH", value: nil),
            ArgumentDeclaration(name: "G", value: "default"), ArgumentDeclaration(name: "D", value: "$A-d"),
            ArgumentDeclaration(name: "NONE", value: nil),
        ])
        #expect(try stage.expander.expand("$A $TARGETARCH $G $D $NONE") == "1 amd64 given 1-d ")
        #expect(stage.commandEnvironment.map(\.name) == ["A", "TARGETARCH", "G", "D"])
        #expect(stage.declaredArguments.last == Pair(name: "NONE", value: ""))
    }

    @Test func `leaves the default of what is given alone`() throws {
        #expect(try global("ARG A=${B:?needed}", ["A": "1"]).declared == ["A": "1"])
        #expect(throws: DockerfileError.self) { try global("ARG A=${B:?needed}") }
        var stage = stage(try global("", ["A": "1"]))
        #expect(
            try stage.declare([
                ArgumentDeclaration(name: "A", value: "${B:?needed}"), ArgumentDeclaration(name: "C", value: nil),
            ]) == [ArgumentDeclaration(name: "A", value: "1"), ArgumentDeclaration(name: "C", value: nil)]
        )
    }

    @Test func `is shared with the environment: what was said last holds`() throws {
        var stage = stage(try global(""), [Pair(name: "A", value: "base")])
        try stage.declare([ArgumentDeclaration(name: "A", value: nil)])
        #expect(try stage.expander.expand("$A") == "base")
        try stage.declare([ArgumentDeclaration(name: "A", value: "arg")])
        #expect(try stage.expander.expand("$A") == "arg")
        #expect(stage.commandEnvironment == [Pair(name: "A", value: "arg")])
        #expect(stage.environment == [Pair(name: "A", value: "base")])
        stage.assign([Pair(name: "A", value: "env")])
        #expect(stage.commandEnvironment == [Pair(name: "A", value: "env")])
        #expect(stage.declaredArguments == [Pair(name: "A", value: "env")])
    }

    @Test func `goes on in a stage that continues another`() throws {
        var parent = stage(try global(""))
        try parent.declare([ArgumentDeclaration(name: "A", value: "1")])
        let child = StageVariables(try global(""), environment: [], continuing: parent, escape: "\\")
        #expect(try child.expander.expand("$A") == "1")
    }

    @Test func `lets proxies through undeclared`() throws {
        let stage = stage(try global("", ["HTTP_PROXY": "p", "OTHER": "o"]))
        #expect(stage.implicitArguments == ["HTTP_PROXY", "http_proxy"].map { Pair(name: $0, value: "p") })
    }
}

@Suite struct IgnoreFile {
    @Test(arguments: [
        ("*.md", "a.md", true), ("*.md", "d/a.md", false), ("**/*.md", "a.md", true), ("**/*.md", "d/e/a.md", true),
        ("node_modules", "node_modules/x/y", true), ("node_modules", "src/node_modules", false),
        ("/a", "a", true), ("a/", "a/b", true), ("./a/../b", "b", true), ("a/**", "a/b/c", true), ("a/**", "a", false),
        ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a?c", "abc", true), ("a?c", "a/c", false),
        ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("a\\*", "a*", true), ("a\\*", "ab", false),
        ("*\n!a", "a", false), ("!a\n*", "a", true), ("a\n!a/b", "a/b", false), ("a\n!a/b", "a/c", true),
        ("# c\n\n  b  ", "b", true), ("#x", "#x", false), ("**", "a/b", true), ("*", "é", true), ("?", "é", true),
    ])
    func `lets the last matching line win`(lines: String, path: String, isIgnored: Bool) throws {
        #expect(try IgnorePatterns(parsing: Array(lines.utf8)).ignores(path) == isIgnored)
    }

    @Test func `says where an exception may hide`() throws {
        let patterns = try IgnorePatterns(parsing: Array("a\n!a/b/*.c\nz".utf8))
        #expect(patterns.mayIncludeBelow("a"))
        #expect(patterns.mayIncludeBelow("a/b"))
        #expect(patterns.mayIncludeBelow("a/b/d"))
        #expect(!patterns.mayIncludeBelow("z"))
    }

    @Test func `names its mistakes`() {
        let error = #expect(throws: DockerfileError.self) { try IgnorePatterns(parsing: Array("a\n[b".utf8)) }
        #expect(error?.description == ".dockerignore:2:1: \"[b\" is not a pattern")
    }

    @Test func `does not explode`() throws {
        let pattern = String(repeating: "*a", count: 500) + "b"
        let text = String(repeating: "a", count: 4000)
        #expect(try !IgnorePatterns([pattern]).ignores(text))
    }
}
