import Git
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct FilesOfRepositories {
    private static func with(
        authorization: String? = nil,
        _ body: (BuildScene, GitServer) throws -> Void
    ) throws {
        try BuildScene.with { scene in
            try body(scene, GitServer(scene.root.data.appending("repositories"), authorization: authorization))
        }
    }

    @Test func `are added as they are at a commit, without what is git's own`() throws {
        try Self.with { scene, git in
            let id = try scene.build("FROM scratch\nADD \(git.url) /shop\nADD --chown=3:4 \(git.url)#v1:deploy /in/")
            #expect(
                try scene.listing(id) == [
                    "in/ 755 3:4", "in/inner/ 755 3:4", "in/inner/link -> /etc/hostname 777 3:4", "in/run 755 3:4",
                    "shop/ 755 0:0", "shop/deploy/ 755 0:0", "shop/deploy/inner/ 755 0:0",
                    "shop/deploy/inner/link -> /etc/hostname 777 0:0", "shop/deploy/run 755 0:0", "shop/file 644 0:0",
                ]
            )
            // 2020-01-02T03:04:05Z, when the commit was made.
            let entry = try scene.tree(id).entry(at: TreePath(clamping: "shop/file"))
            #expect(entry?.modified == 1_577_934_245_000_000_000)
        }
    }

    @Test(arguments: [
        ("", "one\n"), ("#next", "two\n"), ("#refs/heads/next", "two\n"), ("#v1", "one\n"), ("?ref=next", "two\n"),
        ("?branch=next", "two\n"), ("?tag=v1", "one\n"), ("#COMMIT", "two\n"), ("?checksum=COMMIT", "two\n"),
        ("?branch=next&checksum=COMMIT", "two\n"), ("?branch=next&commit=COMMIT&subdir=.", "two\n"),
        ("?tag=v1&checksum=TAG", "one\n"),
    ])
    func `are those that the reference names`(suffix: String, text: String) throws {
        try Self.with { scene, git in
            let suffix = suffix.replacing("COMMIT", with: try git.object("next")).replacing(
                "TAG",
                with: try git.object("v1")
            )
            let id = try scene.build("FROM scratch\nADD \(git.url)\(suffix) /")
            #expect(try scene.text("file", of: id) == text)
        }
    }

    @Test func `are fetched once for a commit, and not asked for when it was named itself`() throws {
        try Self.with { scene, git in
            let text = "FROM scratch AS a\nADD \(git.url) /\nFROM scratch\nADD \(git.url) /b\nCOPY --from=a / /"
            let id = try scene.build(text)
            #expect(git.fetches == 1)
            try scene.build(text) { $0.ignoresCache = true }
            #expect(git.fetches == 1)
            try git.shell("cd shop.git; echo more > other; git add other; git commit -qm more")
            let other = try scene.build(text)
            #expect(other != id)
            #expect(git.fetches == 2)
            let asked = git.server.requests.count
            try scene.build("FROM scratch\nADD \(git.url)#\(try git.object("HEAD")) /")
            #expect(git.server.requests.count == asked)
        }
    }

    @Test func `have a git directory that git can use, when that is asked for`() throws {
        try Self.with { scene, git in
            for flag in ["--keep-git-dir", "--keep-git-dir=true"] {
                let id = try scene.build("FROM scratch\nADD \(flag) http://user:secret@\(git.url.dropFirst(7))#v1 /s")
                let tree = try scene.layers.contents(of: scene.configuration(id).rootfs.diffIDs[0])
                let described = ["git", "-c", "safe.directory=*", "-C", "\(tree)/s", "describe", "--exact-match"]
                #expect(try Program.succeeds(described))
                let config = try scene.text("s/.git/config", of: id)
                #expect(config?.contains(git.url) == true)
                #expect(config?.contains("secret") == false)
            }
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nADD --keep-git-dir=false \(git.url)?keep-git-dir=1 /")
            }
            #expect(error?.place?.range.start.line == 2)
        }
    }

    @Test func `include those of submodules, unless they are not wanted`() throws {
        try Self.with { scene, git in
            try git.shell(
                """
                git clone -q --bare shop.git part.git
                cd shop.git && git -c protocol.file.allow=always submodule --quiet add ../part.git part
                git config -f .gitmodules submodule.part.url \(git.server.host.isEmpty ? "" : "http://\(git.server.host)/part.git")
                git commit -qam part
                """
            )
            let id = try scene.build("FROM scratch\nADD \(git.url) /with\nADD \(git.url)?submodules=0 /without")
            let names = try scene.listing(id).map { $0.prefix { $0 != " " } }
            #expect(names.contains("with/part/deploy/run"))
            #expect(names.filter { $0.hasPrefix("without/part") } == ["without/part/"])
            #expect(!names.contains { $0.hasSuffix(".git") || $0.contains(".git/") })
        }
    }

    @Test(arguments: [
        ("#nowhere", "URL has no branch, no tag and no commit \"nowhere\""),
        ("?branch=a&tag=b", "URL?branch=a&tag=b: \"refs/heads/a\" and \"refs/tags/b\""),
        ("?what=1", "URL?what=1: \"what\" is not known"), ("?ref=", "URL?ref=: \"ref\" has no value"),
        ("#:../x", "URL#:../x: \"../x\" leads out of the repository"),
        ("#--upload-pack=x", "URL#--upload-pack=x: \"--upload-pack=x\" is not a revision"),
        ("?checksum=xyz", "URL?checksum=xyz: \"xyz\" is not a commit"),
        ("#main:none", "\"/none\" not found"),
    ])
    func `are refused with the line when they cannot be`(suffix: String, reason: String) throws {
        try Self.with { scene, git in
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nADD \(git.url)\(suffix) /")
            }
            #expect(error?.description == "Dockerfile:2:1: \(reason.replacing("URL", with: git.url))")
        }
    }

    @Test func `are refused when the commit is another`() throws {
        try Self.with { scene, git in
            let (main, next) = (try git.object("main"), try git.object("next"))
            let prefix = next.prefix(8)
            try scene.build("FROM scratch\nADD --checksum=\(prefix) \(git.url)#next /")
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nADD --checksum=\(prefix) \(git.url)#main /")
            }
            let reason = "\(git.url)#main is commit \(main), not \(prefix) as it should be"
            #expect(error?.description == "Dockerfile:2:1: \(reason)")
        }
    }

    @Test(arguments: [
        ("GIT_AUTH_TOKEN", "t0ken\n", "Basic eC1hY2Nlc3MtdG9rZW46dDBrZW4="),
        ("GIT_AUTH_HEADER.HOST", "Bearer x", "Bearer x"), ("", "user:p%40ss@", "Basic dXNlcjpwQHNz"),
    ])
    func `are asked for with credentials`(id: String, value: String, expected: String) throws {
        try Self.with(authorization: expected) { scene, git in
            let user = id.isEmpty ? value : ""
            let secret = BuildRequest.Secret(id: id.replacing("HOST", with: git.server.host), value: Array(value.utf8))
            let text = "FROM scratch\nADD http://\(user)\(git.url.dropFirst(7)) /"
            let built = try scene.build(text) { $0.secrets = [secret] }
            #expect(try scene.text("file", of: built) == "one\n")
            let error = #expect(throws: BuilderError.self) { try scene.build("FROM scratch\nADD \(git.url) /") }
            #expect(error?.description.contains("git ls-remote exited with 128: ") == true)
            #expect(error?.description.contains("t0ken") == false)
        }
    }
}

@Suite struct GitReferences {
    @Test(
        arguments: [
            ("https://host/a/b.git", "https://host/a/b.git", nil, ""),
            ("git@host:a/b#x:/y/./z/", "git@host:a/b", "x", "y/z"),
            ("me-1@host.example:b.git?branch=m", "me-1@host.example:b.git", "refs/heads/m", ""),
            ("ssh://git@host:22/b#:d", "ssh://git@host:22/b", nil, "d"), ("git://host/b", "git://host/b", nil, ""),
            ("github.com/a/b#c", "https://github.com/a/b", "c", ""),
            ("https://host/b.git?branch=x%2Fy&subdir=d%2Fe", "https://host/b.git", "refs/heads/x/y", "d/e"),
        ] as [(String, String, String?, String)]
    )
    func `say what is meant`(text: String, repository: String, revision: String?, path: String) throws {
        let reference = try #require(try GitReference(text))
        #expect(reference.repository == repository)
        #expect(reference.revision == revision)
        #expect(reference.path == path)
    }

    @Test(arguments: [
        "https://host/a", "https://host/a?x=.git", "./git@host:x", "dir/me@host:x", "-o@host:x", "a@-h:x", "a@b",
        "x.git", "ext::sh",
        "file:///x.git", "/x.git",
    ])
    func `are not what is something else`(text: String) throws {
        #expect(try GitReference(text) == nil)
    }
}
