import Testing
import YAML

@Suite struct Scalars {
    @Test(arguments: [
        ("", Node.Value.null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", .string("nULL")),
        ("true", .bool(true)), ("True", .bool(true)), ("FALSE", .bool(false)), ("yes", .string("yes")),
        ("on", .string("on")), ("y", .string("y")), ("0", .integer(0)), ("-5", .integer(-5)), ("+12", .integer(12)),
        ("1_000", .integer(1000)), ("0x1F", .integer(31)), ("0b101", .integer(5)), ("0o17", .integer(15)),
        ("017", .integer(15)), ("08", .float(8)), ("-0x10", .integer(-16)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("12345678901234567890", .unsigned(12_345_678_901_234_567_890)), ("1.5", .float(1.5)), (".5", .float(0.5)),
        ("1.", .float(1)), ("1e3", .float(1000)), ("-1.5E-2", .float(-0.015)), (".inf", .float(.infinity)),
        ("-.Inf", .float(-.infinity)), ("1.2.3", .string("1.2.3")), ("1e", .string("1e")), ("0x", .string("0x")),
        ("+", .string("+")), ("12:30", .string("12:30")), ("10s", .string("10s")),
        ("2024-01-01", .timestamp("2024-01-01 00:00:00 +0000 UTC")),
        ("2024-02-30", .string("2024-02-30")),
        ("2024-01-01T10:20:30Z", .timestamp("2024-01-01 10:20:30 +0000 UTC")),
        ("2024-01-01 10:20:30.50", .timestamp("2024-01-01 10:20:30.5 +0000 UTC")),
        ("2024-01-01T10:20:30+02:00", .timestamp("2024-01-01 10:20:30 +0200 +0200")),
        ("\"12\"", .string("12")), ("'true'", .string("true")), ("\"\"", .string("")),
    ])
    func `are what go-yaml takes them for`(text: String, value: Node.Value) throws {
        #expect(try parse("a: \(text)")["a"]?.value == value)
    }

    @Test(arguments: [
        ("1.0", "1"), ("1.50", "1.5"), ("1e5", "100000"), ("1e6", "1e+06"), ("123456789.123", "1.23456789123e+08"),
        ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("-2.5", "-2.5"), ("-0", "-0"), (".nan", "NaN"), (".inf", "+Inf"),
        ("0x10", "16"), ("TRUE", "true"), ("~", ""), ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
    ])
    func `become text as Go prints them`(text: String, expected: String) throws {
        #expect(try parse("a: \(text)")["a"]?.scalarText == expected)
    }
}

@Suite struct Emission {
    private func emitted(_ text: String) throws -> String { Emitter.text(of: try parse(text)) }

    @Test func `indents by two and leaves plain what can be plain`() throws {
        let text = """
            services:
              web:
                command:
                  - sh
                  - -c
                  - echo "hi"
                environment:
                  EMPTY: ""
                  LIST: '[x]'
                  NUMBER: "5"
                  "NO": "yes"
                  NOTHING: null
                labels: {}
                ports:
                  - target: 80
                    published: "8080"
                  - []

            """
        #expect(try emitted(text) == text)
    }

    @Test(arguments: [
        ("a b", "a b"), ("true", "\"true\""), ("12", "\"12\""), ("1.5", "\"1.5\""), ("", "\"\""), (" a", "' a'"),
        ("a: b", "'a: b'"), ("a #b", "'a #b'"), ("#a", "'#a'"), ("- a", "'- a'"), ("-a", "-a"), ("it's", "it's"),
        ("'q'", "'''q'''"), ("*a", "'*a'"), ("%a", "'%a'"), ("a\tb", "\"a\\tb\""), ("\u{1}", "\"\\x01\""),
        ("22:22", "\"22:22\""), ("2024-01-01", "\"2024-01-01\""), ("é", "é"), ("\u{FEFF}", "\"\\uFEFF\""),
        ("${A}", "${A}"), ("---", "'---'"), ("a:", "'a:'"), ("null", "\"null\""), ("~", "\"~\""), ("@a", "'@a'"),
    ])
    func `quotes strings only where they need it, and they read back`(text: String, expected: String) throws {
        let mark = Mark(file: "", line: 1, column: 1)
        let written = Emitter.text(of: Node(.sequence([Node(.string(text), at: mark)]), at: mark))
        #expect(written == "- \(expected)\n")
        #expect(try parse(written).sequence?.first?.string == text)
    }

    @Test(arguments: ["a\nb\n", "a\nb", "a\n\n", "  a\nb\n", "\na\n", "a \nb", "\n", "a\n b\n  c\n"])
    func `writes several lines so that they read back`(text: String) throws {
        let mark = Mark(file: "", line: 1, column: 1)
        var mapping = Mapping()
        mapping["k"] = Node(.string(text), at: mark)
        let written = Emitter.text(of: Node(.sequence([Node(.mapping(mapping), at: mark)]), at: mark))
        #expect(try parse(written).sequence?.first?["k"]?.string == text)
    }
}
