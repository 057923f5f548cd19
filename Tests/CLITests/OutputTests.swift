import JSON
import Testing

@testable import CLI

@Suite struct OutputTests {
    private static let ages: [(seconds: Int64, text: String)] = [
        (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"), (150, "2 minutes"),
        (3600, "About an hour"), (5400, "2 hours"), (169_200, "47 hours"), (172_800, "2 days"),
        (1_296_000, "2 weeks"), (5_270_400, "2 months"), (69_120_000, "2 years"),
    ]

    @Test(arguments: ages)
    func `tells ages in Docker's words`(seconds: Int64, text: String) {
        #expect(Age.text(seconds * 1_000_000_000) == text)
    }

    @Test(arguments: [
        (0, "0B"), (999, "999B"), (1000, "1kB"), (7_812_345, "7.81MB"), (999_999, "1MB"), (123_456_789, "123MB"),
        (1_500_000_000, "1.5GB"),
    ])
    func `tells sizes by three digits`(bytes: Int, text: String) {
        #expect(ByteSize(bytes).decimal(digits: 3) == text)
    }

    @Test(arguments: [
        ("512", 512), ("64k", 65536), ("1.5g", 1_610_612_736), ("2GiB", 2_147_483_648), ("3mb", 3_145_728),
    ])
    func `reads sizes`(text: String, bytes: Int64) {
        #expect(ByteSize(parsing: text)?.bytes == bytes)
    }

    @Test func `reads points in time`() {
        #expect(TimeText.instant("10m", now: 1_000_000_000_000) == 400_000_000_000)
        #expect(TimeText.instant("1136214245.5", now: 0) == 1_136_214_245_500_000_000)
        #expect(TimeText.instant("2006-01-02T15:04:05+02:00", now: 0) == 1_136_207_045_000_000_000)
        #expect(TimeText.instant("2006-01-02T15:04:05.25Z", now: 0) == 1_136_214_245_250_000_000)
        #expect(TimeText.instant("yesterday", now: 0) == nil)
    }

    @Test func `writes points in time`() {
        #expect(TimeText.rfc3339(1_136_214_245_250_000_000) == "2006-01-02T15:04:05.25Z")
        #expect(TimeText.table(951_782_400_000_000_000) == "2000-02-29 00:00:00 +0000 UTC")
    }

    @Test func `pads columns to the widest cell and keeps control characters out`() {
        var table = Table(["NAME", "STATUS", "X"], minimumWidth: 5)
        table.add(["web-1", "Up\u{1b}[2J", ""])
        #expect(table.text == "NAME    STATUS      X\nweb-1   Up\\x1b[2J   \n")
    }

    @Test func `merges ranges of ports`() {
        let published = (8000...8002).map { PortText.Port(transport: "tcp", containerPort: $0, host: ("0.0.0.0", $0)) }
        let other = [
            PortText.Port(transport: "tcp", containerPort: 80, host: ("::", 8080)),
            PortText.Port(transport: "tcp", containerPort: 9000, host: nil),
        ]
        #expect(
            PortText.text(other + published) == "0.0.0.0:8000-8002->8000-8002/tcp, [::]:8080->80/tcp, 9000/tcp"
        )
    }

    @Test func `colors the prefixes of log lines and nothing else`() {
        let printer = LogPrinter(names: ["db-1", "web-12"], isColored: true)
        let line = String(decoding: printer.line("hello".utf8, of: "db-1"), as: UTF8.self)
        #expect(line == "\u{1b}[36mdb-1    | \u{1b}[0mhello\n")
        let plain = LogPrinter(names: ["db-1"], isColored: false)
        #expect(String(decoding: plain.line("x".utf8, of: "db-1"), as: UTF8.self) == "db-1  | x\n")
    }
}

@Suite struct TemplateTests {
    private let row: JSONValue = [
        "Names": "web-1", "State": "running", "Labels": "a=1", "Label": ["a": "1"], "Ports": ["80", "81"], "Size": 3,
    ]

    private static let templates: [(template: String, text: String)] = [
        ("{{.Names}}: {{.State}}", "web-1: running"),
        ("{{.Names}}\\t{{upper .State}}", "web-1\tRUNNING"),
        ("{{.State | upper | printf \"<%s>\"}}", "<RUNNING>"),
        ("{{json .Ports}}", "[\"80\",\"81\"]"),
        (
            "{{json .}}",
            #"{"Names":"web-1","State":"running","Labels":"a=1","Label":{"a":"1"},"Ports":["80","81"],"Size":3}"#
        ),
        ("{{.Label \"a\"}}{{.Label \"b\"}}", "1"),
        ("{{join .Ports \"+\"}}", "80+81"),
        ("{{range .Ports}}[{{.}}]{{end}}", "[80][81]"),
        ("{{if eq .State \"exited\" \"running\"}}yes{{else}}no{{end}}", "yes"),
        ("{{if not .Names}}a{{else if gt .Size 2}}b{{else}}c{{end}}", "b"),
        ("{{with .Names}}{{.}}{{$.State}}{{end}}", "web-1running"),
        ("{{index (split .Names \"-\") 1}} {{truncate .State 3}} {{len .Ports}}", "1 run 2"),
        ("a {{- \" b \" -}} c", "a b c"),
    ]

    @Test(arguments: templates)
    func `fills in fields`(template: String, text: String) throws {
        #expect(try Template(parsing: template).render(row) == text)
    }

    @Test(arguments: [
        ("{{.Actor.Attributes.colour}}|{{.Actor.Attributes.name}}", "<no value>|web"),
        ("{{with .Actor.Attributes}}{{.colour}}{{end}}", "<no value>"),
        ("{{if .Actor.Attributes.colour}}yes{{else}}no{{end}}", "no"),
        ("{{index .Actor.Attributes \"colour\"}}.", "."),
        ("{{.LogConfig.Config.tag}} {{.LogConfig.Config.tag.more}}", "<no value> <no value>"),
        ("{{with .Settings}}{{with .Config}}{{.User}}{{.Labels.a}}{{.Image}}{{end}}{{end}}", "<no value>box"),
        ("{{.Config.Cmd}}{{.Config.Labels}}{{.Config.User}} {{.Config.Labels.a}}", "[]map[] <no value>"),
    ])
    func `what a map lacks is no value`(template: String, text: String) throws {
        let document: JSONValue = [
            "Actor": ["Attributes": ["name": "web"]], "LogConfig": ["Config": [:]], "Config": [:],
            "Settings": ["Config": ["Image": "box"]],
        ]
        #expect(try Template(parsing: template).render(document) == text)
        #expect(throws: TemplateError.noSuchField("Colour")) {
            try Template(parsing: "{{.Actor.Colour}}").render(document)
        }
    }

    @Test func `finds fields that a document has in lower case`() throws {
        let document: JSONValue = ["manifest": ["digest": "sha256:a", "Size": 3]]
        let template = "{{.Manifest.Digest}} {{.Manifest.Size}} {{json .Manifest}}"
        #expect(try Template(parsing: template).render(document) == #"sha256:a 3 {"digest":"sha256:a","Size":3}"#)
    }

    @Test(arguments: [
        ("{{.Nope}}", TemplateError.noSuchField("Nope")),
        ("{{.Names", .unclosedAction),
        ("{{nope .Names}}", .unknownFunction("nope")),
        ("{{range .Ports}}", .unclosedAction),
    ])
    func `says what is wrong with a template`(template: String, error: TemplateError) {
        #expect(throws: error) { try Template(parsing: template).render(row) }
    }

    @Test func `shows rows as table, by template, and as JSON`() throws {
        var listing = Listing(
            [.init("Names", "NAMES"), .init("State", "STATE")],
            further: [.init("ID", "CONTAINER ID")]
        )
        listing.rows = [["Names": "web-1", "State": "running", "ID": "ab", "Label": ["a": "1"]]]
        #expect(try listing.text("table") == "NAMES     STATE\nweb-1     running\n")
        #expect(try listing.text("table {{.ID}}\\t{{.Names}}") == "CONTAINER ID   NAMES\nab             web-1\n")
        #expect(try listing.text("{{.ID}}") == "ab\n")
        #expect(try listing.text("json") == #"{"Names":"web-1","State":"running","ID":"ab"}"# + "\n")
    }
}
