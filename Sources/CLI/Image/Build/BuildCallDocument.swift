import Builder
import Dockerfile
import JSON

/// What is told of a build in BuildKit's JSON. What is empty is left out.
enum BuildCallDocument {
    static func checks(_ checks: BuildChecks) -> JSONValue {
        let warnings = checks.findings.map { finding -> JSONValue in
            object([
                ("ruleName", .string(finding.rule.rawValue)), ("description", .string(finding.rule.summary)),
                ("url", finding.rule.url.map { .string($0) }), ("detail", .string(finding.detail)),
                ("location", location(finding.range)),
            ])
        }
        return ["warnings": .array(warnings), "sources": [source(checks.document)]]
    }

    /// A file that cannot be read.
    static func failure(_ error: DockerfileError) -> JSONValue {
        let range = SourceRange(start: error.position, lastLine: error.position.line)
        let failure = object([("message", .string("\(error)")), ("location", location(range))])
        return ["warnings": [], "sources": [], "buildError": failure]
    }

    static func outline(_ outline: BuildOutline, of document: DockerfileDocument) -> JSONValue {
        let arguments = outline.arguments.map { argument in
            object([
                ("name", .string(argument.name)), ("description", text(argument.description)),
                ("value", text(argument.value)), ("location", location(argument.range)),
            ])
        }
        return object([
            ("name", text(outline.name)), ("description", text(outline.description)), ("args", list(arguments)),
            ("secrets", keys(outline.secrets)), ("ssh", keys(outline.agents)), ("sources", [data(document)]),
        ])
    }

    static func targets(of document: DockerfileDocument) -> JSONValue {
        let targets = document.stages.map { stage in
            object([
                ("name", text(stage.from.name)), ("default", stage.index == document.stages.count - 1 ? true : nil),
                ("description", text(stage.from.description)), ("base", .string(stage.from.image)),
                ("platform", text(stage.from.platform)), ("location", location(stage.from.range)),
            ])
        }
        return ["targets": .array(targets), "sources": [data(document)]]
    }

    /// A Dockerfile with its text.
    static func source(_ document: DockerfileDocument) -> JSONValue {
        ["filename": .string(document.file), "data": data(document), "language": "Dockerfile"]
    }

    /// The lines of an instruction.
    static func ranges(_ range: SourceRange) -> JSONValue {
        let (start, end) = (JSONValue.integer(Int64(range.start.line)), JSONValue.integer(Int64(range.lastLine)))
        return [["start": ["line": start], "end": ["line": end]]]
    }

    private static func keys(_ keys: [BuildOutline.Key]) -> JSONValue? {
        list(
            keys.map { key in
                object([
                    ("name", .string(key.id)), ("required", key.isRequired ? true : nil),
                    ("location", location(key.range)),
                ])
            }
        )
    }

    private static func location(_ range: SourceRange) -> JSONValue { ["ranges": ranges(range)] }

    private static func data(_ document: DockerfileDocument) -> JSONValue { .string(Base64.encode(document.source)) }

    private static func text(_ text: String?) -> JSONValue? { text.flatMap { $0.isEmpty ? nil : .string($0) } }

    private static func list(_ values: [JSONValue]) -> JSONValue? { values.isEmpty ? nil : .array(values) }

    private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONValue.Member(name, $0) } })
    }
}
