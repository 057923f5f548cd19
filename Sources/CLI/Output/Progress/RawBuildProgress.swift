import Builder
import Dockerfile
import Hashing
import JSON
import Linux
import Orchestrator
import Synchronization

/// What builds say as BuildKit's status messages, an object a line: `rawjson`.
final class RawBuildProgress: ProgressRenderer {
    private let starts = Mutex<[BuildLog.Vertex: Int64]>([:])

    func show(_ event: Event) {
        guard let report = event.build else { return }
        if case .warning(let text) = report.event { return Console.note(Self.message(warning: text).description) }
        if case .found(let notice) = report.event {
            return Console.note(Self.message(notice, of: report.target).description)
        }
        guard let step = report.event.step else { return }
        let vertex = BuildLog.Vertex(target: report.target, step: step)
        let now = WallClock.now
        let start = starts.withLock { starts in
            let start = starts[vertex] ?? now
            starts[vertex] = start
            return start
        }
        Console.note(Self.message(report.event, vertex, start: start, now: now).description)
    }

    /// The message for something to know.
    static func message(warning text: String) -> JSONValue {
        ["warnings": [["level": 1, "short": base64(text)]]]
    }

    /// The message for what a check found.
    static func message(_ notice: CheckNotice, of target: String?) -> JSONValue {
        let (finding, document) = (notice.finding, notice.document)
        let step = [target, "internal"].compactMap { $0 }.joined(separator: " ")
        var members: [JSONValue.Member] = [
            .init("vertex", digest(of: "[\(step)] load build definition from \(document.file)")), .init("level", 1),
            .init("short", base64(finding.summary)), .init("detail", [base64(finding.rule.summary)]),
        ]
        if let url = finding.rule.url { members.append(.init("url", .string(url))) }
        members.append(.init("sourceInfo", BuildCallDocument.source(document)))
        members.append(.init("range", BuildCallDocument.ranges(finding.range)))
        return ["warnings": [.object(members)]]
    }

    private static func base64(_ text: String) -> JSONValue { .string(Base64.encode(Array(text.utf8))) }

    private static func digest(of title: String) -> JSONValue {
        .string("sha256:" + SHA256.hexadecimal(Array(title.utf8)))
    }

    /// The message for an event.
    static func message(_ event: BuildEvent, _ vertex: BuildLog.Vertex, start: Int64, now: Int64) -> JSONValue {
        let title = vertex.step.title(of: vertex.target)
        let digest = digest(of: title)
        let time = JSONValue.string(Timestamp.text(now))
        if case .output(_, let line) = event {
            return ["logs": [["vertex": digest, "stream": 1, "data": base64("\(line)\n"), "timestamp": time]]]
        }
        if case .progress(_, let text) = event {
            return [
                "statuses": [
                    ["id": .string(text), "vertex": digest, "timestamp": time, "started": time, "completed": time]
                ]
            ]
        }
        var members: [JSONValue.Member] = [
            .init("digest", digest), .init("name", .string(title)), .init("started", .string(Timestamp.text(start))),
        ]
        if event.isEnd { members.append(.init("completed", time)) }
        if case .cached = event { members.append(.init("cached", true)) }
        if case .failed(_, let message) = event { members.append(.init("error", .string(message))) }
        return ["vertexes": [.object(members)]]
    }
}
