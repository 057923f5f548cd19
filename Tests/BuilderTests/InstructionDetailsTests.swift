import Dockerfile
import Testing

@testable import Builder

@Suite struct FileModes {
    @Test(
        arguments: [
            ("0755", 0o644, false, 0o755), ("4711", 0o644, false, 0o4711), ("u=rwX,go-w", 0o666, false, 0o644),
            ("u=rwX,go=rX", 0o600, true, 0o755), ("a+x", 0o644, false, 0o755), ("+X", 0o644, false, 0o644),
            ("go=", 0o777, false, 0o700), ("u+s,+t", 0o755, false, 0o5755), ("g-wx+r", 0o770, false, 0o740),
        ] as [(String, UInt32, Bool, UInt32)]
    )
    func `are octal or symbolic`(text: String, mode: UInt32, isFolder: Bool, expected: UInt32) throws {
        #expect(try ModeChange(parsing: text).apply(to: mode, isFolder: isFolder) == expected)
    }

    @Test(arguments: ["", "9", "17777", "u", "u=q", "rwx", "+7", "u+r,,"])
    func `are refused when they are none`(text: String) {
        #expect(throws: BuilderError(.badMode(text))) { try ModeChange(parsing: text) }
    }
}

@Suite struct Accounts {
    private let table = AccountTable(
        passwd: Array("root:x:0:0::/:/bin/sh\nweb:x:33:34::/:\nbroken:x\n".utf8),
        group: Array("root:x:0:\nstaff:x:50:\n".utf8)
    )

    @Test func `are looked up by name and number`() throws {
        #expect(try table.owner("web") == Owner(uid: 33, gid: 34))
        #expect(try table.owner("web:") == Owner(uid: 33, gid: 34))
        #expect(try table.owner(":staff") == Owner(uid: 0, gid: 50))
        #expect(try table.owner("web:staff") == Owner(uid: 33, gid: 50))
        #expect(try table.owner("7") == Owner(uid: 7, gid: 7))
        #expect(try table.user("web") == Owner(uid: 33, gid: 34))
        #expect(try table.user("") == .root)
    }

    @Test func `are refused when unknown`() {
        #expect(throws: BuilderError(.unknownUser("who"))) { try table.owner("who") }
        #expect(throws: BuilderError(.unknownGroup("web"))) { try table.owner("web:web") }
        #expect(throws: BuilderError(.badOwner(":"))) { try table.owner(":") }
    }
}

@Suite struct RunCommands {
    private func command(_ text: String) throws -> RunCommand {
        let parsed = try DockerfileDocument(parsing: Array("FROM scratch\n\(text)".utf8))
        guard case .run(let run) = parsed.stages[0].instructions[0].instruction else {
            throw Absent()
        }
        return RunCommand(run, shell: ["sh", "-c"])
    }

    @Test(arguments: [
        ("RUN a b", ["sh", "-c", "a b"]), ("RUN [\"a\", \"b\"]", ["a", "b"]),
        ("RUN <<EOF\na\nb\nEOF", ["sh", "-c", "a\nb\n"]), ("RUN <<-EOF\n\ta\nEOF", ["sh", "-c", "a\n"]),
        ("RUN cat <<A <<B\n1\nA\n2\nB", ["sh", "-c", "cat <<A <<B\n1\nA\n2\nB"]),
    ])
    func `put shell and heredocs together`(text: String, arguments: [String]) throws {
        #expect(try command(text).arguments == arguments)
        #expect(try command(text).script == nil)
    }

    @Test func `make a script with an interpreter a file`() throws {
        let command = try command("RUN <<EOF\n#!/bin/x\na\nEOF")
        #expect(command.arguments == ["/dev/pipes/EOF"])
        #expect(command.script == RunCommand.Script(path: "/dev/pipes/EOF", text: "#!/bin/x\na\n"))
    }
}

@Suite struct History {
    @Test func `spells instructions as the field does`() {
        let pairs = [Pair(name: "A", value: "x")]
        #expect(
            HistoryText.run(["/bin/sh", "-c", "ls"], buildArguments: pairs) == "RUN |1 A=x /bin/sh -c ls # buildkit"
        )
        #expect(HistoryText.run(["ls"], buildArguments: []) == "RUN ls # buildkit")
        #expect(HistoryText.command("CMD", ["a", "b \"c\"\n"]) == "CMD [\"a\" \"b \\\"c\\\"\\n\"]")
        #expect(HistoryText.pairs("ENV", pairs) == "ENV A=x")
        #expect(HistoryText.list("EXPOSE", ["80/tcp"]) == "EXPOSE [80/tcp]")
        #expect(
            HistoryText.copy("COPY", owner: "1:2", mode: nil, isLinked: false, sources: ["a"], destination: "/b")
                == "COPY --chown=1:2 a /b # buildkit"
        )
    }
}

@Suite struct PortsAndSignals {
    @Test func `are read`() throws {
        #expect(try PortList.parse("80") == ["80/tcp"])
        #expect(try PortList.parse("8000-8001/UDP") == ["8000/udp", "8001/udp"])
        #expect(try PortList.parse("127.0.0.1:80:81") == ["81/tcp"])
        #expect(["SIGTERM", "quit", "9", "SIGRTMIN+3"].allSatisfy(SignalName.isValid))
    }

    @Test(arguments: ["x", "80/ftp", "2-1", "70000", "", "-", "/"])
    func `are refused when they are none`(text: String) {
        #expect(throws: BuilderError(.badPort(text))) { try PortList.parse(text) }
        #expect(!SignalName.isValid(text))
    }
}
