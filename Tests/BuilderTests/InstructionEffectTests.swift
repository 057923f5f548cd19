import Dockerfile
import OCI
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

@Suite struct InstructionEffects {
    @Test(arguments: [
        ("ENV A=1 B=$A", "env", "A=1 B="), ("ENV A=1\nENV B=$A-${C:-3} A=2", "env", "A=2 B=1-3"),
        ("ENV A \"x  y\" z", "env", "A=x  y z"), ("ENV A=x\\ y B='$A' C=\"\\$A\"", "env", "A=x y B=$A C=$A"),
        ("ARG V=1\nENV A=$V", "env", "A=1"), ("ARG V=1 W=$V-2\nENV A=$W", "env", "A=1-2"),
        ("ARG GIVEN=1\nENV A=$GIVEN", "env", "A=given"),
        ("ARG GIVEN\nENV GIVEN=${GIVEN}2 B=$GIVEN", "env", "GIVEN=given2 B=given"),
        ("ENV A=env\nARG A=arg\nENV B=$A", "env", "A=env B=env"), ("ENV A=$TARGETARCH", "env", "A="),
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
        #expect(field(name, state.image.config) == expected)
    }

    @Test func `are told by the history, arguments with their values`() throws {
        let document = try DockerfileDocument(
            parsing: Array("FROM scratch\nARG A=1 GIVEN=2 NONE\nONBUILD RUN x\nVOLUME /a /b\nSHELL [\"x\"]".utf8)
        )
        let global = try GlobalVariables(document, given: ["GIVEN": "given"], platform: [:])
        var state = StageState(
            from: ImageConfiguration(),
            for: .host,
            global: global,
            continuing: nil,
            escape: "\\",
            now: 0
        )
        for located in document.stages[0].instructions { _ = try state.apply(located.instruction) }
        #expect(
            state.image.history.map(\.createdBy) == ["ARG A=1 GIVEN=given NONE", "VOLUME [/a /b]", "SHELL [x]"]
        )
    }
}

@Suite(.tags(.root), .requiresRoot) struct CopyFlags {
    @Test(arguments: [
        ("COPY --chmod=go-r,u+x a /", ["a 700 0:0"]),
        ("COPY --chown=1:2 --chmod=0640 a d /x/", ["x/ 755 1:2", "x/a 640 1:2", "x/x.c 640 1:2", "x/y.o 640 1:2"]),
        ("COPY --chown=7 a /", ["a 644 7:7"]), ("COPY --exclude=*.o d /x", ["x/ 755 0:0", "x/x.c 644 0:0"]),
        ("COPY --exclude=*.o --exclude=x* d /x/", ["x/ 755 0:0"]),
        (
            "COPY --parents d/x.c e/f/z.c /p/",
            ["p/ 755 0:0", "p/d/ 755 0:0", "p/d/x.c 644 0:0", "p/e/ 755 0:0", "p/e/f/ 755 0:0", "p/e/f/z.c 644 0:0"]
        ),
        (
            "COPY --parents **/*.c /p/",
            ["p/ 755 0:0", "p/d/ 755 0:0", "p/d/x.c 644 0:0", "p/e/ 755 0:0", "p/e/f/ 755 0:0", "p/e/f/z.c 644 0:0"]
        ),
        ("COPY --parents e/./f/*.c /p/", ["p/ 755 0:0", "p/f/ 755 0:0", "p/f/z.c 644 0:0"]),
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
