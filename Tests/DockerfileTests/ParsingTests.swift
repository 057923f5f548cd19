import Dockerfile
import Testing

func document(_ text: String) throws(DockerfileError) -> DockerfileDocument {
    try DockerfileDocument(parsing: Array(text.utf8))
}

private func instructions(_ text: String) throws -> [Instruction] {
    try document("FROM scratch\n" + text).stages[0].instructions.map(\.instruction)
}

private func message(_ text: String) -> String {
    do {
        _ = try document(text)
        return "no error"
    } catch {
        return error.description
    }
}

@Suite struct DockerfileParsing {
    @Test func `joins continued lines and drops comments between them`() throws {
        let text = """
            RUN a \\
              # not part of it

                b \\  \t
              c
            """
        #expect(try instructions(text).count == 1)
        guard case .run(let run) = try instructions(text)[0] else { return #expect(Bool(false)) }
        #expect(run.command == .shell("a     b   c"))
    }

    @Test func `takes a doubled escape as the end of the line`() throws {
        #expect(try instructions("RUN a \\\\\nUSER b").count == 2)
    }

    @Test func `knows the places of instructions`() throws {
        let stage = try document("# note\nFROM scratch AS Web\n\n  RUN a \\\n b\nUSER c").stages[0]
        #expect(stage.from.name == "web")
        #expect(stage.from.range.start == SourcePosition(line: 2, column: 1))
        #expect(stage.instructions[0].range == SourceRange(start: SourcePosition(line: 4, column: 3), lastLine: 5))
        #expect(stage.instructions[1].range.start.line == 6)
    }

    @Test func `uses the escape character of the directive`() throws {
        let parsed = try document("# escape=`\nFROM scratch\nRUN a `\n b\\")
        guard case .run(let run) = parsed.stages[0].instructions[0].instruction else { return #expect(Bool(false)) }
        #expect(run.command == .shell("a  b\\"))
    }

    @Test func `reads directives only above everything else`() throws {
        let parsed = try document("# syntax=docker/dockerfile:1\n#check = skip=all\n\n# escape=`\nFROM scratch")
        #expect(parsed.directives.syntax == "docker/dockerfile:1")
        #expect(parsed.directives.check == "skip=all")
        #expect(parsed.directives.escape == "\\")
    }

    @Test(
        arguments: [
            ("# EsCaPe = `\n# syntax=x\nFROM a", "`", "x"), ("#escape=`\nFROM a", "`", nil),
            ("# note\n# escape=`\nFROM a", "\\", nil), ("# other=1\n# escape=`\nFROM a", "\\", nil),
            ("\n# escape=`\nFROM a", "\\", nil), ("# syntax=a\n# note\n# escape=`\nFROM a", "\\", "a"),
            ("#!/bin/x\n# escape=`\nFROM a", "\\", nil), ("FROM a\n# escape=`", "\\", nil),
        ] as [(String, Character, String?)]
    )
    func `stops looking for directives at whatever else comes`(
        text: String,
        escape: Character,
        syntax: String?
    ) throws {
        let directives = try document(text).directives
        #expect(directives.escape == escape && directives.syntax == syntax)
    }

    @Test(arguments: [
        ("COPY --link a b", true), ("COPY --link=true a b", true), ("COPY --link=TRUE a b", true),
        ("COPY --link=false a b", false), ("COPY \"--link\" a b", false), ("COPY -- a b", false),
        ("COPY --chown=\"1:2\" --link a b", true),
    ])
    func `reads switches until the first word that is none`(text: String, isLinked: Bool) throws {
        guard case .copy(let copy) = try instructions(text)[0] else { return #expect(Bool(false)) }
        #expect(copy.isLinked == isLinked)
        #expect(copy.destination == "b")
    }

    @Test func `reads add with flags`() throws {
        let text = "ADD --checksum=sha256:1 --unpack=false --keep-git-dir --chmod=u+x --exclude=x https://a/b /c"
        guard case .add(let add) = try instructions(text)[0] else { return #expect(Bool(false)) }
        #expect(add.checksum == "sha256:1")
        #expect(add.unpacks == false)
        #expect(add.keepsGitDirectory == true)
        #expect(add.files.mode == "u+x")
        #expect(add.files.excludes == ["x"])
        #expect(add.files.sources == ["https://a/b"])
    }

    @Test func `tolerates a byte order mark and carriage returns`() throws {
        let parsed = try document("\u{FEFF}FROM scratch\r\nRUN a \\\r\n b\r\n")
        #expect(parsed.stages[0].instructions.map(\.text) == ["RUN a  b"])
    }

    @Test func `keeps stages apart`() throws {
        let parsed = try document("ARG V=1\nFROM a:$V AS one\nUSER x\nFROM --platform=linux/amd64 one\nUSER y\nUSER z")
        #expect(parsed.globalArguments.count == 1)
        #expect(parsed.stages.map(\.from.image) == ["a:$V", "one"])
        #expect(parsed.stages.map(\.from.platform) == [nil, "linux/amd64"])
        #expect(parsed.stages.map(\.instructions.count) == [1, 2])
    }

    @Test func `reads copy with flags`() throws {
        let text = "COPY --from=build --chown=1:2 --chmod=0755 --exclude=*.o --exclude=b --link a b /c/"
        guard case .copy(let copy) = try instructions(text)[0] else { return #expect(Bool(false)) }
        #expect(copy.sources == ["a", "b"])
        #expect(copy.destination == "/c/")
        #expect(copy.from == "build")
        #expect(copy.owner == "1:2")
        #expect(copy.mode == "0755")
        #expect(copy.excludes == ["*.o", "b"])
        #expect(copy.isLinked)
    }

    @Test func `reads pairs quoted and in the older form`() throws {
        #expect(
            try instructions("ENV A=1 B=\"x y\" C=a\\ b\nENV OLD some text \nLABEL a.b=c") == [
                .env([Pair(name: "A", value: "1"), Pair(name: "B", value: "\"x y\""), Pair(name: "C", value: "a\\ b")]),
                .env([Pair(name: "OLD", value: "some text")]),
                .label([Pair(name: "a.b", value: "c")]),
            ]
        )
    }

    @Test(arguments: [
        ("ENV A  b   c ", [Pair(name: "A", value: "b   c")]), ("ENV A=", [Pair(name: "A", value: "")]),
        ("ENV A=b=c", [Pair(name: "A", value: "b=c")]), ("ENV A b=c", [Pair(name: "A", value: "b=c")]),
        ("ENV A='x y' B=\\\n  z", [Pair(name: "A", value: "'x y'"), Pair(name: "B", value: "")]),
        ("LABEL \"a b\"=\"c d\" e=f", [Pair(name: "\"a b\"", value: "\"c d\""), Pair(name: "e", value: "f")]),
        ("LABEL a b", [Pair(name: "a", value: "b")]),
    ])
    func `reads every form of pairs`(text: String, expected: [Pair]) throws {
        if text.contains("\n") {
            return #expect(message("FROM a\n" + text) == "Dockerfile:3:3: \"z\" has no =: must be name=value")
        }
        let instruction = try instructions(text)[0]
        #expect(instruction == .env(expected) || instruction == .label(expected))
    }

    @Test func `reads commands in both forms`() throws {
        #expect(
            try instructions("CMD [\"a\", \"b c\"]\nENTRYPOINT a b\nCMD [a, b]\nSHELL [\"/bin/bash\", \"-c\"]") == [
                .cmd(.exec(["a", "b c"])), .entrypoint(.shell("a b")), .cmd(.shell("[a, b]")),
                .shell(["/bin/bash", "-c"]),
            ]
        )
    }

    @Test func `reads the simple ones`() throws {
        #expect(
            try instructions("workdir /a b\nUSER me\nEXPOSE 80 53/udp\nVOLUME /a /b\nVOLUME [\"/c d\"]\nSTOPSIGNAL 9")
                == [
                    .workdir("/a b"), .user("me"), .expose(["80", "53/udp"]), .volume(["/a", "/b"]), .volume(["/c d"]),
                    .stopsignal("9"),
                ]
        )
        #expect(
            try instructions("ARG a b=c d=\nMAINTAINER me <m@e>") == [
                .arg([
                    ArgumentDeclaration(name: "a", value: nil), ArgumentDeclaration(name: "b", value: "c"),
                    ArgumentDeclaration(name: "d", value: ""),
                ]),
                .maintainer("me <m@e>"),
            ]
        )
    }

    @Test func `reads health checks`() throws {
        var timing = ProbeDeclaration.Timing()
        timing.interval = 90_000_000_000
        timing.timeout = 1_500_000_000
        timing.retries = 2
        let text = "HEALTHCHECK --interval=1m30s --timeout=1.5s --retries=2 CMD curl -f x\nHEALTHCHECK NONE"
        #expect(
            try instructions(text) == [.healthcheck(.probe(.shell("curl -f x"), timing)), .healthcheck(.none)]
        )
    }

    @Test(arguments: [
        ("--start-period=2m", 120_000_000_000, 0, 0), ("--start-interval=1.5s", 0, 1_500_000_000, 0),
        ("--retries=0", 0, 0, 0), ("--retries=7 --start-period=1h", 3_600_000_000_000, 0, 7),
        ("--interval=0 --timeout=0s", 0, 0, 0), ("--start-period=1ms", 1_000_000, 0, 0),
    ])
    func `reads when a health check counts`(flags: String, period: Int, interval: Int, retries: Int) throws {
        var timing = ProbeDeclaration.Timing()
        (timing.startPeriod, timing.startInterval, timing.retries) = (period, interval, retries)
        let text = "HEALTHCHECK \(flags) CMD [\"a\", \"b\"]"
        #expect(try instructions(text) == [.healthcheck(.probe(.exec(["a", "b"]), timing))])
    }

    @Test(
        arguments: [
            ("type=cache,dst=/c,id=x,ro,mode=700,gid=7", RunMount.Kind.cache, "/c", true),
            ("type=tmpfs,destination=t,size=64m", .tmpfs, "t", nil), ("target=/b,readonly=false", .bind, "/b", false),
            ("target=/b,rw=true,src=/s", .bind, "/b", false), ("type=secret,id=a,required,env=A", .secret, nil, nil),
            ("TYPE=Cache,target=/c,sharing=PRIVATE", .cache, "/c", nil),
        ] as [(String, RunMount.Kind, String?, Bool?)]
    )
    func `reads every key of a mount`(text: String, kind: RunMount.Kind, target: String?, isReadOnly: Bool?) throws {
        guard case .run(let run) = try instructions("RUN --mount=\(text) ls")[0] else { return #expect(Bool(false)) }
        #expect(run.mounts[0].kind == kind)
        #expect(run.mounts[0].target == target)
        #expect(run.mounts[0].isReadOnly == isReadOnly)
        #expect(run.command == .shell("ls"))
    }

    @Test func `reads quoted fields of mounts, and what variables decide once they are known`() throws {
        let text = #"RUN --mount=type=$T,\"target=/a,b\",sharing=$S,mode=0$M,ro ls"#
        guard case .run(let run) = try instructions(text)[0] else { return #expect(Bool(false)) }
        let expander = WordExpander(variables: ["T": "cache", "S": "private", "M": "700"])
        let mount = try run.mounts[0].expanded(expander)
        #expect(mount.kind == .cache)
        #expect(mount.target == "/a,b")
        #expect(mount.sharing == .private)
        #expect(mount.mode == 0o700)
        #expect(throws: DockerfileProblem.self) {
            try run.mounts[0].expanded(WordExpander(variables: ["T": "bind", "S": "private", "M": "700"]))
        }
    }

    @Test func `reads mounts`() throws {
        let text = "RUN --mount=type=cache,target=/c,sharing=locked,uid=5 --mount=target=/b,from=x,rw --network=none ls"
        guard case .run(let run) = try instructions(text)[0] else { return #expect(Bool(false)) }
        #expect(run.network == .none)
        #expect(run.mounts.map(\.kind) == [.cache, .bind])
        #expect(run.mounts[0].target == "/c")
        #expect(run.mounts[0].sharing == .locked)
        #expect(run.mounts[0].uid == 5)
        #expect(run.mounts[1].from == "x")
        #expect(run.mounts[1].isReadOnly == false)
    }

    @Test func `keeps the text of triggers`() throws {
        let parsed = try document("FROM scratch\nONBUILD RUN <<X\na\nX\nUSER b")
        #expect(parsed.stages[0].instructions.map(\.instruction) == [.onbuild("RUN <<X\na\nX"), .user("b")])
        let triggers = try parsed.triggers(["RUN <<X\na\nX"], at: parsed.stages[0].from.range)
        guard case .run(let run) = triggers[0].instruction else { return #expect(Bool(false)) }
        #expect(run.heredocs.map(\.body) == ["a\n"])
    }

    @Test func `marks lines in an excerpt`() throws {
        let parsed = try document("FROM scratch\nUSER a\nRUN x \\\n y\nUSER b\nUSER c\nUSER d")
        #expect(
            parsed.excerpt(of: parsed.stages[0].instructions[1].range) == """
                   2 |     USER a
                   3 | >>> RUN x \\
                   4 | >>>  y
                   5 |     USER b
                """
        )
    }
}

@Suite struct Heredocs {
    @Test func `gathers several in order`() throws {
        let text = "COPY <<a <<-'b' /x/\n1\na\n\t2\n\tb\nUSER c"
        let read = try instructions(text)
        guard case .copy(let copy) = read[0] else { return #expect(Bool(false)) }
        #expect(read.count == 2)
        #expect(copy.sources.isEmpty)
        #expect(copy.destination == "/x/")
        #expect(copy.heredocs.map(\.name) == ["a", "b"])
        #expect(copy.heredocs.map(\.content) == ["1\n", "2\n"])
        #expect(copy.heredocs.map(\.isExpanded) == [true, false])
    }

    @Test func `belongs to the command that reads it`() throws {
        guard case .run(let run) = try instructions("RUN cat <<EOF; echo\n# kept\n\\\nEOF\nUSER x")[0] else {
            return #expect(Bool(false))
        }
        #expect(run.command == .shell("cat <<EOF; echo"))
        #expect(run.heredocs.map(\.body) == ["# kept\n\\\n"])
    }

    @Test(arguments: [
        ("RUN <<EOF\na\nEOF", "EOF", true, "a\n"), ("RUN <<\"E O\"\na\nE O", "E O", false, "a\n"),
        ("RUN <<'EOF'\n$a\nEOF", "EOF", false, "$a\n"), ("RUN <<-EOF\n\t\ta\n\tb \n\tEOF", "EOF", true, "a\nb \n"),
        ("RUN 3<<EOF cat\na\nEOF", "EOF", true, "a\n"), ("RUN cat <<EOF> /x\na\nEOF", "EOF", true, "a\n"),
        ("RUN <<E\\OF\n$a\nEOF", "EOF", false, "$a\n"), ("RUN <<EOF\n\nEOF\n", "EOF", true, "\n"),
        ("RUN <<EOF\nEOF", "EOF", true, ""), ("RUN <<EOF\n EOF\nEOF", "EOF", true, " EOF\n"),
        ("ADD <<EOF /x\na\nEOF", "EOF", true, "a\n"), ("RUN --network=none <<EOF\na\nEOF", "EOF", true, "a\n"),
    ])
    func `is read in every form`(text: String, name: String, isExpanded: Bool, content: String) throws {
        let heredoc: Heredoc? =
            switch try instructions(text + "\nUSER x")[0] {
            case .run(let run): run.heredocs.first
            case .add(let add): add.files.heredocs.first
            default: nil
            }
        #expect(heredoc?.name == name)
        #expect(heredoc?.isExpanded == isExpanded)
        #expect(heredoc?.content == content)
        #expect(try instructions(text + "\nUSER x").last == .user("x"))
    }

    @Test(arguments: ["RUN echo \"<<EOF\"", "RUN a <<<x", "RUN echo $((1 << 2))", "CMD cat <<EOF", "RUN [\"<<EOF\"]"])
    func `is not seen where there is none`(text: String) throws {
        #expect(try instructions(text).count == 1)
    }
}

@Suite struct DockerfileMistakes {
    @Test(arguments: [
        ("", "Dockerfile:1:1: file with no instructions"),
        ("# only\n", "Dockerfile:1:1: file with no instructions"),
        ("ARG a", "Dockerfile:1:1: a Dockerfile needs a FROM"),
        ("RUN a", "Dockerfile:1:1: RUN before the first FROM: only ARG may stand there"),
        ("FROM a\n\n  RUNN b", "Dockerfile:3:3: unknown instruction \"RUNN\" (did you mean RUN?)"),
        ("FROM a\nxyzzy b", "Dockerfile:2:1: unknown instruction \"xyzzy\""),
        ("FROM a\nCOPY --chonw=1 a b", "Dockerfile:2:6: COPY: unknown flag --chonw (did you mean --chown?)"),
        ("FROM a\nCOPY --from=b --from=c d e", "Dockerfile:2:15: flag --from is given twice"),
        ("FROM a\nCOPY --from x y", "Dockerfile:2:6: flag --from needs a value"),
        ("FROM a\nCOPY --link=maybe x y", "Dockerfile:2:6: --link=maybe: must be true or false"),
        ("FROM a\nCOPY --link=1 x y", "Dockerfile:2:6: --link=1: must be true or false"),
        ("FROM a\nRUN --mout=target=/x ls", "Dockerfile:2:5: RUN: unknown flag --mout (did you mean --mount?)"),
        ("FROM --platfrom=x a", "Dockerfile:1:6: FROM: unknown flag --platfrom (did you mean --platform?)"),
        ("FROM a\nUSER --x b", "no error"),
        ("FROM a\nCOPY a <<E\nE", "Dockerfile:2:6: COPY needs a destination that is not a heredoc"),
        ("FROM a\nRUN --network=some ls", "Dockerfile:2:5: --network=some: must be default, none or host"),
        ("FROM a\nRUN --security=x ls", "Dockerfile:2:5: --security=x: must be sandbox or insecure"),
        ("FROM a\nRUN --mount=type=tmpfs ls", "Dockerfile:2:5: --mount=type=tmpfs: must be given a target"),
        (
            "FROM a\nRUN --mount=type=bind,target=/x,uid=1 ls",
            "Dockerfile:2:5: --mount=type=bind,target=/x,uid=1: must be without uid, which type=bind does not have"
        ),
        (
            "FROM a\nRUN --mount=target=/x,color=red ls",
            "Dockerfile:2:5: --mount=color: must be a key of a mount with its value"
        ),
        (
            "FROM a\nHEALTHCHECK --retries=-1 CMD b",
            "Dockerfile:2:13: --retries=-1: must be a number that is not negative"
        ),
        (
            "FROM a\nHEALTHCHECK --timeout=1us CMD b",
            "Dockerfile:2:13: --timeout=1us: must be a duration such as 30s, 0 or at least 1ms"
        ),
        ("FROM a\nHEALTHCHECK NONE x", "Dockerfile:2:13: HEALTHCHECK needs nothing after NONE"),
        ("FROM a\nVOLUME [\"\"]", "Dockerfile:2:8: VOLUME needs a path"),
        ("FROM a\nONBUILD FROM b", "Dockerfile:2:9: FROM is not allowed as an ONBUILD trigger"),
        ("FROM a\nONBUILD MAINTAINER b", "Dockerfile:2:9: MAINTAINER is not allowed as an ONBUILD trigger"),
        ("FROM a\nLABEL =b", "Dockerfile:2:7: LABEL: a name is empty"),
        ("FROM a\nCOPY x", "Dockerfile:2:6: COPY needs at least one source and a destination"),
        ("FROM a\nENV A=1 \\\n  B C=2", "Dockerfile:3:3: \"B\" has no =: must be name=value"),
        ("FROM a\nENV A", "Dockerfile:2:5: ENV needs name=value"),
        ("FROM a\nCMD [\"a\", 1]", "Dockerfile:2:5: a JSON array of strings is needed"),
        ("FROM a\nSHELL /bin/sh", "Dockerfile:2:7: a JSON array of strings is needed"),
        ("FROM a AS 1b", "Dockerfile:1:11: \"1b\" is not a stage name"),
        ("FROM a b", "Dockerfile:1:6: FROM needs an image, and perhaps AS and a name"),
        ("FROM a\nRUN <<EOF\nx", "Dockerfile:2:5: heredoc \"EOF\" has no end"),
        ("FROM a\nONBUILD ONBUILD RUN x", "Dockerfile:2:9: ONBUILD is not allowed as an ONBUILD trigger"),
        ("FROM a\nONBUILD RNU x", "Dockerfile:2:9: unknown instruction \"RNU\" (did you mean RUN?)"),
        (
            "FROM a\nRUN --mount=type=tmpfs,target=/x,mode=1 ls",
            "Dockerfile:2:5: --mount=type=tmpfs,target=/x,mode=1: must be without mode, which type=tmpfs does not have"
        ),
        (
            "FROM a\nRUN --mount=from=$x,target=/x ls",
            "Dockerfile:2:5: --mount=from=$x: must be without variables; a stage can have them"
        ),
        (
            "FROM a\nRUN --mount=type=nfs,target=/x ls",
            "Dockerfile:2:5: --mount=type=nfs: must be bind, cache, tmpfs, secret or ssh"
        ),
        (
            "FROM a\nHEALTHCHECK --interval=1x CMD b",
            "Dockerfile:2:13: --interval=1x: must be a duration such as 30s, 0 or at least 1ms"
        ),
        ("FROM a\nHEALTHCHECK b", "Dockerfile:2:13: HEALTHCHECK needs NONE or CMD"),
        ("# escape=x\nFROM a", "Dockerfile:1:1: escape directive \"x\": must be \\ or `"),
        ("# escape=`\n# escape=`\nFROM a", "Dockerfile:2:1: the directive \"escape\" is given twice"),
    ])
    func `are named with their place`(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test func `are found when a hostile file is too large`() {
        #expect(
            message("FROM a\nRUN " + String(repeating: "x", count: 70_000))
                == "Dockerfile:2:1: the line is longer than 64 KiB"
        )
        #expect(
            message(String(repeating: "FROM a\n", count: 1001)) == "Dockerfile:1001:1: more than 1000 stages"
        )
    }

    @Test(arguments: [
        "FROM", "FROM a\nRUN", "FROM a\nONBUILD", "FROM a\nCOPY --", "FROM a\nRUN --mount=,", "\\", "FROM a\nENV =",
        "FROM a\nARG =x", "FROM a\nHEALTHCHECK CMD", "FROM a\n<<", "FROM a\nADD <<", "FROM \u{0}", "FROM a\nRUN []",
    ])
    func `never crash the parser`(text: String) {
        #expect(message(text).hasPrefix("Dockerfile:") || message(text) == "no error")
    }
}
