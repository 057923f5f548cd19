import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct FilesOfTheWeb {
    private typealias Answer = ScriptedServer.Answer
    private static let date = "Wed, 21 Oct 2015 07:28:00 GMT"
    private static let helloSum = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    private static func hello(_ headers: (String, String)...) -> Answer {
        Answer(headers: headers, body: Array("hello".utf8))
    }

    @Test func `are root's alone, as old as the server says, and called like the end of their path`() throws {
        try BuildScene.with { scene in
            let server = try ScriptedServer { _ in Self.hello(("Last-Modified", Self.date)) }
            let id = try scene.build(
                """
                FROM scratch
                ADD http://\(server.host)/d/a%20b?x=1 /to/
                ADD --chmod=755 --chown=5:6 --link http://\(server.host)/[c]*.txt http://\(server.host)/ /bin/
                ADD http://\(server.host)/d /e
                """
            )
            #expect(
                try scene.listing(id) == [
                    "bin/ 755 5:6", "bin/[c]*.txt 755 5:6", "bin/__unnamed__ 755 5:6", "e 600 0:0", "to/ 755 0:0",
                    "to/a b 600 0:0",
                ]
            )
            let entry = try scene.tree(id).entry(at: TreePath(clamping: "to/a b"))
            #expect(entry?.modified == 1_445_412_480_000_000_000)
            #expect(try scene.text("e", of: id) == "hello")
        }
    }

    @Test(arguments: [
        (#"attachment; filename="a.txt""#, "a.txt"), (#"attachment; filename="a;b.txt""#, "a;b.txt"),
        ("attachment; filename*=UTF-8''", "__unnamed__"), (#"attachment; filename=../../b; x=y"#, "b"),
        ("attachment; filename=c; filename*=UTF-8''%2fetc%2Fn%C3%A4.txt", "nä.txt"), ("inline", "__unnamed__"),
        (#"attachment; filename="..""#, "__unnamed__"), ("attachment; filename=/", "__unnamed__"),
    ])
    func `are called as the server says when their path does not tell`(header: String, name: String) throws {
        try BuildScene.with { scene in
            let server = try ScriptedServer { _ in Self.hello(("Content-Disposition", header)) }
            let id = try scene.build("FROM scratch\nADD http://\(server.host)/ /")
            #expect(try scene.listing(id) == ["\(name) 600 0:0"])
        }
    }

    @Test func `may be of a year that no file system knows`() throws {
        try BuildScene.with { scene in
            let time = "Fri, 01 Jan 9999 00:00:00 GMT"
            let server = try ScriptedServer { _ in Self.hello(("Last-Modified", time)) }
            let id = try scene.build("FROM scratch\nADD http://\(server.host)/f /f")
            #expect(try scene.text("f", of: id) == "hello")
        }
    }

    @Test(arguments: [
        ("ETag", "\"one\"", "if-none-match"), ("ETag", "W/\"one\"", "if-none-match"),
        ("Last-Modified", date, "if-modified-since"),
    ])
    func `are not sent twice while they are the same`(name: String, value: String, condition: String) throws {
        try BuildScene.with { scene in
            let server = try ScriptedServer { request in
                request.headers[condition] == value ? Answer(status: 304) : Self.hello((name, value))
            }
            let text =
                "FROM scratch AS a\nADD http://\(server.host)/f /a\nFROM scratch\nADD http://\(server.host)/f /b\nCOPY --from=a / /"
            let id = try scene.build(text)
            #expect(server.requests.count == 1)
            #expect(try scene.build(text) == id)
            #expect(server.requests.map { $0.headers[condition] } == [nil, value])
            #expect(scene.executedSteps == 0)
            // Without the cache the step is carried out anew, and the file is still the one that is here.
            try scene.build(text) { $0.ignoresCache = true }
            #expect(server.requests.map { $0.headers[condition] } == [nil, value, value])
            #expect(scene.executedSteps == 3)
        }
    }

    @Test func `are not taken again from a server that sends what it knows to be the same`() throws {
        try BuildScene.with { scene in
            let isSecond = Atomic(false)
            let server = try ScriptedServer { _ in
                guard isSecond.load(ordering: .relaxed) else { return Self.hello(("ETag", "\"1\"")) }
                return Answer(headers: [("ETag", "W/\"1\"")], claimedLength: 1 << 40, pieces: (1 << 20, [1, 2, 3]))
            }
            let id = try scene.build("FROM scratch\nADD http://\(server.host)/f /")
            isSecond.store(true, ordering: .relaxed)
            #expect(try scene.build("FROM scratch\nADD http://\(server.host)/f /") == id)
        }
    }

    @Test func `make a new layer when they change, and the old one when only their time does`() throws {
        try BuildScene.with { scene in
            let answer = Mutex(Self.hello(("Last-Modified", Self.date)))
            let server = try ScriptedServer { _ in answer.withLock { $0 } }
            let text = "FROM scratch\nADD http://\(server.host)/f /"
            let id = try scene.build(text)
            answer.withLock { $0 = Self.hello() }
            #expect(try scene.build(text) == id)
            answer.withLock { $0.body = Array("hallo".utf8) }
            #expect(try scene.text("f", of: scene.build(text)) == "hallo")
        }
    }

    @Test func `that hash to what they should are not asked for again, and others are refused with the line`() throws {
        try BuildScene.with { scene in
            let server = try ScriptedServer { _ in Self.hello() }
            let text = "FROM scratch\nARG SUM=\(Self.helloSum)\nADD --checksum=$SUM http://\(server.host)/f /"
            try scene.build(text)
            try scene.build(text)
            #expect(server.requests.count == 1)
            let wrong = "sha256:\(String(repeating: "0", count: 64))"
            let error = #expect(throws: BuilderError.self) { try scene.build(text) { $0.arguments["SUM"] = wrong } }
            let told = "Dockerfile:3:1: http://\(server.host)/f is \(Self.helloSum), not \(wrong) as it should be"
            #expect(error?.description == told)
        }
    }

    @Test(arguments: [
        ("ADD --checksum=md5:1 http://127.0.0.1:1/f /", "\"md5:1\" is not a checksum such as sha256:…"),
        ("ADD --checksum=\(helloSum) f /", "--checksum needs one source, and that from elsewhere"),
        ("COPY http://127.0.0.1:1/f /", "COPY takes nothing from elsewhere; ADD does"),
        ("ADD http://127.0.0.1:1/f /", "http://127.0.0.1:1/f: 127.0.0.1:1: could not connect"),
        ("ADD http:///f /", "\"/f\" is not a URL"),
    ])
    func `are refused where they cannot be`(instruction: String, reason: String) throws {
        try BuildScene.with { scene in
            try scene.write("f", "")
            let error = #expect(throws: BuilderError.self) { try scene.build("FROM scratch\n\(instruction)") }
            #expect(error?.description == "Dockerfile:2:1: \(reason)")
        }
    }

    @Test func `are tried again when a connection breaks, and not when the server refuses`() throws {
        try BuildScene.with { scene in
            let count = Atomic(0)
            let server = try ScriptedServer { request in
                guard request.path != "/none" else { return Answer(status: 404, body: Array("gone".utf8)) }
                var answer = Self.hello()
                switch count.add(1, ordering: .relaxed).newValue {
                case 1: answer.cut = 3
                case 2: answer.status = 503
                default: break
                }
                return answer
            }
            #expect(try scene.text("f", of: scene.build("FROM scratch\nADD http://\(server.host)/f /")) == "hello")
            #expect(server.requests.count == 3)
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nADD http://\(server.host)/none /")
            }
            #expect(error?.problem == .download("http://\(server.host)/none", reason: "invalid response status 404"))
            #expect(server.requests.count == 4)
        }
    }

    @Test(arguments: [
        ("HTTP_AUTH_TOKEN_127.0.0.1", "t0ken\n", "", "Bearer t0ken"),
        ("HTTP_AUTH_HEADER_127.0.0.1", "Basic eA==", "", "Basic eA=="),
        ("HTTP_AUTH_HEADER_localhost", "Basic eA==", "", nil), ("", "", "user:p%40ss@", "Basic dXNlcjpwQHNz"),
    ])
    func `are asked for with the credentials of their host, which no other host hears`(
        id: String,
        value: String,
        user: String,
        expected: String?
    ) throws {
        try BuildScene.with { scene in
            let elsewhere = try ScriptedServer { _ in Self.hello() }
            let server = try ScriptedServer { request in
                let target = request.path == "/f" ? "g?x" : "http://localhost:\(elsewhere.port)/f"
                return Answer(status: 302, headers: [("Location", target)])
            }
            let id = try scene.build("FROM scratch\nADD http://\(user)\(server.host)/f /") {
                $0.secrets = [BuildRequest.Secret(id: id, value: Array(value.utf8))]
            }
            #expect(try scene.text("f", of: id) == "hello")
            #expect(server.requests.map { $0.headers["authorization"] } == [expected, expected])
            #expect(server.requests.map(\.target) == ["/f", "/g?x"])
            #expect(elsewhere.requests.map { $0.headers["authorization"] } == [nil])
        }
    }

    @Test func `are archives only for those who say so`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "in the archive")
            #expect(try Program.succeeds(["tar", "-C", scene.context.string, "-czf", "\(scene.context)/a.tgz", "f"]))
            let archive = try WholeFile.read(scene.context.appending("a.tgz"))
            let server = try ScriptedServer { _ in Answer(body: archive) }
            let url = "http://\(server.host)/a.tgz"
            let id = try scene.build(
                "FROM scratch\nADD \(url) /no/\nADD --unpack=true \(url) /yes/\nADD --unpack=false a.tgz /local/"
            )
            let listing = try scene.listing(id).map { $0.prefix { $0 != " " } }
            #expect(listing == ["local/", "local/a.tgz", "no/", "no/a.tgz", "yes/", "yes/f"])
        }
    }
}
