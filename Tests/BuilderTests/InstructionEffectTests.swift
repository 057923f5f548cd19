import Dockerfile
import Linux
import OCI
import SystemPackage
import Testing

@testable import Builder

/// What a field of the image comes to, as text.
private func field(_ name: String, _ config: RunConfiguration) -> String {
    switch name {
    case "env": config.env.dropFirst().joined(separator: " ")
    case "labels": config.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    case "ports": config.exposedPorts.joined(separator: " ")
    case "volumes": config.volumes.joined(separator: " ")
    case "user": config.user ?? ""
    case "cmd": (config.cmd ?? []).joined(separator: "|")
    case "entrypoint": (config.entrypoint ?? []).joined(separator: "|")
    case "shell": (config.shell ?? []).joined(separator: "|")
    case "stop": config.stopSignal ?? ""
    case "health":
        ((config.healthcheck?.test ?? [])
            + [config.healthcheck?.interval, config.healthcheck?.retries].map {
                $0.map(String.init) ?? "-"
            }).joined(separator: "|")
    case "onbuild": config.onBuild.joined(separator: "|")
    default: "no such field"
    }
}

/// What a stage comes to by instructions that have no part in its files.
private func state(after text: String) throws -> StageState {
    let document = try DockerfileDocument(parsing: Array("FROM scratch\n\(text)".utf8))
    let global = try GlobalVariables(
        document,
        given: ["GIVEN": "given"],
        platform: PlatformArguments.values(target: Platform(os: "linux", architecture: "amd64"), stage: "last")
    )
    var state = StageState(
        from: ImageConfiguration(),
        for: .host,
        global: global,
        continuing: nil,
        escape: "\\",
        now: 0
    )
    for located in document.stages[0].instructions { #expect(try state.apply(located.instruction)) }
    return state
}

@Suite struct InstructionEffects {
    @Test(arguments: [
        ("ENV A=1 B=$A", "env", "A=1 B="), ("ENV A=1\nENV B=$A-${C:-3} A=2", "env", "A=2 B=1-3"),
        ("ENV A \"x  y\" z", "env", "A=x  y z"), ("ENV A=x\\ y B='$A' C=\"\\$A\"", "env", "A=x y B=$A C=$A"),
        ("ARG V=1\nENV A=$V", "env", "A=1"), ("ARG V=1 W=$V-2\nENV A=$W", "env", "A=1-2"),
        ("ARG GIVEN=1\nENV A=$GIVEN", "env", "A=given"),
        ("ARG GIVEN\nENV GIVEN=${GIVEN}2 B=$GIVEN", "env", "GIVEN=given2 B=given"),
        ("ENV A=env\nARG A=arg\nENV B=$A", "env", "A=env B=arg"), ("ENV A=$TARGETARCH", "env", "A="),
        ("ARG TARGETARCH TARGETSTAGE\nENV A=$TARGETARCH-$TARGETSTAGE", "env", "A=amd64-last"),
        (
            "ENV P=/a/b.c\nENV A=${P##*/} B=${P%.*} C=${P/a/x} D=${P//[a]/y}", "env",
            "P=/a/b.c A=b.c B=/a/b C=/x/b.c D=/a/b.c"
        ),
        ("LABEL a=1\nLABEL a=2 \"b c\"=\"d e\"", "labels", "a=2 b c=d e"), ("LABEL a the rest", "labels", "a=the rest"),
        ("EXPOSE 80 8000-8002/tcp 53/UDP", "ports", "53/udp 80/tcp 8000/tcp 8001/tcp 8002/tcp"),
        ("ARG P=\"81 82/sctp\"\nEXPOSE $P", "ports", "81/tcp 82/sctp"),
        ("VOLUME /a $V/b\nVOLUME [\"/c d\", \"/a\"]", "volumes", "/a /b /c d"),
        ("ARG U=me\nUSER $U:staff", "user", "me:staff"), ("USER 1000", "user", "1000"),
        ("CMD a b\nCMD [\"c\", \"d\"]", "cmd", "c|d"),
        ("SHELL [\"/bin/bash\", \"-ec\"]\nCMD a $b", "cmd", "/bin/bash|-ec|a $b"),
        ("CMD [a, b]", "cmd", "/bin/sh|-c|[a, b]"), ("CMD []", "cmd", ""),
        ("ENTRYPOINT [\"a\", \"$B\"]", "entrypoint", "a|$B"), ("ENTRYPOINT exec a", "entrypoint", "/bin/sh|-c|exec a"),
        ("SHELL [\"x\"]\nSHELL [\"y\", \"-c\"]", "shell", "y|-c"),
        ("ARG S=KILL\nSTOPSIGNAL SIG$S", "stop", "SIGKILL"), ("STOPSIGNAL 9", "stop", "9"),
        ("HEALTHCHECK --interval=1m --retries=3 CMD a $b", "health", "CMD-SHELL|a $b|60000000000|3"),
        ("HEALTHCHECK CMD a\nHEALTHCHECK CMD [\"b\"]", "health", "CMD|b|-|-"),
        ("HEALTHCHECK NONE", "health", "NONE|-|-"),
        ("ONBUILD RUN $a\nONBUILD COPY <<E /\nx\nE", "onbuild", "RUN $a|COPY <<E /\nx\nE"),
    ])
    func `are what the instructions say`(text: String, name: String, expected: String) throws {
        let state = try state(after: text)
        #expect(field(name, state.image.config) == expected)
    }

    @Test func `are told by the history, arguments with their values`() throws {
        let state = try state(after: "ARG A=1 GIVEN=2 NONE\nONBUILD RUN x\nVOLUME /a /b\nSHELL [\"x\"]")
        #expect(
            state.image.history.map(\.createdBy) == ["ARG A=1 GIVEN=given NONE", "VOLUME [/a /b]", "SHELL [x]"]
        )
        #expect(
            HistoryText.run(["x"], buildArguments: state.variables.declaredArguments)
                == "RUN |3 A=1 GIVEN=given NONE= x # buildkit"
        )
    }

    @Test(arguments: [
        (5 * 60_000_000_000, 3, #"&{["CMD" "a"] "5m0s" "0s" "0s" "0s" '\x03'}"#),
        (1_500_000_000, 10, #"&{["CMD" "a"] "1.5s" "0s" "0s" "0s" '\n'}"#),
        (0, 65, #"&{["CMD" "a"] "0s" "0s" "0s" "0s" 'A'}"#),
    ])
    func `tell of probes as Go prints them`(interval: Int, retries: Int, expected: String) {
        var probe = RunConfiguration.HealthCheck()
        (probe.test, probe.interval, probe.retries) = (["CMD", "a"], interval, retries)
        #expect(HistoryText.probe(probe) == expected)
    }
}

@Suite(.tags(.root), .requiresRoot) struct CopyFlags {
    @Test(arguments: [
        ("COPY --chmod=go-r,u+x a /", ["a 700 0:0"]),
        ("COPY --chown=1:2 --chmod=0640 a d /x/", ["x/ 755 1:2", "x/a 640 1:2", "x/x.c 640 1:2", "x/y.o 640 1:2"]),
        ("COPY --chown=7 a /", ["a 644 7:7"]), ("COPY --exclude=*.o d /x", ["x/ 755 0:0", "x/x.c 644 0:0"]),
        ("COPY --exclude=*.o --exclude=x* d /x/", ["x/ 755 0:0"]),
        ("COPY --exclude=*.o d/* /x/", ["x/ 755 0:0", "x/x.c 644 0:0"]),
        ("COPY --parents --exclude=d/*.o d /x/", ["x/ 755 0:0", "x/d/ 755 0:0", "x/d/x.c 644 0:0"]),
        (
            "COPY --parents d/x.c e/f/z.c /p/",
            ["p/ 755 0:0", "p/d/ 755 0:0", "p/d/x.c 644 0:0", "p/e/ 755 0:0", "p/e/f/ 755 0:0", "p/e/f/z.c 644 0:0"]
        ),
        (
            "COPY --parents **/*.c /p/",
            ["p/ 755 0:0", "p/d/ 755 0:0", "p/d/x.c 644 0:0", "p/e/ 755 0:0", "p/e/f/ 755 0:0", "p/e/f/z.c 644 0:0"]
        ),
        ("COPY --parents e/./f/*.c /p/", ["p/ 755 0:0", "p/f/ 755 0:0", "p/f/z.c 644 0:0"]),
        ("COPY --parents ./e/./f/z.c /p/", ["p/ 755 0:0", "p/f/ 755 0:0", "p/f/z.c 644 0:0"]),
        ("COPY --parents e/./**/z.c /p/", ["p/ 755 0:0", "p/f/ 755 0:0", "p/f/z.c 644 0:0"]),
        ("WORKDIR /w\nCOPY a .", ["w/ 755 0:0", "w/a 644 0:0"]), ("COPY [\"a\", \"/q r\"]", ["q r 644 0:0"]),
        ("ARG F=a\nCOPY $F /${F}1", ["a1 644 0:0"]),
        ("WORKDIR /w\nWORKDIR v\nWORKDIR ../u", ["w/ 755 0:0", "w/u/ 755 0:0", "w/v/ 755 0:0"]),
        ("USER 5:6\nWORKDIR /w", ["w/ 755 5:6"]), ("USER 5:6\nCOPY a /", ["a 644 0:0"]),
        ("COPY ../../a /../b", ["b 644 0:0"]), ("COPY --link a /l/", ["l/ 755 0:0", "l/a 644 0:0"]),
    ])
    func `do what they say`(text: String, expected: [String]) throws {
        try BuildScene.with { scene in
            for path in ["a", "d/x.c", "d/y.o", "e/f/z.c"] { try scene.write(path, path) }
            let id = try scene.build("FROM scratch\n\(text)")
            #expect(try scene.listing(id) == expected)
        }
    }

    @Test func `keep what folders are and files share, but for the folder that is named`() throws {
        try BuildScene.with { scene in
            try scene.write("d/a", "a")
            try scene.write("d/e/f", "f")
            try WholeFile.link(scene.context.pushing("d/a"), to: scene.context.pushing("d/b"))
            for (path, mode) in [("d", 0o700), ("d/e", 0o711)] as [(FilePath, UInt32)] {
                try FileOwner.set(uid: 0, gid: 0, mode: mode, of: scene.context.pushing(path))
            }
            let id = try scene.build(
                """
                FROM scratch AS s
                COPY --chown=7:8 d /d
                FROM scratch
                COPY --from=s /d /in
                COPY --from=s --chmod=u=rw,go= /d /mode
                COPY --from=s --parents /d/e /kept/
                """
            )
            #expect(
                try scene.listing(id) == [
                    "in/ 755 0:0", "in/a 644 7:8", "in/b 644 7:8", "in/e/ 711 7:8", "in/e/f 644 7:8", "kept/ 755 0:0",
                    "kept/d/ 755 7:8", "kept/d/e/ 711 7:8", "kept/d/e/f 644 7:8", "mode/ 755 0:0", "mode/a 600 7:8",
                    "mode/b 600 7:8", "mode/e/ 600 7:8", "mode/e/f 600 7:8",
                ]
            )
            let tree = try scene.tree(id)
            let shared = try ["a", "b"].map { try tree.entry(at: TreePath(clamping: "in/\($0)"))?.identity }
            #expect(shared[0] != nil && shared[0] == shared[1])
        }
    }

    @Test func `with link leave what lies below alone, and out of the cache's key`() throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("link/keep", "")
            let text = "FROM scratch\nCOPY link /real\nCOPY <<E /%\n%\nE\n"
            try scene.build(text.replacing("%", with: "one") + "COPY --link a /x/a")
            try scene.build(text.replacing("%", with: "two") + "COPY --link a /x/a")
            #expect(scene.story.contains("cached 3"), "\(scene.story)")
            try scene.build(text.replacing("%", with: "three") + "COPY a /x/a")
            #expect(!scene.story.contains("cached 3"), "\(scene.story)")
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct Triggers {
    @Test func `may name stages and images of the child, and are told as what they are`() throws {
        try BuildScene.with { scene in
            try scene.build("FROM scratch\nONBUILD COPY --from=made /made /got\nONBUILD WORKDIR /w") {
                $0.tags = ["base"]
            }
            let id = try scene.build("FROM scratch AS made\nCOPY <<E /made\nx\nE\nFROM base")
            #expect(try scene.listing(id) == ["got 644 0:0", "w/ 755 0:0"])
            #expect(scene.story.contains("[stage-1 2/3] ONBUILD COPY --from=made /made /got"), "\(scene.story)")
            let local = try scene.build(
                "FROM scratch AS made\nCOPY <<E /made\nx\nE\nFROM scratch AS parent\nONBUILD COPY --from=made /made /a\nFROM parent"
            )
            #expect(try scene.listing(local) == ["a 644 0:0"])
        }
    }
}
