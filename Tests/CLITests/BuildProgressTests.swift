import Dockerfile
import JSON
import Linux
import Testing

@testable import Builder
@testable import CLI

@Suite struct BuildProgress {
    private static let compile = BuildStep(stage: "web", number: 2, count: 4, text: "RUN make")
    private static let copy = BuildStep(stage: nil, number: 1, count: 2, text: "COPY . .")

    /// What plain progress writes for events that come half a second after each other.
    private func lines(_ events: [BuildEvent], of target: String? = nil) -> [String] {
        var log = BuildLog()
        return events.enumerated().flatMap { number, event in
            log.lines(event, of: target, at: MonotonicTime(nanoseconds: Int64(number) * 500_000_000))
        }
    }

    @Test func `numbers steps and says when each line came`() {
        let lines = lines([
            .started(Self.compile), .output(Self.compile, "cc main.c"), .done(Self.compile, 440_000_000),
            .started(Self.copy), .cached(Self.copy), .warning("one thing"),
        ])
        #expect(
            lines == [
                "#1 [web 2/4] RUN make", "#1 0.500 cc main.c", "#1 DONE 0.4s", "", "#2 [1/2] COPY . .", "#2 CACHED",
                "WARNING: one thing",
            ]
        )
    }

    @Test func `keeps the numbers of a stage in line`() {
        let step = BuildStep(stage: "web", number: 2, count: 12, text: "RUN make")
        #expect(step.title(of: "shop") == "[shop web  2/12] RUN make")
    }

    @Test func `names a step again when it takes over from another`() {
        let lines = lines([
            .started(Self.compile), .started(Self.copy), .output(Self.compile, "one"), .output(Self.copy, "two"),
            .failed(Self.compile, "it broke"), .done(Self.copy, 0),
        ])
        #expect(
            lines == [
                "#1 [web 2/4] RUN make", "#1 1.000 one", "#1 ...", "", "#2 [1/2] COPY . .", "#2 1.000 two", "#2 ...",
                "", "#1 [web 2/4] RUN make", "#1 ERROR: it broke", "", "#2 [1/2] COPY . .", "#2 DONE 0.0s",
            ]
        )
    }

    @Test func `says which of several builds a step belongs to`() {
        let export = BuildStep("exporting")
        let load = BuildStep("load build definition from Dockerfile", isInternal: true)
        #expect(
            lines([.started(load), .done(load, 0), .started(Self.compile), .started(export)], of: "shop")
                == [
                    "#1 [shop internal] load build definition from Dockerfile", "#1 DONE 0.0s", "",
                    "#2 [shop web 2/4] RUN make",
                ]
        )
    }

    @Test func `shows timers on a terminal, and what a running step wrote last`() {
        var board = BuildBoard()
        board.take(.started(Self.copy), of: nil, at: MonotonicTime(nanoseconds: 0))
        board.take(.cached(Self.copy), of: nil, at: MonotonicTime(nanoseconds: 0))
        board.take(.started(Self.compile), of: nil, at: MonotonicTime(nanoseconds: 0))
        for number in 1...8 {
            board.take(.output(Self.compile, "line \(number)"), of: nil, at: MonotonicTime(nanoseconds: 0))
        }
        let time = MonotonicTime(nanoseconds: 2_340_000_000)
        let output = (3...8).map { " => => # line \($0)" }
        #expect(
            board.rows(at: time, columns: 40) == [
                " => CACHED [1/2] COPY . .          0.0s", " => [web 2/4] RUN make             2.3s",
            ] + output
        )
        var drawn = 0
        let frame = TerminalBuild.frame(
            board,
            elapsed: .milliseconds(2340),
            rows: 6,
            columns: 40,
            isFinished: false,
            over: &drawn
        )
        #expect(frame.contains("[+] Building 2.3s (1/2)"))
        #expect(drawn == 5)
        board.take(.failed(Self.compile, "it broke"), of: nil, at: time)
        #expect(board.rows(at: time, columns: 40).last == " => ERROR [web 2/4] RUN make       2.3s")
    }

    @Test func `writes BuildKit's status messages`() throws {
        let vertex = BuildLog.Vertex(target: nil, step: Self.compile)
        let log = RawBuildProgress.message(.output(Self.compile, "hi"), vertex, start: 0, now: 1_000_000_000)
        #expect(first(log, "logs")?["data"] == "aGkK")
        #expect(first(log, "logs")?["timestamp"] == "1970-01-01T00:00:01Z")
        #expect(first(RawBuildProgress.message(warning: "hi"), "warnings")?["short"] == "aGk=")
        let end = RawBuildProgress.message(.cached(Self.compile), vertex, start: 0, now: 1_000_000_000)
        #expect(first(end, "vertexes")?["name"] == "[web 2/4] RUN make")
        #expect(first(end, "vertexes")?["cached"] == true)
        #expect(first(end, "vertexes")?["digest"] == first(log, "logs")?["vertex"])
    }

    @Test func `lists what checks found when the build is over`() throws {
        let document = try DockerfileDocument(parsing: Array("FROM a\nCMD x\nMAINTAINER y\n".utf8))
        let variables = try GlobalVariables(document, given: [:], platform: [:])
        let surroundings = CheckSurroundings(variables: variables, platform: .host)
        let findings = document.findings(in: surroundings, settings: CheckSettings())
        var list = FindingList()
        #expect(list.text(isExpanded: false) == nil)
        let notices = findings.map { CheckNotice(finding: $0, document: document) }
        for notice in notices + notices { list.take(.found(notice)) }
        let command =
            "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals "
            + "(line 2)"
        let author = "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 3)"
        #expect(
            list.text(isExpanded: false)
                == "\n 2 warnings found (use docker --debug to expand):\n - \(command)\n - \(author)"
        )
        var single = FindingList()
        single.take(.found(notices[1]))
        #expect(
            single.text(isExpanded: true) == """

                 1 warning found:
                 - \(author)
                The MAINTAINER instruction is deprecated, use a label instead to define an image author
                More info: https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
                Dockerfile:3
                --------------------
                   1 |     FROM a
                   2 |     CMD x
                   3 | >>> MAINTAINER y
                --------------------

                """
        )
        let raw = first(RawBuildProgress.message(notices[0], of: nil), "warnings")
        #expect(raw?["short"] == .string(Base64.encode(Array(command.utf8))))
        #expect(raw?["url"] == "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/")
        #expect(raw?["range"] == [["start": ["line": 2], "end": ["line": 2]]])
        #expect(raw?["sourceInfo"]?["filename"] == "Dockerfile")
    }

    /// The first element of a list.
    private func first(_ value: JSONValue, _ name: String) -> JSONValue? {
        if case .array(let elements)? = value[name] { elements.first } else { nil }
    }
}
