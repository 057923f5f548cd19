import JSON
import Testing

@Suite struct JSONTests {
    struct Record: Codable, Equatable {
        enum Kind: Codable, Equatable {
            case plain
            case sized(bytes: Int)
        }

        var name: String
        var size: Int64
        var ratio: Double
        var tags: [String: String]
        var kinds: [Kind]
        var nothing: String?
        var isOn: Bool
    }

    @Test func `gives back what it was given`() throws {
        let record = Record(
            name: "a \"b\" \u{1F600} \u{1}\n",
            size: .max,
            ratio: 0.25,
            tags: ["z": "1", "a": "2"],
            kinds: [.plain, .sized(bytes: 3)],
            nothing: nil,
            isOn: true
        )
        let bytes = try JSON.encode(record)
        #expect(try JSON.decode(Record.self, from: bytes) == record)
    }

    @Test func `sorts members, so that equal values give equal bytes`() throws {
        let text = String(decoding: try JSON.encode(["b": 1, "a": 2]), as: UTF8.self)
        #expect(text == #"{"a":2,"b":1}"#)
        #expect(String(decoding: try JSON.encode([1, 2], pretty: true), as: UTF8.self) == "[\n    1,\n    2\n]")
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\" 1}", 5), ("\"a", 2), ("01", 0), ("1 2", 2), ("tru", 0), ("\"\\x\"", 2),
        ("\"\u{1}\"", 1), ("-", 0), ("1.", 0),
    ])
    func `says where a text is wrong`(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error?.offset == offset)
    }

    @Test func `refuses what is nested too deep`() {
        let text = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error?.message == "nested too deep")
    }

    @Test func `reads escapes and pairs of surrogates`() throws {
        #expect(try JSONValue(parsing: #""\u0041\ud83d\ude00\/\ud83d""#.utf8) == .string("A\u{1F600}/\u{fffd}"))
    }

    @Test func `keeps the order of members and takes the last of two`() throws {
        let value = try JSONValue(parsing: #"{"b":1,"a":[],"b":2}"#.utf8)
        #expect(value.description == #"{"b":1,"a":[],"b":2}"#)
        #expect(value["b"] == 2)
    }

    @Test func `escapes for HTML as Go does where asked`() {
        let value: JSONValue = "a<b>&c"
        #expect(String(decoding: value.bytes(escapesHTML: true), as: UTF8.self) == "\"a\\u003cb\\u003e\\u0026c\"")
    }
}
