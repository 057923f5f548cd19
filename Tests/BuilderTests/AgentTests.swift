import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// Keys, and programs of OpenSSH's that use them.
private struct KeyRing {
    let folder: FilePath

    /// Makes a key, and gives its file.
    func makeKey(_ name: String, _ kind: [String] = ["-t", "ed25519"]) throws -> FilePath {
        let file = folder.appending(name)
        try #require(try Program.succeeds(["ssh-keygen", "-q", "-N", "", "-C", "", "-f", file.string] + kind))
        return file
    }

    /// Runs a program that asks the agent at a socket; nil if it does not succeed.
    func run(_ words: [String], agent: FilePath) throws -> String? {
        let output = folder.appending("output")
        let isGood = try Program.succeeds(["env", "SSH_AUTH_SOCK=\(agent)"] + words, output: output)
        return isGood ? String(decoding: try WholeFile.read(output), as: UTF8.self) : nil
    }

    /// What `ssh-add -l` calls a key.
    func fingerprint(_ key: FilePath) throws -> String {
        let line = try run(["ssh-keygen", "-l", "-f", "\(key).pub"], agent: "/dev/null") ?? ""
        return String(line.split(separator: " ")[1])
    }

    /// An agent of OpenSSH's with these keys, ended afterwards.
    func withAgent(_ keys: [FilePath], _ body: (FilePath) throws -> Void) throws {
        let socket = folder.appending("agent")
        let words = try run(["ssh-agent", "-a", socket.string], agent: "/dev/null") ?? ""
        let pid = words.split { "=;".contains($0) }.compactMap { pid_t($0) }.first
        // It inherits that we block SIGTERM.
        defer { if let pid { kill(pid, SIGKILL) } }
        for key in keys { try #require(try run(["ssh-add", "-q", key.string], agent: socket) != nil) }
        try body(socket)
    }
}

/// An agent that says yes to whatever it is asked, on one connection.
private final class YesAgent: Sendable {
    private let listener: StreamSocket
    let path: FilePath

    init(in folder: FilePath) throws {
        path = folder.appending("yes")
        listener = try StreamSocket.listen(at: "yes", in: folder)
        try Thread.start { [self] in
            guard let socket = try? listener.accept() else { return }
            while let message = try? AgentMessage.read(from: socket), !message.isEmpty {
                try? AgentMessage.write([6], to: socket)
            }
        }
    }
}

@Suite struct Agents {
    private func serve(_ source: AgentSource, _ ring: KeyRing, _ body: (FilePath) throws -> Void) throws {
        let server = try AgentServer(source, in: ring.folder)
        defer { server.end() }
        try body(server.path)
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "2048", "-m", "PEM"],
        ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"], ["-t", "ecdsa", "-b", "521"],
    ])
    func `of key files list them and sign`(kind: [String]) throws {
        try withTemporaryFolder { folder in
            let ring = KeyRing(folder: folder)
            let key = try ring.makeKey("key", kind)
            let other = try ring.makeKey("other")
            try serve(AgentSource(BuildRequest.Agent(id: "x", paths: [other, key])), ring) { socket in
                let list = try ring.run(["ssh-add", "-l"], agent: socket)
                #expect(list?.split(separator: "\n").count == 2)
                #expect(try list?.contains(ring.fingerprint(key)) == true)
                // The agent alone can sign: the private key is not where ssh-keygen could find it.
                try WholeFile.replace(folder.appending("data"), with: [1, 2, 3], isDurable: false)
                let publicKey = folder.appending("only.pub")
                try WholeFile.replace(publicKey, with: WholeFile.read(FilePath("\(key).pub")), isDurable: false)
                let sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", publicKey.string, "-n", "file", "\(folder)/data"]
                #expect(try ring.run(sign, agent: socket) != nil)
                let allowed = Array("me ".utf8) + (try WholeFile.read(publicKey))
                try WholeFile.replace(folder.appending("allowed"), with: allowed, isDurable: false)
                let verify =
                    "ssh-keygen -Y verify -f \(folder)/allowed -I me -n file -s \(folder)/data.sig < \(folder)/data"
                #expect(try ring.run(["sh", "-c", verify], agent: "/dev/null") != nil)
            }
        }
    }

    @Test func `of this machine are asked and never changed`() throws {
        try withTemporaryFolder { folder in
            let ring = KeyRing(folder: folder)
            let key = try ring.makeKey("key")
            try ring.withAgent([key]) { agent in
                try serve(AgentSource(BuildRequest.Agent(id: "x", paths: [agent])), ring) { socket in
                    for words in [
                        ["ssh-add", "-q", "-D"], ["ssh-add", "-q", "-d", key.string], ["ssh-add", "-q", key.string],
                    ] {
                        #expect(try ring.run(words, agent: socket) == nil)
                    }
                    let list = try ring.run(["ssh-add", "-l"], agent: socket)
                    #expect(try list?.contains(ring.fingerprint(key)) == true)
                }
            }
        }
    }

    @Test(arguments: [
        ("default", "default"), ("a=", "a="), ("a=key,/keys/b", "a=/work/key,/keys/b"),
        ("a=~/key", "a=/home/ada/key"), ("=~key", "=/work/~key"),
    ])
    func `are at places that a folder and a home make absolute`(text: String, expected: String) {
        #expect(BuildRequest.Agent.absolute(text, folder: "/work", home: "/home/ada") == expected)
    }

    @Test func `of this machine are asked for keys and signatures alone, and for no extensions`() throws {
        try withTemporaryFolder { folder in
            let agent = try YesAgent(in: folder)
            let ring = KeyRing(folder: folder)
            try serve(AgentSource(BuildRequest.Agent(id: "x", paths: [agent.path])), ring) { path in
                let socket = try StreamSocket.connect(to: path)
                for (kind, answer) in [(11, 6), (13, 6), (27, 5), (17, 5), (19, 5)] as [(UInt8, UInt8)] {
                    try AgentMessage.write([kind], to: socket)
                    #expect(try AgentMessage.read(from: socket) == [answer], "\(kind)")
                }
            }
        }
    }

    @Test func `are refused where there is none`() throws {
        try withTemporaryFolder { folder in
            let ring = KeyRing(folder: folder)
            let locked = try ring.makeKey("locked", ["-t", "ed25519", "-N", "secret"])
            let reasons = [
                (locked, "the key is locked by a pass phrase; an agent that has it can be forwarded instead"),
                (FilePath("/etc/hostname"), "not a private key"),
            ]
            for (path, reason) in reasons {
                #expect(throws: BuilderError(.badAgent("x", "\(path): \(reason)"))) {
                    try AgentSource(BuildRequest.Agent(id: "x", paths: [path]))
                }
            }
            #expect(throws: BuilderError(.badAgent("x", "no file /none"))) {
                try AgentSource(BuildRequest.Agent(id: "x", paths: ["/none"]))
            }
            #expect(throws: BuilderError.self) { try BuildRequest.Agent(parsing: "x", socket: nil, folder: "/") }
            let parsed = try BuildRequest.Agent(parsing: "x=a,/b", socket: nil, folder: "/f")
            #expect(parsed == BuildRequest.Agent(id: "x", paths: ["/f/a", "/b"]))
            #expect(try BuildRequest.Agent(parsing: "default", socket: "/s", folder: "/f").paths == ["/s"])
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct AgentMounts {
    /// Puts `ssh-add` with what it needs into the context, beside a shell.
    private func addTools(_ scene: BuildScene) throws {
        try scene.addBusybox()
        let copy = """
            cd \(scene.context) && mkdir tools && cp --parents -L $(which ssh-add) \
            $(ldd $(which ssh-add) | grep -o '/[^ ]*') tools && printf 'root:x:0:0::/:/bin/sh\\nweb:x:33:34::/:/bin/sh\\n' > passwd
            """
        try #require(try Program.succeeds(["sh", "-c", copy]))
    }

    private static let base = """
        FROM scratch
        COPY busybox /bin/sh
        COPY tools /
        COPY passwd /etc/passwd
        RUN ["/bin/sh", "--install", "/bin"]

        """

    @Test func `sign for commands, as the user who asks, and leave nothing`() throws {
        try BuildScene.with { scene in
            try addTools(scene)
            let ring = KeyRing(folder: scene.root.data)
            try Folder.makeAll(scene.root.data)
            let key = try ring.makeKey("key")
            let text =
                Self.base + """
                    RUN --mount=type=ssh ssh-add -l > /list && echo $SSH_AUTH_SOCK > /where
                    USER web
                    RUN --mount=type=ssh,required,uid=33,mode=0600 ssh-add -l
                    RUN --mount=type=ssh,id=other echo ${SSH_AUTH_SOCK:-none}
                    """
            try ring.withAgent([key]) { agent in
                let id = try scene.build(text) {
                    $0.network = .none
                    $0.agents = [BuildRequest.Agent(id: "default", paths: [agent])]
                }
                #expect(try scene.text("list", of: id)?.contains(ring.fingerprint(key)) == true)
                #expect(try scene.text("where", of: id) == "/run/buildkit/ssh_agent.0\n")
                let fingerprint = try ring.fingerprint(key)
                #expect(scene.story.contains { $0.hasPrefix(">") && $0.contains(fingerprint) })
                #expect(scene.story.last == "> none")
                #expect(try !scene.listing(id).contains { $0.hasPrefix("run") })
                // Which agent it was is no part of what the step depends on.
                #expect(try scene.build(text) { $0.network = .none } == id)
                #expect(scene.executedSteps == 0)
            }
        }
    }

    @Test func `are an error where one is required and was not given`() throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nCOPY busybox /bin/sh\nRUN --mount=type=ssh,id=x,required true")
            }
            #expect(error?.description == "Dockerfile:3:1: ssh agent \"x\" is required and was not given: --ssh x")
        }
    }
}
