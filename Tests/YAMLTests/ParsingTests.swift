import Testing
import YAML

/// The only document of a text.
func parse(_ text: String, limits: ParsingLimits = ParsingLimits()) throws -> Node {
    let documents = try Node.documents(in: Array(text.utf8), file: "test.yaml", limits: limits)
    return try #require(documents.first)
}

/// The message that a text is refused with.
func refusal(_ text: String, limits: ParsingLimits = ParsingLimits()) -> String? {
    do throws(YAMLError) {
        _ = try Node.documents(in: Array(text.utf8), file: "test.yaml", limits: limits)
        return nil
    } catch {
        return error.description
    }
}

@Suite struct Parsing {
    @Test func `keeps the order of keys and the place of every node`() throws {
        let node = try parse("web:\n  image: nginx\n  ports: [80, 443]\ndb: {}\n")
        let mapping = try #require(node.mapping)
        #expect(mapping.entries.map(\.key.text) == ["web", "db"])
        #expect(mapping.entries[1].key.mark == Mark(file: "test.yaml", line: 4, column: 1))
        #expect(node["web"]?["image"]?.mark == Mark(file: "test.yaml", line: 2, column: 10))
        let ports = try #require(node["web"]?["ports"]?.sequence)
        #expect(ports.map(\.integer) == [80, 443])
        #expect(ports[1].mark == Mark(file: "test.yaml", line: 3, column: 15))
    }

    @Test func `counts columns in characters`() throws {
        #expect(try parse("é: [ü, x]")["é"]?.sequence?.last?.mark.column == 8)
    }

    @Test func `reads every document of a stream`() throws {
        let documents = try Node.documents(in: Array("a: 1\n---\nb: 2\n---\n".utf8), file: "test.yaml")
        #expect(documents.count == 3)
        #expect(documents[1]["b"]?.integer == 2)
        #expect(documents[2].isNull)
    }

    @Test func `finds no document in an empty text`() throws {
        #expect(try Node.documents(in: Array("# nothing\n".utf8), file: "test.yaml").isEmpty)
    }

    @Test func `keeps local tags and obeys standard ones`() throws {
        let node = try parse("a: !reset null\nb: !override [1]\nc: !!str 12\nd: !!int \"12\"\ne: !!binary aGk=\n")
        #expect(node["a"]?.tag == "!reset")
        #expect(node["b"]?.tag == "!override")
        #expect(node["c"] == Node(.string("12"), at: Mark(file: "", line: 1, column: 1)))
        #expect(node["d"]?.integer == 12)
        #expect(node["e"]?.string == "hi")
    }

    @Test func `keeps line breaks as block styles say`() throws {
        let node = try parse("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: |+\n  x\n\n")
        #expect(node["a"]?.string == "x\ny\n")
        #expect(node["b"]?.string == "x y")
        #expect(node["c"]?.string == "x\n\n")
    }

    @Test(arguments: [
        ("a: [", "test.yaml:2:1: yaml: did not find expected node content while parsing a flow node"),
        ("a: b: c", "test.yaml:1:5: yaml: mapping values are not allowed in this context"),
        (
            "a:\n\t- b",
            "test.yaml:2:1: yaml: found character that cannot start any token while scanning for the next token"
        ),
        ("a: 1\nb: 2\na: 3", "test.yaml:3:1: yaml: key \"a\" is already defined at line 1"),
        ("? [a]\n: b", "test.yaml:1:3: yaml: a mapping key must be a scalar"),
        ("a: *b", "test.yaml:1:4: yaml: no anchor \"b\" precedes this alias"),
        ("a: &b [*b]", "test.yaml:1:8: yaml: anchor \"b\" contains an alias to itself"),
        ("a: {<<: 1}", "test.yaml:1:9: yaml: \"<<\" takes a mapping or a list of mappings"),
        ("a: !!int x", "test.yaml:1:4: yaml: \"x\" is not a value of tag:yaml.org,2002:int"),
    ])
    func `refuses what is wrong, and says where`(text: String, message: String) {
        #expect(refusal(text) == message)
    }

    @Test func `refuses bytes that are no text`() {
        let bytes: [UInt8] = Array("a: b\nc: ".utf8) + [0xFF, 0x0A]
        #expect(throws: YAMLError(.encoding("invalid leading UTF-8 octet"), at: Mark(file: "t", line: 2, column: 4))) {
            try Node.documents(in: bytes, file: "t")
        }
        #expect(refusal("a: \0b") == "test.yaml:1:4: yaml: not UTF-8 text: control characters are not allowed")
    }
}

@Suite struct Anchors {
    @Test func `stand for what they name`() throws {
        let node = try parse("a: &x {k: [1, 2]}\nb: *x\n")
        #expect(node["b"] == node["a"])
        #expect(node["b"]?["k"]?.mark.line == 1)
    }

    @Test func `can be given again`() throws {
        let node = try parse("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")
        #expect(node["b"]?.integer == 1)
        #expect(node["d"]?.integer == 2)
    }

    @Test func `merge under keys that are there, earlier mappings first`() throws {
        let node = try parse(
            """
            one: &one {a: 1, b: 1}
            two: &two {b: 2, c: 2}
            all: {a: 0, <<: [*one, *two], d: 3}
            """
        )
        let all = try #require(node["all"]?.mapping)
        #expect(["a", "b", "c", "d"].map { all[$0]?.integer } == [0, 1, 2, 3])
        #expect(all.count == 4)
    }

    @Test func `do not merge when the key is quoted`() throws {
        #expect(try parse("a: {\"<<\": {b: 1}}")["a"]?["<<"]?["b"]?.integer == 1)
    }
}

@Suite struct Bounds {
    @Test func `refuse a billion laughs at once`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        let clock = ContinuousClock()
        var message: String?
        let time = clock.measure { message = refusal(text) }
        #expect(message == "test.yaml:6:10: yaml: aliases expand to more than 100000 nodes")
        #expect(time < .milliseconds(500))
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `refuse deep nesting`(opening: String) {
        #expect(refusal(String(repeating: opening, count: 5000))?.hasSuffix("nested deeper than 256 levels") == true)
    }

    @Test func `count what aliases nest`() {
        var limits = ParsingLimits()
        limits.depth = 6
        #expect(refusal("a: &a [[[1]]]\nb: [*a]", limits: limits) == nil)
        #expect(refusal("a: &a [[[1]]]\nb: [[*a]]", limits: limits)?.hasSuffix("nested deeper than 6 levels") == true)
    }

    @Test func `refuse more text than allowed`() {
        var limits = ParsingLimits()
        limits.length = 3
        #expect(refusal("abcd", limits: limits) == "test.yaml:1:1: yaml: longer than 3 bytes")
    }

    @Test func `let many keys be found quickly`() throws {
        let text = (0..<20_000).map { "key\($0): \($0)\n" }.joined()
        #expect(try parse(text)["key19999"]?.integer == 19999)
    }
}
