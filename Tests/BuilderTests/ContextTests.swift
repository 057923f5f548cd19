import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct ContextsFromElsewhere {
    /// Builds with a context that is brought first.
    private func build(
        _ scene: BuildScene,
        _ origin: BuildRequest.Origin,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> Digest {
        try scene.build("") {
            $0.dockerfile = nil
            $0.origin = origin
            change(&$0)
        }
    }

    /// A tar of the scene's folder, packed as the letter says.
    private func archive(_ scene: BuildScene, _ letter: String) throws -> [UInt8] {
        let file = scene.root.data.appending("context.tar")
        try Folder.makeAll(scene.root.data)
        try #require(try Program.succeeds(["tar", "-C", scene.context.string, "-c\(letter)f", file.string, "."]))
        return try WholeFile.read(file)
    }

    private func stream(_ bytes: [UInt8]) throws -> FileDescriptor { try MemoryFile.make("stream", bytes) }

    @Test func `are git repositories, at a revision and in a folder`() throws {
        try BuildScene.with { scene in
            let git = try GitServer(scene.root.data.appending("repositories"))
            try git.shell(
                """
                cd shop.git && printf 'FROM scratch\\nCOPY . /' > Dockerfile && echo '*' > .dockerignore
                printf 'FROM scratch\\nCOPY run /deployed' > deploy/Other && ln -s /etc/passwd deploy/Dockerfile
                git add -A && git commit -qm context
                """
            )
            let whole = try build(scene, .reference(git.url))
            #expect(try scene.text("file", of: whole) == "one\n")
            #expect(try scene.listing(whole).contains("deploy/run 755 0:0"))
            let part = try build(scene, .reference("\(git.url)#main:deploy")) { $0.dockerfile = .file("Other") }
            #expect(try scene.listing(part) == ["deployed 755 0:0"])
            // A link of the repository leads to nothing of this machine's.
            let error = #expect(throws: BuilderError.self) { try build(scene, .reference("\(git.url)#main:deploy")) }
            #expect(error?.problem == .missingDockerfile("Dockerfile"))
            #expect(throws: BuilderError.self) { try build(scene, .reference("\(git.url)#main:deploy/inner/link")) }
        }
    }

    @Test(arguments: ["", "z", "j", "J"])
    func `are archives on a stream, however they are packed`(letter: String) throws {
        try BuildScene.with { scene in
            try scene.write("Dockerfile", "FROM scratch\nCOPY f /")
            try scene.write("sub/Other", "FROM scratch\nCOPY f /other")
            try scene.write("f", "f")
            let bytes = try archive(scene, letter)
            #expect(try scene.listing(build(scene, .stream(stream(bytes)))) == ["f 644 0:0"])
            let other = try build(scene, .stream(stream(bytes))) { $0.dockerfile = .file("sub/Other") }
            #expect(try scene.listing(other) == ["other 644 0:0"])
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
        }
    }

    @Test func `are Dockerfiles on a stream, for a context without files`() throws {
        try BuildScene.with { scene in
            let text = Array("FROM scratch\nCOPY <<EOF /f\nfrom the stream\nEOF\n".utf8)
            #expect(try scene.text("f", of: build(scene, .stream(stream(text)))) == "from the stream\n")
            try scene.write("f", "")
            let error = #expect(throws: BuilderError.self) {
                try build(scene, .stream(stream(Array("FROM scratch\nCOPY f /".utf8))))
            }
            #expect(error?.description == "Dockerfile:2:1: \"/f\" not found")
        }
    }

    @Test func `are archives and Dockerfiles of the web, fetched and unpacked once`() throws {
        try BuildScene.with { scene in
            try scene.write("Dockerfile", "FROM scratch\nCOPY f /")
            try scene.write("f", "f")
            let bytes = try archive(scene, "z")
            let server = try ScriptedServer { request in
                guard request.headers["if-none-match"] == nil else { return .init(status: 304) }
                let text = Array("FROM scratch\nCOPY <<EOF /web\nEOF\n".utf8)
                return .init(headers: [("ETag", "\"1\"")], body: request.path == "/c.tgz" ? bytes : text)
            }
            let id = try build(scene, .reference("http://\(server.host)/c.tgz"))
            #expect(try scene.listing(id) == ["f 644 0:0"])
            #expect(try build(scene, .reference("http://\(server.host)/c.tgz")) == id)
            #expect(scene.executedSteps == 0)
            #expect(try scene.listing(build(scene, .reference("http://\(server.host)/file"))) == ["web 644 0:0"])
            let local = try scene.build("") { $0.dockerfile = .web("http://\(server.host)/file") }
            #expect(try scene.listing(local) == ["web 644 0:0"])
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct ContextsWithCredentials {
    private static let dockerfile = Array("FROM scratch\nCOPY <<EOF /web\nEOF\n".utf8)

    /// Builds, and gives all that was told of it.
    private func told(_ scene: BuildScene, _ change: (inout BuildRequest) -> Void) -> String {
        var told = ""
        do {
            try scene.build("FROM scratch\nCOPY --from=other / /\n", change)
        } catch {
            told = "\(error)\n"
        }
        return told + scene.events.withLock { events in events.map { "\($0)" }.joined(separator: "\n") }
    }

    @Test func `are told of without them, whether they come or not`() throws {
        try BuildScene.with { scene in
            try scene.write("Dockerfile", String(decoding: Self.dockerfile, as: UTF8.self))
            let file = scene.context.appending("c.tgz")
            try #require(try Program.succeeds(["tar", "-C", scene.context.string, "-czf", file.string, "Dockerfile"]))
            let archive = try WholeFile.read(file)
            let server = try ScriptedServer { request in
                switch request.path {
                case "/c.tgz": .init(body: archive)
                case "/file": .init(body: Self.dockerfile)
                default: .init(status: 404)
                }
            }
            let web = "http://ada:hushed@\(server.host)"
            let git = try GitServer(scene.root.data.appending("repositories"))
            let repository = "http://ada:hushed@\(git.server.host)/shop.git"
            let texts =
                ["/c.tgz", "/file", "/none", "/?@"].map { web + $0 }
                + ["", "#v1:deploy", "#no", "?what=1"].map { repository + $0 }
            for text in texts {
                let shown = text.replacing("ada:hushed@", with: "")
                let origin = told(scene) { ($0.dockerfile, $0.origin) = (nil, .reference(text)) }
                #expect(
                    origin.contains("load git source \(shown)")
                        == (text.hasPrefix(repository) && !text.hasSuffix("?what=1")),
                    "\(origin)"
                )
                let named = told(scene) { $0.namedContexts = ["other": .remote(text)] }
                #expect(named.contains("load context other: \(shown)"), "\(named)")
                let dockerfile = told(scene) { $0.dockerfile = .web(text) }
                #expect(dockerfile.contains("load remote Dockerfile \(shown)"), "\(dockerfile)")
                #expect(!(origin + named + dockerfile).contains("hushed"))
            }
            let isKept = try Program.succeeds(["grep", "-rqF", "hushed", scene.root.data.string])
            #expect(!isKept)
        }
    }

    @Test(arguments: [
        ("https://ada:p@ss@host/x?a@b", "https://host/x?a@b"), ("https://host/a@b", "https://host/a@b"),
        ("ssh://git:pass@host/x.git", "ssh://git@host/x.git"), ("ssh://git@host/x", "ssh://git@host/x"),
        ("git@host:x", "git@host:x"), ("dir/a@b", "dir/a@b"), ("http://@host", "http://host"),
    ])
    func `are shown without them`(text: String, shown: String) {
        #expect(text.withoutCredentials == shown)
    }
}

@Suite(.tags(.root), .requiresRoot) struct NamedContexts {
    private func parse(_ text: String) throws -> BuildRequest.NamedContext {
        try BuildRequest.NamedContext(parsing: text, folder: "/here")
    }

    @Test func `are read`() throws {
        let digest = "sha256:\(String(repeating: "a", count: 64))"
        #expect(try parse("../x") == .folder("/here/../x"))
        #expect(try parse("docker-image://a:1") == .image("a:1"))
        #expect(try parse("oci-layout://l") == .layout("/here/l", nil))
        #expect(try parse("oci-layout:///l:v1") == .layout("/l", "v1"))
        #expect(try parse("oci-layout:///l@\(digest)") == .layout("/l", digest))
        #expect(try parse("oci-layout:///l:v1@\(digest)") == .layout("/l", digest))
        #expect(try parse("https://host/x.git#main") == .remote("https://host/x.git#main"))
        #expect(try parse("https://host/x.tar") == .remote("https://host/x.tar"))
        #expect(throws: BuilderError.self) { try parse("target:x") }
    }

    @Test func `take the place of stages, of images and of what is mounted`() throws {
        try BuildScene.with { scene in
            try scene.write("more/f", "from the folder")
            try scene.write("more/secret", "")
            try scene.write("more/.dockerignore", "secret")
            let git = try GitServer(scene.root.data.appending("repositories"))
            let server = try ScriptedServer { _ in .init(body: Array("of the web".utf8)) }
            let text = """
                FROM scratch AS stage
                COPY <<x /f
                x
                FROM alpine
                COPY --from=stage /f /stage
                COPY --from=repository /deploy/run /run
                COPY --from=web /page /page
                """
            let id = try scene.build(text) {
                $0.namedContexts = [
                    "alpine": .folder(scene.context.appending("more")),
                    "stage": .folder(scene.context.appending("more")),
                    "repository": .remote("\(git.url)#v1"), "web": .remote("http://\(server.host)/page"),
                ]
            }
            #expect(try scene.text("stage", of: id) == "from the folder")
            #expect(try scene.text("f", of: id) == "from the folder")
            #expect(try scene.text("page", of: id) == "of the web")
            #expect(
                try scene.listing(id).map { $0.prefix { $0 != " " } } == [
                    ".dockerignore", "f", "page", "run", "stage",
                ]
            )
            #expect(scene.story.contains("[stage-1 1/4] FROM alpine"))
        }
    }

    @Test func `are meant however images and stages are called`() throws {
        try BuildScene.with { scene in
            try scene.write("more/f", "from the folder")
            try scene.build("FROM scratch\nCOPY more/f /image") { $0.tags = ["mine:1"] }
            let text = """
                FROM docker.io/library/debian:latest AS whole
                FROM scratch AS stage
                COPY gone /gone
                FROM scratch
                COPY --from=whole / /
                COPY --from=STAGE / /stage
                COPY --from=1 / /index
                """
            func build(_ debian: String, target: String? = nil) throws -> [String] {
                let id = try scene.build(text) {
                    $0.namedContexts = [
                        "debian": .image(debian), "stage": .folder(scene.context.appending("more")),
                    ]
                    $0.target = target
                }
                return try scene.listing(id).map { String($0.prefix { $0 != " " }) }
            }
            #expect(try build("mine:1") == ["image", "index/", "index/f", "stage/", "stage/f"])
            #expect(try build("scratch") == ["index/", "index/f", "stage/", "stage/f"])
            #expect(try build("scratch", target: "stage") == ["f"])
            #expect(try BuildRequest.contextName("ghcr.io/a/b:latest") == "ghcr.io/a/b")
            let error = #expect(throws: BuilderError.self) { try BuildRequest.contextName("No") }
            #expect(error?.description == "invalid context name No")
        }
    }

    @Test func `are images of OCI layouts`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "packed")
            let base = try scene.build("FROM scratch\nCOPY f /\nENV KIND=base") { $0.tags = ["base:1"] }
            let file = scene.root.data.appending("base.tar")
            let layout = scene.root.data.appending("layout")
            var packed: [UInt8] = []
            try scene.images.save([base.description]) { packed += $0 }
            try WholeFile.replace(file, with: packed, isDurable: false)
            try Folder.makeAll(layout)
            try #require(try Program.succeeds(["tar", "-C", layout.string, "-xf", file.string]))
            let id = try scene.build("FROM other\nCOPY --from=other /f /copied") {
                $0.namedContexts = ["other": .layout(layout, nil)]
            }
            #expect(try scene.text("copied", of: id) == "packed")
            #expect(try scene.configuration(id).config.env.contains("KIND=base"))
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM other") { $0.namedContexts = ["other": .layout(layout, "none")] }
            }
            #expect(error?.description == "\(layout) has no image none")
            #expect(throws: BuilderError.self) {
                try scene.build("FROM other") { $0.namedContexts = ["other": .layout(scene.context, nil)] }
            }
        }
    }
}
