import Containers
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// Something that changes between two builds, and how many steps the second has to carry out.
struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: Int
    var files: @Sendable (BuildScene) throws -> Void = { _ in }
    var request: @Sendable (inout BuildRequest) -> Void = { _ in }

    static func shell(_ description: String, _ steps: Int, _ text: String) -> Change {
        Change(
            testDescription: description,
            steps: steps,
            files: { scene in
                let isDone = try Program.succeeds(["sh", "-ec", "cd \(scene.context); \(text)"])
                #expect(isDone)
            }
        )
    }

    static func wish(_ description: String, _ steps: Int, _ change: @escaping @Sendable (inout BuildRequest) -> Void)
        -> Change
    {
        Change(testDescription: description, steps: steps, request: change)
    }
}

/// Two endings of a Dockerfile, and how many steps the second has to carry out after the first.
struct TextChange: Sendable, CustomTestStringConvertible {
    let before: String
    let after: String
    let steps: Int
    var testDescription: String { "\(before) → \(after)".replacing("\n", with: "; ") }

    init(_ before: String, _ after: String, _ steps: Int) {
        (self.before, self.after, self.steps) = (before, after, steps)
    }
}

@Suite(.tags(.root), .requiresRoot) struct WhatStepsDependOn {
    static let files: [Change] = [
        .shell("times", 0, "touch -d 2001-01-01 d d/x"), .shell("owners in the context", 0, "chown 7:8 d/x"),
        .shell("contents", 1, "echo other > d/x"), .shell("permissions", 1, "chmod 600 d/x"),
        .shell("a name", 1, "mv d/x d/y"), .shell("where a link leads", 1, "ln -sfn y d/link"),
        .shell("an empty folder", 1, "mkdir d/empty"), .shell("an attribute", 1, "setfattr -n user.a -v 1 d/x"),
        .shell("files beside", 0, "echo more > beside"), .shell("what is ignored", 0, "echo more > d/no.log"),
        .shell("what is ignored no more", 1, "echo '!d/no.log' >> .dockerignore"),
        .shell("the same, written anew", 0, "cp d/x t; rm d/x; mv t d/x"),
    ]

    @Test(arguments: files)
    func `of the context`(change: Change) throws {
        try BuildScene.with { scene in
            try scene.write("d/x", "x")
            try scene.write("d/no.log", "log")
            try scene.write(".dockerignore", "**/*.log\n")
            #expect(try NameLink.claim(scene.context.pushing("d/link"), for: "x"))
            try scene.build("FROM scratch\nCOPY d /d")
            try change.files(scene)
            try scene.build("FROM scratch\nCOPY d /d")
            #expect(scene.executedSteps == change.steps)
        }
    }

    static let wishes: [Change] = [
        .wish("an argument that is declared before", 1) { $0.arguments["BEFORE"] = "2" },
        .wish("an argument that is declared after", 0) { $0.arguments["AFTER"] = "2" },
        .wish("an argument that is declared nowhere", 0) { $0.arguments["NOWHERE"] = "2" },
        .wish("a proxy", 0) { $0.arguments["HTTP_PROXY"] = "http://127.0.0.1:1" },
        .wish("a secret", 0) { $0.secrets = [BuildRequest.Secret(id: "key", value: [1])] },
        .wish("a proxy that is declared", 1) { $0.arguments["FTP_PROXY"] = "http://127.0.0.1:1" },
        .wish("the address of a host", 0) { $0.extraHosts = ["a:10.0.0.2"] },
        .wish("the name of a host", 1) { $0.extraHosts = ["b=10.0.0.1"] },
        .wish("the size of /dev/shm", 1) { $0.sharedMemory = 1 << 20 },
        .wish("limits of processes", 1) {
            $0.limits.ulimits = [ResourceLimit(name: "nofile", soft: 100, hard: 100)]
        },
        .wish("limits of the machine's use", 0) { $0.limits.memory = 512 << 20 },
        .wish("rights that nothing asks for", 0) { $0.allowsInsecurity = true },
        .wish("the network", 1) { $0.network = .host },
        .wish("the name of the machine", 1) { $0.arguments["BUILDKIT_SANDBOX_HOSTNAME"] = "other" },
        .wish("labels and names of the image", 0) { ($0.labels, $0.tags) = (["a": "b"], ["x:1"]) },
    ]

    @Test(arguments: wishes)
    func `of a request`(change: Change) throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            let text = """
                FROM scratch
                COPY busybox /bin/sh
                ARG BEFORE=1 FTP_PROXY
                RUN --mount=type=secret,id=key,env=KEY --mount=type=cache,target=/c : nothing
                ARG AFTER=1
                """
            try scene.build(text) { ($0.network, $0.extraHosts) = (.none, ["a:10.0.0.1"]) }
            try scene.build(text) {
                ($0.network, $0.extraHosts) = (.none, ["a:10.0.0.1"])
                change.request(&$0)
            }
            #expect(scene.executedSteps == change.steps)
        }
    }

    static let texts: [TextChange] = [
        TextChange("RUN : a", "RUN : b", 1), TextChange("RUN : a", "# a\nRUN   : a", 0),
        TextChange("ENV a=1\nRUN :", "ENV a=2\nRUN :", 1), TextChange("RUN :\nENV a=1", "RUN :\nENV a=2", 0),
        TextChange("LABEL a=1\nCMD a\nEXPOSE 1\nRUN :", "LABEL a=2\nCMD b\nEXPOSE 2\nRUN :", 0),
        TextChange("USER 1\nRUN :", "USER 2\nRUN :", 1), TextChange("WORKDIR /bin\nRUN :", "WORKDIR /\nRUN :", 1),
        TextChange("RUN :", "SHELL [\"/bin/sh\", \"-ec\"]\nRUN :", 1),
        TextChange("RUN :", "RUN --security=insecure :", 1), TextChange("RUN :", "RUN --network=host :", 1),
        TextChange("RUN <<x\n: a\nx", "RUN <<x\n: b\nx", 1), TextChange("RUN <<x\n:\nx", "RUN <<y\n:\ny", 0),
        TextChange("RUN --mount=type=tmpfs,target=/t :", "RUN --mount=type=tmpfs,target=/t,size=1m :", 1),
        TextChange("RUN --mount=type=tmpfs,target=/t :", "RUN --mount=type=tmpfs,target=/u :", 1),
        TextChange("RUN --mount=type=secret,id=a :", "RUN --mount=type=secret,id=a,mode=0444 :", 1),
        TextChange("RUN --mount=type=secret,id=a,env=A :", "RUN --mount=type=secret,id=a,env=B :", 1),
        TextChange("RUN --mount=type=cache,id=a,target=/c :", "RUN --mount=type=cache,id=b,target=/c :", 0),
        TextChange("RUN --mount=type=cache,target=/c :", "RUN --mount=type=cache,target=/c,sharing=locked :", 0),
        TextChange("RUN --mount=type=cache,target=/c :", "RUN --mount=type=cache,target=/c,mode=0700 :", 1),
        TextChange("RUN --mount=target=/c,source=d/x :", "RUN --mount=target=/c,source=d/x,rw :", 1),
        TextChange("RUN --mount=target=/c,source=d/x :", "RUN --mount=target=/c,source=d/y :", 1),
        TextChange("COPY d/x /x", "COPY d/x /y", 1), TextChange("COPY d/x /x", "COPY --chown=1 d/x /x", 1),
        TextChange("WORKDIR /w\nCOPY d/x /w", "WORKDIR /w\nCOPY d/same /w", 1),
        TextChange("COPY --chmod=755 d/x /x", "COPY --chmod=0755 d/x /x", 0),
        TextChange("COPY --chmod=755 d/x /x", "COPY --chmod=u=r d/x /x", 1),
        TextChange("COPY d /d", "COPY --exclude=y d /d", 1), TextChange("COPY d /d", "COPY --exclude=z d /d", 0),
        TextChange("ADD d/x /x", "COPY d/x /x", 1), TextChange("COPY d/x /x", "COPY --link d/x /x", 1),
        TextChange("COPY <<x /x\na\nx", "COPY <<x /x\nb\nx", 1),
    ]

    @Test(arguments: texts)
    func `of a Dockerfile's text`(change: TextChange) throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            try scene.write("d/x", "x")
            try scene.write("d/y", "y")
            try scene.write("d/same", "x")
            for text in [change.before, change.after] {
                try scene.build("FROM scratch\nCOPY busybox /bin/sh\n\(text)") { request in
                    (request.network, request.allowsInsecurity, request.allowsHostNetwork) = (.none, true, true)
                }
            }
            #expect(scene.executedSteps == change.steps)
        }
    }

    @Test(arguments: ["COPY", "COPY --link", "ADD"])
    func `are what a file is called that goes into a folder`(keyword: String) throws {
        try BuildScene.with { scene in
            try scene.write("a", "the same")
            try scene.write("b", "the same")
            let suffix = keyword.hasSuffix("link") ? "/" : ""
            let ids = try ["a", "b"].map { try scene.build("FROM scratch\nWORKDIR /w\n\(keyword) \($0) /w\(suffix)") }
            #expect(try ids.map { try scene.listing($0)[1] } == ["w/a 644 0:0", "w/b 644 0:0"])
        }
    }

    @Test func `are what is mounted of a stage, and not what else the stage holds`() throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            func build(_ seen: String, _ unseen: String) throws -> Int {
                try scene.build(
                    """
                    FROM scratch AS other
                    COPY <<x /seen/
                    \(seen)
                    x
                    COPY <<x /unseen/
                    \(unseen)
                    x
                    FROM scratch
                    COPY busybox /bin/sh
                    RUN --mount=from=other,source=/seen,target=/m : nothing
                    """
                ) { $0.network = .none }
                return scene.executedSteps
            }
            #expect(try build("1", "1") == 4)
            #expect(try build("1", "2") == 1)
            #expect(try build("2", "2") == 3)
        }
    }

    @Test func `are not the layers below, where a copy is linked`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "f")
            let one = try scene.build("FROM scratch\nCOPY <<x /\n1\nx\nCOPY --link f /to/")
            let two = try scene.build("FROM scratch\nCOPY <<x /\n2\nx\nCOPY --link f /to/")
            #expect(scene.executedSteps == 1)
            let layers = try [one, two].map { try scene.configuration($0).rootfs.diffIDs }
            #expect(layers[0][0] != layers[1][0] && layers[0][1] == layers[1][1])
            try scene.build("FROM scratch\nCOPY <<x /\n3\nx\nCOPY f /to/")
            #expect(scene.executedSteps == 2)
        }
    }

    @Test func `are never secrets, which are in no layer, no key and no event either`() throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            let secret = "s3cret-\(RandomName.hexadecimal(16))"
            let text = """
                FROM scratch
                COPY busybox /bin/sh
                RUN --mount=type=secret,id=key,env=KEY --mount=type=secret,id=key test -n "$KEY" -a -s /run/secrets/key
                """
            try scene.build(text) {
                $0.network = .none
                $0.secrets = [BuildRequest.Secret(id: "key", value: Array(secret.utf8))]
            }
            let found = try Program.succeeds(["grep", "-rqF", secret, scene.root.data.string])
            #expect(!found)
            #expect(!scene.events.withLock { "\($0)" }.contains(secret))
        }
    }
}
