import Testing

@testable import ComposeSpec

@Suite struct Variables {
    @Test(arguments: [
        ("$SET", "val"), ("${SET}", "val"), ("x${SET}y", "xvaly"), ("$UNSET", ""), ("${UNSET:-d}", "d"),
        ("${EMPTY:-d}", "d"), ("${EMPTY-d}", ""), ("${UNSET-d}", "d"), ("${SET:+r}", "r"), ("${EMPTY:+r}", ""),
        ("${EMPTY+r}", "r"), ("${UNSET+r}", ""), ("$$SET", "$SET"), ("$${SET}", "${SET}"), ("$1", "$1"), ("$", "$"),
        ("${UNSET:-${SET}}", "val"), ("${UNSET:-${OTHER:-deep}}", "deep"), ("${UNSET:-a}b}", "ab}"),
        ("${UNSET:-a:b}", "a:b"), ("${SET:?no}", "val"), ("${EMPTY?no}", ""), ("${UNSET:-}", ""),
    ])
    func `are replaced`(text: String, expected: String) throws {
        let variables = ["SET": "val", "EMPTY": ""]
        let replaced = try Template(text).text(lookup: { variables[$0] }, unset: { _ in })
        #expect(replaced == expected)
    }

    @Test(arguments: ["${", "${}", "${SET", "${SET:}", "${S T}", "${SET/a/b}", "${UNSET:=d}", "${A:-${B}"])
    func `that are not well formed are refused`(text: String) {
        #expect(throws: Template.Failure.self) { _ = try Template(text) }
    }

    @Test func `nest within bounds`() {
        let text = String(repeating: "${A:-", count: 5000) + String(repeating: "}", count: 5000)
        #expect(throws: Template.Failure.self) { _ = try Template(text) }
    }

    @Test func `become what their attribute is`() throws {
        let service = try web("scale: ${N}\nprivileged: '${YES}'\ncpus: '1.5'", environment: ["N": "3", "YES": "true"])
        #expect(service?.replicas == 3)
        #expect(service?.isPrivileged == true)
        #expect(service?.resources.nanoCPUs == 1_500_000_000)
    }

    @Test func `that are not set are warned about with their place`() throws {
        let loaded = try load("services: {web: {image: 'nginx:${TAG}'}}")
        #expect(
            loaded.warnings.map(\.description) == [
                "compose.yaml:1:25: the \"TAG\" variable is not set, defaulting to a blank string"
            ]
        )
        #expect(loaded.project.service("web")?.image == "nginx:")
    }

    @Test func `come from the process first, then from the file beside`() throws {
        try TestProject.with([
            "compose.yaml": "services: {web: {image: '${A}-${B}', environment: [A, B, C]}}",
            ".env": "A=file\nB=file\n",
        ]) { project in
            let service = try project.load(environment: ["A": "process"]).project.service("web")
            #expect(service?.image == "process-file")
            #expect(service?.environment == ["A": "process", "B": "file", "C": nil])
        }
    }

    @Test func `come from the named files instead, the later ones first`() throws {
        try TestProject.with([
            "compose.yaml": "services: {web: {image: '${A}-${B}-${C:-none}'}}",
            ".env": "C=dot\n", "one.env": "A=1\nB=1\n", "two.env": "B=2\n",
        ]) { project in
            let loaded = try project.load { $0.environmentFiles = ["one.env", "two.env"] }
            #expect(loaded.project.service("web")?.image == "1-2-none")
            #expect(
                loaded.project.environmentFiles == [
                    project.folder.string + "/one.env", project.folder.string + "/two.env",
                ]
            )
        }
    }

    @Test func `that steer the command may stand in the file beside`() throws {
        try TestProject.with([
            "other.yaml": "services: {web: {image: x}}",
            ".env": "COMPOSE_FILE=other.yaml\nCOMPOSE_PROJECT_NAME=named\n",
        ]) { project in
            let loaded = try project.load { $0.projectName = nil }
            #expect(loaded.project.name == "named")
            #expect(loaded.project.composeFiles == [project.folder.string + "/other.yaml"])
        }
    }
}

@Suite struct FilesOfVariables {
    private func variables(_ text: String, raw: Bool = false) throws -> [String: String] {
        let known = ["HOME": "/root"]
        return try raw
            ? EnvironmentFile.rawContents(of: Array(text.utf8)) { known[$0] }.variables
            : EnvironmentFile.contents(of: Array(text.utf8)) { known[$0] }.variables
    }

    @Test(arguments: [
        ("A=1\nB=2\n", ["A": "1", "B": "2"]), ("A=1 # c\nB=1#c\nC=# c\n", ["A": "1", "B": "1#c", "C": "# c"]),
        ("A=\"1 # c\" # d\nB='$X'\n", ["A": "1 # c", "B": "$X"]), ("export A=1\n", ["A": "1"]),
        ("A: 1\nB: \"x\"\n", ["A": "1", "B": "x"]), ("A=\"l1\nl2\"\nB='l1\nl2'\n", ["A": "l1\nl2", "B": "l1\nl2"]),
        ("A=\"\\t\\$x\\n\"\nB=\\n\n", ["A": "\t$x\n", "B": "\\n"]), ("A=1\nB=$A-${C:-d}\n", ["A": "1", "B": "1-d"]),
        ("HOME\nNOPE\n", ["HOME": "/root"]), ("\u{FEFF}A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
        ("a.b=1\na-b=2\n1A=3\n", ["a.b": "1", "a-b": "2", "1A": "3"]), ("A=\n\n#c\n", ["A": ""]), ("", [:]),
    ])
    func `give variables`(text: String, expected: [String: String]) throws {
        #expect(try variables(text) == expected)
    }

    @Test func `in raw form mean what they say`() throws {
        #expect(
            try variables("A=\"1\" # c\n# d\n B=$X\nHOME\n", raw: true) == [
                "A": "\"1\" # c", "B": "$X", "HOME": "/root",
            ]
        )
    }

    @Test(arguments: [
        ("A=1\n B C=2\n", 2, 2, "key cannot contain a space"),
        ("A=1\nB='x\ny\n", 2, 3, "unterminated quoted value 'x"),
        ("# é\nA!=1\n", 2, 2, "unexpected character \"!\" in variable name \"A!=1\""),
        ("A=1\nBé=${X\n", 2, 4, "invalid interpolation format: \"${X\": you may need to escape any $ with another $"),
        ("A=1\nB=\"\n${X:?set it}\"\n", 2, 3, "required variable X is missing a value: set it"),
    ])
    func `say where they are wrong`(text: String, line: Int, column: Int, message: String) throws {
        do throws(EnvironmentFile.Failure) {
            _ = try EnvironmentFile.contents(of: Array(text.utf8)) { _ in nil }
            Issue.record("accepted")
        } catch {
            #expect(error.position == TextPosition(line: line, column: column))
            #expect(error.text == message)
        }
    }

    @Test func `are named in messages with their place`() throws {
        let files = [
            "compose.yaml": "services: {web: {image: x, env_file: [vars/web.env]}}", "vars/web.env": "A=1\nB!=2\n",
        ]
        #expect(
            try refusal(files) == "vars/web.env:2:2: unexpected character \"!\" in variable name \"B!=2\""
        )
        #expect(
            try refusal(["compose.yaml": "services: {}", ".env": "A='x"])
                == ".env:1:3: unterminated quoted value 'x"
        )
    }

    @Test func `of a service stand under its own environment`() throws {
        try TestProject.with([
            "compose.yaml": """
            services:
              web:
                image: x
                env_file: [one.env, {path: two.env, required: false}, {path: no.env, required: false}]
                environment: {B: own}
            """,
            "one.env": "A=1\nB=1\nC=1\n", "two.env": "C=2\nD=$A\n",
        ]) { project in
            let service = try project.load().project.service("web")
            #expect(service?.environment == ["A": "1", "B": "own", "C": "2", "D": "1"])
        }
    }
}
